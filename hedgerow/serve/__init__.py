"""The HTTP API and its pages: requests share the batches of a model, and nothing of a request is stored."""
