"""Write an ONNX graph with integer products: QuantizeLinear and DequantizeLinear around them.

ONNX Runtime fuses each with its product (MatMulIntegerToFloat) when it loads the graph. The stored graph stays one that
a training can start from: `stored_weights` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from hedgerow.errors import RecipeError
from hedgerow.training.network.dequantise import INTEGERS, SCALES
from hedgerow.training.network.integers import Scale, round_rows
from hedgerow.training.network.quantise import quantise_embeddings, remove_sources


def write_integer_graph(source: Path, target: Path, parameters: Mapping[str, str], scales: Mapping[str, Scale]) -> None:
    """Write the single-precision graph `source` to `target` with integer products and embeddings of 8 bits.

    `parameters` are the network's parameters by initializer; `scales` has the products (names of modules) and the
    rounding of their inputs. Raises ValueError if the graph lacks one of these products.
    """
    model = onnx.load(str(source))
    del model.graph.value_info[:]  # the exporter's notes on shapes
    _quantise_products(model.graph, parameters, scales)
    quantise_embeddings(model)
    remove_sources(model)
    onnx.checker.check_model(model)
    target.write_bytes(model.SerializeToString(deterministic=True))


def _quantise_products(graph: onnx.GraphProto, parameters: Mapping[str, str], scales: Mapping[str, Scale]) -> None:
    products = {name: parameter.removesuffix(".weight") for name, parameter in parameters.items()}
    matrices = {initializer.name: initializer for initializer in graph.initializer}
    missing = set(scales)
    rounded: dict[tuple[str, Scale], str] = {}  # the rounded value by the value and its scale
    nodes = []
    for node in graph.node:
        product = products.get(node.input[1], "") if node.op_type == "MatMul" else ""
        if product in scales:
            missing.discard(product)
            key = node.input[0], scales[product]
            if key not in rounded:
                rounded[key] = f"{node.input[0]}.rounded.{len(rounded)}"
                nodes += _round(graph, node.input[0], rounded[key], scales[product])
            matrix = node.input[1]
            if matrix in matrices:  # products may share it
                nodes.append(_store(graph, matrices.pop(matrix)))
            node.input[0], node.input[1] = rounded[key], f"{matrix}.weights"
        nodes.append(node)
    if missing:
        raise RecipeError(
            f"setting 'export.weights' = 'integer': this encoder's graph has no product {', '.join(sorted(missing))};"
            " say '8-bit'"
        )
    del graph.node[:]
    graph.node.extend(nodes)


def _round(graph: onnx.GraphProto, value: str, rounded: str, scale: Scale) -> list[onnx.NodeProto]:
    """Return the nodes that round `value`, and add the scale to the graph."""
    size, zero, integers = f"{rounded}.scale", f"{rounded}.zero", f"{rounded}.integers"
    graph.initializer.append(numpy_helper.from_array(np.array(scale.size, dtype=np.float32), size))
    graph.initializer.append(numpy_helper.from_array(np.array(scale.zero, dtype=np.uint8), zero))
    return [
        helper.make_node("QuantizeLinear", [value, size, zero], [integers]),
        helper.make_node("DequantizeLinear", [integers, size, zero], [rounded]),
    ]


def _store(graph: onnx.GraphProto, matrix: onnx.TensorProto) -> onnx.NodeProto:
    """Replace a matrix (inputs, outputs) by integers and a scale per output; return the node that reads them."""
    integers, sizes = round_rows(numpy_helper.to_array(matrix).T)
    names = [f"{matrix.name}{INTEGERS}", f"{matrix.name}{SCALES}"]
    graph.initializer.remove(matrix)
    graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(integers.T), names[0]))
    graph.initializer.append(numpy_helper.from_array(sizes, names[1]))
    return helper.make_node("DequantizeLinear", names, [f"{matrix.name}.weights"], axis=1)
