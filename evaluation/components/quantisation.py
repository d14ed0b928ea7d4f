"""Measure what 8 bits cost: a network in torch, in single precision and in several ways of 8 bits, on one corpus.

    python -m evaluation.components.quantisation --model base --run runs/base.run \
      --corpus ../shared/corpora/real/dev.jsonl --out evaluation/reports/base-quantisation

`--run` is the folder that training left beside the model: it holds the torch weights and the graph in single precision.
For every way: size, macro-F1, how many labels are those of torch, the largest difference of a score to torch's
("off"), what batch neighbours change ("neighbours": a sentence alone against the same in batches of 16 as they come,
padded to the longest), and speed in those batches. Writes `report.json` and `report.md`.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from tokenizers import Tokenizer

from evaluation.provenance import commit, shown_command
from hedgerow import corpus
from hedgerow.errors import HedgerowError
from hedgerow.io.atomic import replaced_folder, sha256
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES, Example
from hedgerow.metrics import label_scores
from hedgerow.predictors.folder import find, model_hash, read_manifest
from hedgerow.predictors.network.heads import Floats, softmax
from hedgerow.predictors.network.runtime import padded
from hedgerow.report import markdown
from hedgerow.training.network.saving import load as load_torch

ROOT = Path(__file__).resolve().parents[2]
BATCH = 16
CALIBRATED_ON = 256  # sentences of the bundled training part that static scales are read off
SHIPPED = "as shipped"
Inputs = Mapping[str, Any]


class Torch:
    """The trained network behind the one method of an ONNX session that is needed."""

    def __init__(self, folder: Path) -> None:
        self._network = load_torch(folder)

    @torch.no_grad()
    def run(self, _: None, inputs: Inputs) -> list[Floats]:
        logits = self._network(**{name: torch.from_numpy(values) for name, values in inputs.items()})["logits"]
        return [values.numpy() for values in logits.values()]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure what 8 bits cost a network.")
    parser.add_argument("--model", default="base", help="a shipped network's name, or a model folder")
    parser.add_argument("--run", type=Path, required=True, help="the folder that its training left (NAME.run)")
    parser.add_argument("--corpus", type=Path, required=True, help="a labelled file (JSON lines)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for report.json and report.md")
    options = parser.parse_args(arguments)
    if not (options.run / "single.onnx").is_file():
        print(
            f"evaluation.components.quantisation: {options.run}: no single.onnx; train the model here first",
            file=sys.stderr,
        )
        return 2
    logging.getLogger().setLevel(logging.ERROR)  # ONNX Runtime's quantisers warn about their own defaults
    try:
        measured = measure(options.model, options.run, options.corpus)
        measured["command"] = shown_command("quantisation", vars(options))
        with replaced_folder(options.out, allowed=("report.json", "report.md")) as folder:
            write_json(folder / "report.json", measured)
            (folder / "report.md").write_text(to_markdown(measured), "utf-8")
    except HedgerowError as error:
        print(f"evaluation.components.quantisation: {error}", file=sys.stderr)
        return 2
    print(_table(measured))
    return 0


def measure(name: str, run: Path, file: Path) -> dict[str, Any]:
    """Every way's figures, as plain data; `torch` is the first and the measure of the others."""
    gold = corpus.load([file])
    folder = find(name)
    manifest = read_manifest(folder)
    heads = [head["name"] for head in manifest["heads"]]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(manifest["max_tokens"])
    tokenizer.no_padding()
    ids = [encoding.ids for encoding in tokenizer.encode_batch([example.text for example in gold])]
    ways: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place:
        reference: dict[str, Floats] | None = None
        for way, session, size in _ways(run, folder, tokenizer, Path(place)):
            alone, _ = logits_of(session, heads, ids, 1)
            together, seconds = logits_of(session, heads, ids, BATCH)
            reference = alone if reference is None else reference
            ways[way] = {"bytes": size, "sentences a second": round(len(ids) / seconds, 1)}
            for head in manifest["heads"]:
                if head["name"] in AXES:
                    three = [found[head["name"]] for found in (alone, together, reference)]
                    ways[way][head["name"]] = _axis(gold, head, *three)
    return {
        "model": {"name": name, "sha256": model_hash(folder)},
        "corpus": {"file": "/".join(file.resolve().parts[-2:]), "sha256": sha256(file), "rows": len(gold)},
        "commit": commit(),
        "versions": {"onnxruntime": onnxruntime.__version__, "torch": torch.__version__},
        "ways": ways,
    }


def _axis(
    gold: Sequence[Example], head: Mapping[str, Any], alone: Floats, together: Floats, exact: Floats
) -> dict[str, Any]:
    """One way on one axis. Scores are those a user sees: softmax of logits / temperature."""
    labels = head["labels"]
    scores, beside, true = (softmax(logits / head["temperature"]) for logits in (alone, together, exact))
    said, said_beside, said_by_torch = (found.argmax(axis=1) for found in (scores, beside, true))
    wanted = [str(getattr(example, head["name"])) for example in gold]
    macro = label_scores(wanted, [labels[at] for at in said], labels, [example.group_key for example in gold])
    return {
        "macro_f1": macro["macro_f1"]["value"],
        "labels as torch": round(float((said == said_by_torch).mean()), 4),
        "off": round(float(np.abs(scores - true).max()), 4),
        "neighbours": round(float(np.abs(scores - beside).max()), 4),
        "labels changed by neighbours": int((said != said_beside).sum()),
    }


def logits_of(
    session: Any, heads: Sequence[str], ids: Sequence[Sequence[int]], batch: int
) -> tuple[dict[str, Floats], float]:
    """Logits of the label heads, (sentences, labels), in batches as they come; and the seconds it took."""
    found: dict[str, list[Floats]] = {head: [] for head in heads if head in AXES}
    started = time.perf_counter()
    for at in range(0, len(ids), batch):
        outputs = dict(zip(heads, session.run(None, padded(ids[at : at + batch])), strict=True))
        for head, logits in found.items():
            logits.append(outputs[head])
    seconds = time.perf_counter() - started
    return {head: np.concatenate(logits) for head, logits in found.items()}, seconds


def _ways(run: Path, folder: Path, tokenizer: Tokenizer, place: Path) -> Iterator[tuple[str, Any, int]]:
    """Name, session and size in bytes of each way to run the network."""
    yield "torch", Torch(run / "network"), (run / "network" / "model.safetensors").stat().st_size
    graphs = {"ONNX, single precision": run / "single.onnx", SHIPPED: folder / "model.onnx"}
    for name, graph in {**graphs, **_other_ways(run / "single.onnx", tokenizer, place)}.items():
        session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
        yield name, session, graph.stat().st_size


def _other_ways(graph: Path, tokenizer: Tokenizer, place: Path) -> dict[str, Path]:
    """The graph in 8 bits in the ways that were weighed, by name."""
    bare = onnx.load(str(graph))
    del bare.graph.value_info[:]  # the exporter's notes on shapes, which the quantisers trip over
    source = str(place / "bare.onnx")
    onnx.save(bare, source)
    made = {"dynamic, a scale a channel": place / "dynamic.onnx", "static, a scale a channel": place / "static.onnx"}
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
        made[name] = place / f"blocks{block}.onnx"
        onnx.save(quantizer.model.model, str(made[name]))
    return made


class _Sentences(CalibrationDataReader):  # type: ignore[misc]
    """Sentences of the bundled training part, one at a time, for the scales of static quantisation."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        examples = corpus.load([ROOT / "data" / "corpus" / "train.jsonl"])
        step = len(examples) // CALIBRATED_ON
        self._batches = iter([padded([tokenizer.encode(example.text).ids]) for example in examples[::step]])

    def get_next(self) -> Inputs | None:
        return next(self._batches, None)


def to_markdown(measured: Mapping[str, Any]) -> str:
    """The report as one Markdown page."""
    model, file = measured["model"], measured["corpus"]
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    return (
        f"# What 8 bits cost {model['name']}, on {file['file']}\n\n- command: `{measured['command']}`\n"
        f"- commit: {measured['commit']}\n- model: sha256 {model['sha256'][:12]}\n"
        f"- corpus: {file['rows']:,} sentences, sha256 {file['sha256'][:12]}\n- versions: {versions}\n\n"
        "Two figures a cell: certainty / stance. Off: the largest difference of a score to torch's. Neighbours: that "
        f"between a sentence alone and the same in batches of {BATCH} as they come, padded; in brackets, how many "
        "labels changed.\n\n" + _table(measured) + "\n"
    )


def _table(measured: Mapping[str, Any]) -> str:
    rows = []
    for way, found in measured["ways"].items():
        axes = [found[axis] for axis in AXES]
        rows.append(
            [
                way,
                f"{found['bytes'] / 1e6:.1f} MB",
                " / ".join(f"{axis['macro_f1']:.4f}" for axis in axes),
                " / ".join(f"{axis['labels as torch']:.2%}" for axis in axes),
                " / ".join(f"{axis['off']:.4f}" for axis in axes),
                " / ".join(f"{axis['neighbours']:.4f} ({axis['labels changed by neighbours']})" for axis in axes),
                f"{found['sentences a second']:.0f}",
            ]
        )
    return markdown(["way", "size", "macro-F1", "labels as torch", "off", "neighbours", "sentences/s"], rows)


if __name__ == "__main__":
    sys.exit(main())
