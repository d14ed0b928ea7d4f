"""Measure the cost of 8-bit quantisation: a network in torch, in single precision, and quantised in several ways.

    python -m evaluation.components.quantisation --model base --run runs/base.run \
      --corpus ../shared/corpora/real/dev.jsonl --out evaluation/reports/base-quantisation

`--run` is the folder that training left beside the model: it holds the torch weights and the graph in single precision.
For every variant it gives the size, macro-F1, the share of labels equal to torch's, the largest difference of a score
to torch's, the largest difference of a score between a sentence alone and in batches of 16 (padded to the longest), and
the speed in those batches. Writes `report.json` and `report.md`.
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

from evaluation.command import guarded, make_parser, write_report
from hedgerow import corpus
from hedgerow.errors import InputError
from hedgerow.labels import AXES, Example
from hedgerow.metrics import label_scores
from hedgerow.predictors.folder import find, read_manifest
from hedgerow.predictors.network.heads import Floats
from hedgerow.predictors.network.runtime import padded
from hedgerow.predictors.softmax import softmax
from hedgerow.report import markdown_table
from hedgerow.measuring.measurement import REPORT_SCHEMA
from hedgerow.report.provenance import commit, file_entry, model_entry, short_hash, shown_command

BATCH = 16


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("components.quantisation", __doc__)
    parser.add_argument("--model", default="base", help="a shipped network's name, or a model folder")
    parser.add_argument("--run", type=Path, required=True, help="the folder that its training left (NAME.run)")
    parser.add_argument("--corpus", type=Path, required=True, help="a labelled file (JSON Lines)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for report.json and report.md")
    return guarded("components.quantisation", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    if not (options.run / "single.onnx").is_file():
        raise InputError(f"{options.run}: no single.onnx; train the model here first")
    logging.getLogger().setLevel(logging.ERROR)  # ONNX Runtime's quantisers warn about their own defaults
    command = shown_command(["python", "-m", "evaluation.components.quantisation"], vars(options))
    report = {"schema": REPORT_SCHEMA, "command": command, **measure(options.model, options.run, options.corpus)}
    write_report(options.out, report, to_markdown(report))
    print(_table(report))


def measure(name: str, run: Path, file: Path) -> dict[str, Any]:
    """Return the figures of every variant, as plain data; `torch` is the first, and the reference of the others."""
    from evaluation.components.quantised import variants  # imports torch, which pages do not need

    gold = corpus.load([file])
    folder = find(name)
    manifest = read_manifest(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(manifest["max_tokens"])
    tokenizer.no_padding()
    ids = [encoding.ids for encoding in tokenizer.encode_batch([example.text for example in gold])]
    heads = manifest["heads"]
    names = [head["name"] for head in heads]
    figures: dict[str, Any] = {}
    reference: dict[str, Floats] | None = None
    with tempfile.TemporaryDirectory() as scratch:
        for variant, session, size in variants(run, folder, tokenizer, Path(scratch)):
            alone, _ = logits_of(session, names, ids, 1)
            together, seconds = logits_of(session, names, ids, BATCH)
            reference = reference or alone
            figures[variant] = {"bytes": size, "sentences_per_second": round(len(ids) / seconds, 1)}
            for head in heads:
                if head["name"] in AXES:
                    logits = Logits(*(of_run[head["name"]] for of_run in (alone, together, reference)))
                    figures[variant][head["name"]] = _axis(gold, head, logits)
    return {
        "model": model_entry(name),
        "corpus": {**file_entry(file), "rows": len(gold)},
        "commit": commit("evaluation"),
        "versions": {name: version(name) for name in ("onnxruntime", "torch")},
        "variants": figures,
    }


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


def to_markdown(report: Mapping[str, Any]) -> str:
    """Return the report as one Markdown page."""
    model, file = report["model"], report["corpus"]
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    return (
        f"# What 8-bit quantisation costs {model['name']}, on {file['file']}\n\n- command: `{report['command']}`\n"
        f"- commit: {report['commit']}\n- model: sha256 {short_hash(model['sha256'])}\n"
        f"- corpus: {file['rows']:,} sentences, sha256 {short_hash(file['sha256'])}\n- versions: {versions}\n\n"
        "Two figures a cell: certainty / stance. To torch: the largest difference of a score to torch's. In batch: the "
        f"largest difference of a score between a sentence alone and in batches of {BATCH} as they come, padded; in "
        "brackets, how many labels changed.\n\n" + _table(report) + "\n"
    )


def _table(report: Mapping[str, Any]) -> str:
    rows = []
    for variant, figures in report["variants"].items():
        axes = [figures[axis] for axis in AXES]
        in_batch = [f"{axis['largest_difference_in_batch']:.4f} ({axis['labels_changed_in_batch']})" for axis in axes]
        rows.append(
            [
                variant,
                f"{figures['bytes'] / 1e6:.1f} MB",
                " / ".join(f"{axis['macro_f1']:.4f}" for axis in axes),
                " / ".join(f"{axis['labels_as_torch']:.2%}" for axis in axes),
                " / ".join(f"{axis['largest_difference_to_torch']:.4f}" for axis in axes),
                " / ".join(in_batch),
                f"{figures['sentences_per_second']:.0f}",
            ]
        )
    return markdown_table(["variant", "size", "macro-F1", "labels as torch", "to torch", "in batch", "sentences/s"], rows)


if __name__ == "__main__":
    sys.exit(main())
