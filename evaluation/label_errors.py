"""Likely label errors of a corpus: a ranked list of ids to read again, for the next round of corrections.

    python -m evaluation.label_errors data/corpus/*.jsonl --out evaluation/reports/label-errors-bundled

A linear model is fitted five times, each time without a fifth of the groups, and labels that fifth. If it confidently
contradicts a label, the row is a suspect (confident learning, Northcutt et al. 2021). The recipe names your own heads.
Writes `report.json`, `report.md` and `suspects.jsonl`, one line per row and axis: rank, id, axis, given, likely,
margin. No sentence is written. A suspect is not an error: read it against the codebook.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.command import corpus_entries, guarded, head, make_parser, provenance, write_report
from hedgerow.corpus import CorpusPart
from hedgerow.errors import CorpusError, RecipeError
from hedgerow.head import Head
from hedgerow.labels import Example, labelled_axes
from hedgerow.metrics.confident_learning import Floats, Suspect, confident_joint, find_suspects
from hedgerow.metrics.labelled import gold_label
from hedgerow.report import markdown_table
from hedgerow.report.provenance import ROOT
from hedgerow.training.folds import out_of_fold
from hedgerow.training.heads import to_heads
from hedgerow.training.linear import linear_heads
from hedgerow.training.recipe import LinearRecipe, read_recipe

RECIPE = ROOT / "model" / "linear" / "recipe.toml"
SHOWN = 100  # in the Markdown page; suspects.jsonl has all
SUSPECTS = "suspects.jsonl"
COLUMNS = ("rank", "id", "axis", "given", "likely", "margin")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser("label_errors", __doc__)
    parser.add_argument("corpus", type=Path, nargs="+", help="labelled files (JSON Lines), taken together")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="settings (default: those of linear)")
    parser.add_argument("--folds", type=_folds, default=5, help="the number of parts that groups are split into")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report and suspects.jsonl")
    return guarded("label_errors", lambda: _run(parser.parse_args(arguments), arguments))


def _folds(argument: str) -> int:
    if not argument.isdecimal() or int(argument) < 2:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a number of folds from 2 up")
    return int(argument)


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    recipe = read_recipe(options.recipe)
    if not isinstance(recipe, LinearRecipe):
        raise RecipeError(f"{options.recipe}: 'kind' is 'network'; label errors need the recipe of a linear model")
    first_keys = provenance("label_errors", arguments)
    examples = CorpusPart(options.corpus).load(to_heads(recipe.heads))
    measured, ranked = measure(recipe, examples, options.folds)
    report = {**first_keys, "corpus": corpus_entries(options.corpus), **measured}
    lines = "".join(json.dumps(row) + "\n" for row in ranked)
    write_report(options.out, report, to_markdown(report, ranked), {SUSPECTS: lines})
    counts = ", ".join(f"{axis} {scores['suspects']}" for axis, scores in report["axes"].items())
    print(f"{len(examples):,} rows, suspects: {counts}; ranked in {options.out}/{SUSPECTS}")


def measure(recipe: LinearRecipe, examples: Sequence[Example], folds: int) -> tuple[dict[str, Any], list[Any]]:
    """Return the figures by head, and the suspects of all heads, ranked."""
    if not recipe.heads and not labelled_axes(examples):
        raise CorpusError(
            "no row is labelled on certainty or stance, and label errors are of such labels; name a file with them, "
            "or a --recipe with heads of your own"
        )
    probs = out_of_fold(recipe, examples, folds=folds)
    axes: dict[str, Any] = {}
    rows = []
    for one in linear_heads(recipe, examples):
        axes[one.name], suspects = _head(examples, one, probs[one.name])
        rows += suspects
    rows.sort(key=lambda row: (row["margin"], row["id"]))
    ranked = [{"rank": rank, **row} for rank, row in enumerate(rows, 1)]
    return {"rows": len(examples), "folds": folds, "axes": axes}, ranked


def _head(examples: Sequence[Example], head: Head, probs: Floats) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the figures of one head, and its suspects; `probs` are (rows, labels). Only labelled rows count."""
    labels = list(head.labels)
    places = [at for at, example in enumerate(examples) if example.is_labelled_on(head.name)]
    labelled, probs = [examples[at] for at in places], probs[places]
    current = np.array([labels.index(gold_label(example, head.name)) for example in labelled])
    suspects = find_suspects(current, probs)
    scores = {
        "rows": len(labelled),
        "suspects": len(suspects),
        "out_of_fold_accuracy": round(float((probs.argmax(axis=1) == current).mean()), 4),
        "joint": {"labels": labels, "counts": confident_joint(current, probs).tolist()},
    }
    return scores, [_suspect_row(labelled[suspect.row].id, head.name, suspect, labels) for suspect in suspects]


def _suspect_row(id_: str, axis: str, suspect: Suspect, labels: Sequence[str]) -> dict[str, Any]:
    current, likely = labels[suspect.given], labels[suspect.likely]
    return {"id": id_, "axis": axis, "given": current, "likely": likely, "margin": suspect.margin}


def to_markdown(report: dict[str, Any], ranked: Sequence[dict[str, Any]]) -> str:
    """Return the report as one Markdown page; `ranked` are the lines of suspects.jsonl."""
    parts = [
        head(report, "Likely label errors"),
        f"{report['rows']:,} rows, {report['folds']} folds of whole groups, labelled by the linear model. A suspect "
        "is a row whose confident label is not the given one (confident learning, Northcutt et al. 2021). Read it; it "
        "need not be an error.\n",
    ]
    for axis, scores in report["axes"].items():
        labels = scores["joint"]["labels"]
        rows = [[f"**{name}**", *row] for name, row in zip(labels, scores["joint"]["counts"], strict=True)]
        parts += [
            f"## {axis}: {scores['suspects']} suspects\n",
            f"{_rows(report, scores)}Out-of-fold accuracy {scores['out_of_fold_accuracy']:.3f}. Confident labels by "
            "given label:\n",
            markdown_table(["given \\ confident", *labels], rows) + "\n",
        ]
    shown = [[row[name] for name in COLUMNS] for row in ranked[:SHOWN]]
    parts += [f"## The first {len(shown)}\n", markdown_table(COLUMNS, shown) + "\n"]
    return "\n".join(parts)


def _rows(report: dict[str, Any], scores: dict[str, Any]) -> str:
    """Say how many rows are labelled on a head, if they are not all."""
    rows = scores.get("rows", report["rows"])  # reports of earlier versions do not have it: all rows were labelled
    return "" if rows == report["rows"] else f"Labelled are {rows:,} rows. "


if __name__ == "__main__":
    sys.exit(main())
