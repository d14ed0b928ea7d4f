"""A trained network at run time: ONNX graph, heads, BIO tags, batches."""
