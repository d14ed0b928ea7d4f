"""A trained network to a model folder that runs without torch."""

from hedgerow.export.onnx import write_onnx
from hedgerow.export.quantise import quantise

__all__ = ["quantise", "write_onnx"]
