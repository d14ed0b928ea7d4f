"""Prepare a graph for running: its folder keeps it small, and what training can start from; memory has it fast.

The 8-bit weights of products (MatMulNBits) become single precision once, when the model is loaded. ONNX Runtime would
do it in every call, which costs more the smaller the batch is, and small batches are faster for everything else: what
goes from one node to the next stays in the processor's cache. The price is memory, three bytes more a weight. Tables of
embeddings stay in 8 bits, because a call reads only a few rows of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.predictors.network.onnx_file import make_external, parse, to_array

_ZERO = 128  # the unsigned byte that stands for the weight 0

Weights = dict[str, NDArray[np.float32]]


def prepare(content: bytes) -> tuple[bytes, Weights]:
    """Return the ONNX file `content` with its 8-bit products in single precision, and their weights by name.

    The weights are apart from the file, so that they are in memory once. Outputs differ from those of `content` by
    rounding.
    """
    model = parse(content)
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    products = [node for node in model.graph.node if _has_blocks(node, tensors)]
    weights = {node.input[1]: _weights(node, tensors) for node in products}
    for scales in {node.input[2] for node in products}:
        model.graph.initializer.remove(tensors[scales])
    for name, values in weights.items():
        make_external(tensors[name], values.shape)
    for node in products:
        node.op_type, node.domain = "MatMul", ""
        del node.input[2]
        del node.attribute[:]
    return (model.SerializeToString() if weights else content), weights


def _has_blocks(node: Any, tensors: dict[str, Any]) -> bool:
    """Return whether a node is a product with constant weights in 8 bits, without zero points: what training writes."""
    if node.op_type != "MatMulNBits" or len(node.input) != 3:
        return False
    return _setting(node, "bits") == 8 and all(name in tensors for name in node.input[1:])


def _weights(node: Any, tensors: dict[str, Any]) -> NDArray[np.float32]:
    """Return the weights (inputs, outputs) of a product; its blocks are (outputs, blocks, weights of a block)."""
    blocks, scales = (to_array(tensors[name]) for name in node.input[1:3])
    outputs, _, size = blocks.shape
    inputs = _setting(node, "K")
    weights = np.ascontiguousarray(blocks.reshape(outputs, -1)[:, :inputs].T).astype(np.float32)
    weights -= _ZERO
    weights *= np.repeat(scales.reshape(outputs, -1).T, size, axis=0)[:inputs]
    return weights


def _setting(node: Any, name: str) -> int | None:
    return next((int(attribute.i) for attribute in node.attribute if attribute.name == name), None)
