"""The variants of a network whose quantisation is measured: torch, single precision, as shipped, and others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from tokenizers import Tokenizer

from hedgerow import corpus
from hedgerow.predictors.network.heads import Floats
from hedgerow.predictors.network.runtime import padded
from hedgerow.report.provenance import ROOT
from hedgerow.training.network.saving import load as load_torch

CALIBRATED_ON = 256  # sentences of the bundled training part, for the scales of static quantisation
SHIPPED = "as shipped"
Inputs = Mapping[str, Any]


def variants(run: Path, folder: Path, tokenizer: Tokenizer, scratch: Path) -> Iterator[tuple[str, Any, int]]:
    """Yield name, session and size in bytes of each variant of the network."""
    yield "torch", Torch(run / "network"), (run / "network" / "model.safetensors").stat().st_size
    graphs = {"ONNX, single precision": run / "single.onnx", SHIPPED: folder / "model.onnx"}
    for name, graph in {**graphs, **_quantised(run / "single.onnx", tokenizer, scratch)}.items():
        session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
        yield name, session, graph.stat().st_size


def _quantised(graph: Path, tokenizer: Tokenizer, scratch: Path) -> dict[str, Path]:
    """Return the files of the graph quantised in the ways that were considered, by name."""
    bare = onnx.load(str(graph))
    del bare.graph.value_info[:]  # the exporter's notes on shapes, which the quantisers cannot read
    source = str(scratch / "bare.onnx")
    onnx.save(bare, source)
    made = {
        "dynamic, a scale a channel": scratch / "dynamic.onnx",
        "static, a scale a channel": scratch / "static.onnx",
    }
    common = {"per_channel": True, "reduce_range": True, "weight_type": QuantType.QInt8}
    quantize_dynamic(source, str(made["dynamic, a scale a channel"]), **common)
    quantize_static(
        source,
        str(made["static, a scale a channel"]),
        _Sentences(tokenizer),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        **common,
    )
    for block, level, activations in ((32, 1, "single"), (128, 4, "8-bit")):
        name = f"weights in blocks of {block}, {activations} activations, embeddings untouched"
        quantizer = MatMulNBitsQuantizer(
            onnx.load(source), bits=8, block_size=block, is_symmetric=True, accuracy_level=level
        )
        quantizer.process()
        made[name] = scratch / f"blocks{block}.onnx"
        onnx.save(quantizer.model.model, str(made[name]))
    return made


class _Sentences(CalibrationDataReader):  # type: ignore[misc]
    """Sentences of the bundled training part, one at a time, for the scales of static quantisation."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Tokenise the sentences with `tokenizer`."""
        examples = corpus.load([ROOT / "data" / "corpus" / "train.jsonl"])
        step = len(examples) // CALIBRATED_ON
        self._batches = iter([padded([tokenizer.encode(example.text).ids]) for example in examples[::step]])

    def get_next(self) -> Inputs | None:
        """Return the next sentence, or None at the end."""
        return next(self._batches, None)


class Torch:
    """The trained network with the one method of an ONNX session that is needed."""

    def __init__(self, folder: Path) -> None:
        """Load the weights that training left in `folder`."""
        self._network = load_torch(folder)

    @torch.no_grad()
    def run(self, _: None, inputs: Inputs) -> list[Floats]:
        """Return the logits of every head."""
        logits = self._network(**{name: torch.from_numpy(values) for name, values in inputs.items()})["logits"]
        return [values.numpy() for values in logits.values()]
