"""A trained network to a model folder that runs without torch."""

from hedgerow.export.eight_bits import quantise
from hedgerow.export.onnx import write_onnx

__all__ = ["quantise", "write_onnx"]
