"""Name the parameters of a network in its ONNX graph.

The exporter keeps the name of a parameter, except of a weight matrix that it transposes for a product ("val_93"). The
names here are those of the graph in single precision; `stored_weights` finds them in 8 bits too.
"""

from __future__ import annotations

import logging

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from hedgerow.training.network.dequantise import BLOCKS
from hedgerow.training.network.module import Network

_PREFIX = "network."  # the name of the network in the module that is exported

logger = logging.getLogger(__name__)


def parameter_names(network: Network, graph: onnx.GraphProto) -> dict[str, str]:
    """Return the initializers of `graph`, the export of `network` in single precision, with their parameters' names.

    A matrix without a name is found by its values.
    """
    stored = {initializer.name: initializer for initializer in graph.initializer}
    matrices = {
        name: numpy_helper.to_array(initializer)
        for name, initializer in stored.items()
        if initializer.data_type == TensorProto.FLOAT and len(initializer.dims) == 2 and not name.startswith(_PREFIX)
    }
    names = {}
    for parameter, values in network.state_dict().items():
        initializer = f"{_PREFIX}{parameter}"
        if initializer not in stored:
            initializer = next((name for name, found in matrices.items() if np.array_equal(found.T, values)), "")
            matrices.pop(initializer, None)
        if initializer:
            names[initializer] = parameter
        else:
            logger.warning("the graph has no %s: the network cannot be rebuilt from it", parameter)
    return names


def names_by_structure(graph: onnx.GraphProto) -> dict[str, str]:
    """Return the same for a graph in 8 bits without its network, for models from before manifests had `parameters`.

    A matrix without a name is multiplied, and then the bias is added that belongs to the same layer.
    """
    names = {
        name: name.removeprefix(_PREFIX)
        for initializer in graph.initializer
        if (name := initializer.name.removesuffix(".rows")).startswith(_PREFIX) and not name.endswith(".scales")
    }
    products = {
        node.output[0]: node.input[1].removesuffix(BLOCKS) for node in graph.node if node.op_type == "MatMulNBits"
    }
    for node in graph.node:
        if node.op_type == "Add" and node.input[0] in products and node.input[1].endswith(".bias"):
            layer = node.input[1].removeprefix(_PREFIX).removesuffix("bias")
            names[products[node.input[0]]] = f"{layer}weight"
    return names
