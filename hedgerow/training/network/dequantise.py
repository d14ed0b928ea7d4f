"""Read the weights of a quantised graph in single precision: the inverse of `quantise` and `write_integer_graph`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from hedgerow.training.network.integers import Scale

BLOCKS = "_Q8"  # ONNX Runtime's suffix for a matrix in blocks
ROWS, INTEGERS, SCALES = ".rows", ".integers", ".scales"  # an embedding table, a matrix (inputs, outputs); their scales
_ZERO = 128  # the unsigned byte that stands for the weight 0
Weights = dict[str, NDArray[np.float32]]


def stored_weights(graph: onnx.GraphProto) -> Weights:
    """Return the weights of `graph` by their names in the graph in single precision, before it was quantised.

    Matrices of products are (outputs, inputs), as `torch.nn.Linear` has them. Raises ValueError for blocks that
    `quantise` does not write.
    """
    stored = {initializer.name: initializer for initializer in graph.initializer}
    arrays = {name: numpy_helper.to_array(initializer) for name, initializer in stored.items()}
    weights = {name: values for name, values in arrays.items() if stored[name].data_type == TensorProto.FLOAT}
    for name, rows in arrays.items():
        for suffix in (ROWS, INTEGERS):
            if name.endswith(suffix):
                stem = name.removesuffix(suffix)
                scaled = rows.astype(np.float32) * arrays[f"{stem}{SCALES}"]
                weights[stem] = scaled if suffix == ROWS else scaled.T
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            weights[node.input[1]] = weights[node.input[1]].T
        if node.op_type == "MatMulNBits":
            weights[node.input[1].removesuffix(BLOCKS)] = _matrix(node, arrays)
    return weights


def activation_scales(graph: onnx.GraphProto, parameters: Mapping[str, str]) -> dict[str, Scale]:
    """Return the rounding of the input of each integer product of `graph`, by the network's module; none in 8 bits.

    `parameters` are the network's parameters by initializer.
    """
    stored = {initializer.name: initializer for initializer in graph.initializer}
    read_back = {node.output[0]: node for node in graph.node if node.op_type == "DequantizeLinear"}
    scales = {}
    for node in graph.node:
        if node.op_type == "MatMul" and {*node.input} <= read_back.keys():
            activations, weights = (read_back[name] for name in node.input)
            module = parameters[weights.input[0].removesuffix(INTEGERS)].removesuffix(".weight")
            size, zero = (numpy_helper.to_array(stored[name]) for name in activations.input[1:])
            scales[module] = Scale(float(size), int(zero))
    return scales


def _matrix(node: onnx.NodeProto, arrays: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Return the matrix (outputs, inputs) of a product; its blocks are (outputs, blocks, weights of a block)."""
    settings = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    if settings["bits"] != 8 or len(node.input) != 3:
        raise ValueError(f"{node.input[1]} has {settings['bits']} bits or zero points")
    _, blocks, scales = (arrays.get(name) for name in node.input)
    assert blocks is not None
    assert scales is not None
    values = (blocks.astype(np.float32) - _ZERO) * scales.reshape(*blocks.shape[:2], 1)
    matrix: NDArray[np.float32] = values.reshape(settings["N"], -1)[:, : settings["K"]]
    return matrix
