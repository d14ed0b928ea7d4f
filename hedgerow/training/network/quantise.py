"""Quantise an ONNX graph to 8 bits: a quarter of the size, and scores that do not depend on the batch.

ONNX Runtime's dynamic quantisation scales activations over the whole batch, padding included, so that other sentences
change a sentence's scores. Here only weights are quantised: those of matrix products in blocks (MatMulNBits), and the
word embeddings, half of the model, with one scale per word (Q8BERT, Zafrir et al. 2019, without retraining).
Activations stay in single precision, because the kernel that quantises them rounds differently for other batch sizes.
`evaluation.components.quantisation` measures both.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper, numpy_helper

from hedgerow.training.network.dequantise import ROWS, SCALES
from hedgerow.training.network.integers import LEAST_TABLE, round_table

BLOCK_SIZE = 32  # weights that share a scale
SINGLE_PRECISION = 1  # the kernel's accuracy level, that of activations; 4 would quantise them to int8


def quantise(source: Path, target: Path) -> None:
    """Write the single-precision graph `source` to `target` in 8 bits."""
    nbits = _quantizer_module()
    model = onnx.load(str(source))
    del model.graph.value_info[:]  # the exporter's notes on shapes, which are wrong after quantisation
    quantizer = nbits.MatMulNBitsQuantizer(
        model, bits=8, block_size=BLOCK_SIZE, is_symmetric=True, accuracy_level=SINGLE_PRECISION
    )
    quantizer.process()
    quantised = quantizer.model.model
    quantise_embeddings(quantised)
    remove_sources(quantised)
    onnx.checker.check_model(quantised, check_custom_domain=False)
    target.write_bytes(quantised.SerializeToString(deterministic=True))


def _quantizer_module() -> Any:
    """Import ONNX Runtime's quantizer, and undo the changes that its import makes to the root logger."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    from onnxruntime.quantization import matmul_nbits_quantizer

    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("onnxruntime.quantization").setLevel(logging.ERROR)
    return matmul_nbits_quantizer


def quantise_embeddings(model: onnx.ModelProto) -> None:
    """Replace every large embedding table by int8 rows and one scale per row."""
    graph = model.graph
    tables = {initializer.name: initializer for initializer in graph.initializer}
    for node in list(graph.node):
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or len(table.dims) != 2 or table.dims[0] * table.dims[1] < LEAST_TABLE:
            continue
        rows, scales = round_table(numpy_helper.to_array(table))
        name = table.name
        graph.initializer.remove(table)
        graph.initializer.append(numpy_helper.from_array(rows, f"{name}{ROWS}"))
        graph.initializer.append(numpy_helper.from_array(scales, f"{name}{SCALES}"))
        at = list(graph.node).index(node)
        row, scale, wide = (f"{name}.{part}" for part in ("found", "scale", "wide"))  # names of values in the graph
        replacement = [
            helper.make_node("Gather", [f"{name}{ROWS}", node.input[1]], [row], axis=0),
            helper.make_node("Gather", [f"{name}{SCALES}", node.input[1]], [scale], axis=0),
            helper.make_node("Cast", [row], [wide], to=TensorProto.FLOAT),
            helper.make_node("Mul", [wide, scale], list(node.output)),
        ]
        graph.node.remove(node)
        for offset, new in enumerate(replacement):
            graph.node.insert(at + offset, new)


def remove_sources(model: onnx.ModelProto) -> None:
    """Remove the place in the source code that each node came from: it has paths of this machine."""
    model.doc_string = ""
    del model.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for values in (model.graph.value_info, model.graph.input, model.graph.output, model.graph.initializer):
        for value in values:
            value.doc_string = ""
            del value.metadata_props[:]
    del model.graph.metadata_props[:]
    for function in model.functions:
        del function.metadata_props[:]
