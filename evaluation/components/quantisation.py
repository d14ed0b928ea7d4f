"""Measure the cost of 8-bit quantisation: a network in torch, in single precision, and quantised in several ways.

    python -m evaluation.components.quantisation --model base --run runs/base.run \
      --corpus ../shared/corpora/real/dev.jsonl --out evaluation/reports/base-quantisation

`--run` is the folder that training left beside the model: it holds the torch weights and the graph in single precision.
For every variant it gives the size, macro-F1, the share of labels equal to torch's, the largest difference of a score
to torch's, the largest difference of a score between a sentence alone and in batches of 16 (padded to the longest), and
the speed in those batches.

`figures` of the report: `rows`, the number of sentences; `variants`, for each its `name`, the `bytes` of its file,
`sentences_per_second`, and the differences by axis.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from hedgerow import corpus
from hedgerow.errors import InputError
from hedgerow.labels import AXES, Example
from hedgerow.metrics import label_scores
from hedgerow.predictors.folder import find, read_manifest
from hedgerow.predictors.network.heads import Floats
from hedgerow.predictors.network.runtime import padded
from hedgerow.predictors.softmax import softmax
from hedgerow.report import Cell, Page, Report, Section, Table, facts, measured_files, measured_model

BATCH = 16


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("components.quantisation", __doc__)
    parser.add_argument("--model", default="base", help="a shipped network's name, or a model folder")
    parser.add_argument("--run", type=Path, required=True, help="the folder that its training left (NAME.run)")
    parser.add_argument("--corpus", type=Path, required=True, help="a labelled file (JSON Lines)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report")
    return run_command(parser, arguments, ReportCommand("quantisation", _measure, page_of, _summary))


def _measure(options: argparse.Namespace) -> Measured:
    if not (options.run / "single.onnx").is_file():
        raise InputError(f"{options.run}: no single.onnx; train the model here first")
    logging.getLogger().setLevel(logging.ERROR)  # ONNX Runtime's quantisers warn about their own defaults
    return Measured(
        measure(options.model, options.run, options.corpus),
        models=[measured_model(options.model)],
        corpus=measured_files([options.corpus], [options.model]),
        libraries={name: version(name) for name in ("onnxruntime", "torch")},
    )


def measure(name: str, run: Path, file: Path) -> dict[str, Any]:
    """Return the figures of every variant; `torch` is the first, and the reference of the others."""
    from evaluation.components.quantised import variants  # imports torch, which pages do not need

    gold = corpus.load([file])
    folder = find(name)
    manifest = read_manifest(folder)
    if manifest.get("tokenizer") != "wordpiece":
        raise InputError(f"{name}: not a network over word pieces, which this measures; name another model")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(manifest["max_tokens"])
    tokenizer.no_padding()
    ids = [encoding.ids for encoding in tokenizer.encode_batch([example.text for example in gold])]
    heads = manifest["heads"]
    names = [head["name"] for head in heads]
    figures: list[dict[str, Any]] = []
    reference: dict[str, Floats] | None = None
    with tempfile.TemporaryDirectory() as scratch:
        for variant, session, size in variants(run, folder, tokenizer, Path(scratch)):
            alone, _ = logits_of(session, names, ids, 1)
            together, seconds = logits_of(session, names, ids, BATCH)
            reference = reference or alone
            row = {"name": variant, "bytes": size, "sentences_per_second": round(len(ids) / seconds, 1)}
            for head in heads:
                if head["name"] in AXES:
                    logits = Logits(*(of_run[head["name"]] for of_run in (alone, together, reference)))
                    row[head["name"]] = _axis(gold, head, logits)
            figures.append(row)
    return {"rows": len(gold), "variants": figures}


@dataclass(frozen=True, slots=True)
class Logits:
    """Logits of one head, (sentences, labels) each: of sentences alone, in batches, and of torch (alone)."""

    alone: Floats
    together: Floats
    torch: Floats


def _axis(gold: Sequence[Example], head: Mapping[str, Any], logits: Logits) -> dict[str, Any]:
    """Return the figures of one variant on one axis. Scores are those a user sees: softmax of logits / temperature."""
    labels = head["labels"]
    scores, in_batch, exact = (
        softmax(values / head["temperature"]) for values in (logits.alone, logits.together, logits.torch)
    )
    predicted = scores.argmax(axis=1)
    truth = [str(getattr(example, head["name"])) for example in gold]
    macro = label_scores(truth, [labels[at] for at in predicted], labels, [example.group_key for example in gold])
    return {
        "macro_f1": macro["macro_f1"]["value"],
        "labels_as_torch": round(float((predicted == exact.argmax(axis=1)).mean()), 4),
        "largest_difference_to_torch": round(float(np.abs(scores - exact).max()), 4),
        "largest_difference_in_batch": round(float(np.abs(scores - in_batch).max()), 4),
        "labels_changed_in_batch": int((predicted != in_batch.argmax(axis=1)).sum()),
    }


def logits_of(
    session: Any, heads: Sequence[str], ids: Sequence[Sequence[int]], batch: int
) -> tuple[dict[str, Floats], float]:
    """Return the logits of the label heads, (sentences, labels), in batches as they come; and the seconds it took."""
    batches: dict[str, list[Floats]] = {head: [] for head in heads if head in AXES}
    started = time.perf_counter()
    for at in range(0, len(ids), batch):
        outputs = dict(zip(heads, session.run(None, padded(ids[at : at + batch])), strict=True))
        for head, logits in batches.items():
            logits.append(outputs[head])
    seconds = time.perf_counter() - started
    return {head: np.concatenate(logits) for head, logits in batches.items()}, seconds


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    about = (
        f"{report.figures['rows']:,} sentences. Two figures a cell: certainty / stance. To torch: the largest "
        "difference of a score to torch's. In batch: the largest difference of a score between a sentence alone and in "
        f"batches of {BATCH} as they come, padded; in brackets, how many labels changed."
    )
    header = ["variant", "size", "macro-F1", "labels as torch", "to torch", "in batch", "sentences/s"]
    table = Table(header, [_cells(variant) for variant in report.figures["variants"]])
    title = f"The cost of 8-bit quantisation for {report.model.name}, on {report.corpus[0].file}"
    return Page(title, facts(report), sections=(Section("Variants", text=(about,), parts=(table,)),))


def _cells(variant: Mapping[str, Any]) -> list[Cell]:
    axes = [variant[axis] for axis in AXES]
    in_batch = [f"{axis['largest_difference_in_batch']:.4f} ({axis['labels_changed_in_batch']})" for axis in axes]
    return [
        variant["name"],
        f"{variant['bytes'] / 1e6:.1f} MB",
        " / ".join(f"{axis['macro_f1']:.4f}" for axis in axes),
        " / ".join(f"{axis['labels_as_torch']:.2%}" for axis in axes),
        " / ".join(f"{axis['largest_difference_to_torch']:.4f}" for axis in axes),
        " / ".join(in_batch),
        f"{variant['sentences_per_second']:.0f}",
    ]


def _summary(report: Report) -> str:
    lines = []
    for variant in report.figures["variants"]:
        scores = ", ".join(f"{axis} macro-F1 {variant[axis]['macro_f1']:.4f}" for axis in AXES)
        lines.append(f"{variant['name']}: {scores}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
