"""Likely label errors of a corpus: a ranked list of ids to read again, for the next round of corrections.

    python -m evaluation.label_errors data/corpus/*.jsonl --out evaluation/reports/label-errors-bundled

A linear model is fitted five times, each time without a fifth of the groups, and judges that fifth; what it confidently
says otherwise than the label given is a suspect (confident learning, Northcutt et al. 2021). Writes `report.json`,
`report.md` and `suspects.jsonl`, a line for a row and axis: rank, id, axis, given, likely, margin. No sentence is
written. A suspect is not an error: read it against the codebook.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation import report_files
from evaluation.provenance import ROOT
from hedgerow import corpus
from hedgerow.errors import RecipeError
from hedgerow.labels import AXES, Example
from hedgerow.metrics.confident_learning import confident_joint, suspects
from hedgerow.training.folds import out_of_fold
from hedgerow.training.recipe import LinearRecipe, read_recipe

SHOWN = 100  # in the Markdown page; suspects.jsonl has all


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(description="Rank the likely label errors of a corpus.")
    parser.add_argument("corpus", type=Path, nargs="+", help="labelled files (JSON lines), judged together")
    parser.add_argument("--recipe", type=Path, default=ROOT / "model" / "linear" / "recipe.toml")
    parser.add_argument("--folds", type=_folds, default=5, help="into how many parts the groups are cut")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report and suspects.jsonl")
    return report_files.guarded("label_errors", lambda: _run(parser.parse_args(arguments), arguments))


def _folds(argument: str) -> int:
    if not argument.isdecimal() or int(argument) < 2:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a number of folds from 2 up")
    return int(argument)


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    recipe = read_recipe(options.recipe)
    if not isinstance(recipe, LinearRecipe):
        raise RecipeError(f"{options.recipe}: setting 'kind' is 'network'; folds are judged by a linear model")
    started = report_files.provenance("label_errors", arguments)
    examples = corpus.load(options.corpus)
    measured, ranked = measure(recipe, examples, options.folds)
    measured = {**started, "corpus": report_files.corpus_entries(options.corpus), **measured}
    lines = "".join(json.dumps(row) + "\n" for row in ranked)
    report_files.write(options.out, measured, to_markdown(measured, ranked), {"suspects.jsonl": lines})
    counts = ", ".join(f"{axis} {found['suspects']}" for axis, found in measured["axes"].items())
    print(f"{len(examples):,} rows, suspects: {counts}; ranked in {options.out}/suspects.jsonl")


def measure(recipe: LinearRecipe, examples: Sequence[Example], folds: int) -> tuple[dict[str, Any], list[Any]]:
    """What the report says by axis, and the suspects of both axes, ranked."""
    chances = out_of_fold(recipe, examples, folds=folds, say=lambda line: print(line, file=sys.stderr, flush=True))
    axes: dict[str, Any] = {}
    ranked = []
    for axis, enum in AXES.items():
        labels = [str(label) for label in enum]
        given = np.array([labels.index(str(getattr(example, axis))) for example in examples])
        found = suspects(given, chances[axis])
        axes[axis] = {
            "suspects": len(found),
            "accuracy out of fold": round(float((chances[axis].argmax(axis=1) == given).mean()), 4),
            "joint": {"labels": labels, "counts": confident_joint(given, chances[axis]).tolist()},
        }
        ranked += [
            {
                "id": examples[one.row].id,
                "axis": axis,
                "given": labels[one.given],
                "likely": labels[one.likely],
                "margin": one.margin,
            }
            for one in found
        ]
    ranked.sort(key=lambda row: (row["margin"], row["id"]))
    return {"rows": len(examples), "folds": folds, "axes": axes}, [
        {"rank": rank, **row} for rank, row in enumerate(ranked, 1)
    ]


def to_markdown(measured: dict[str, Any], ranked: Sequence[dict[str, Any]]) -> str:
    """The report as one Markdown page."""
    parts = [
        report_files.head(measured, "Likely label errors"),
        f"{measured['rows']:,} rows, {measured['folds']} folds of whole groups, judged by the linear model. A suspect "
        "is a row that is confidently of another label (confident learning, Northcutt et al. 2021); it is to be read, "
        "not to be believed.\n",
    ]
    for axis, found in measured["axes"].items():
        labels = found["joint"]["labels"]
        rows = [[f"**{name}**", *row] for name, row in zip(labels, found["joint"]["counts"], strict=True)]
        parts += [
            f"## {axis}: {found['suspects']} suspects\n",
            f"Accuracy out of fold {found['accuracy out of fold']:.3f}. Confident labels by given label:\n",
            report_files.table(["given \\ confident", *labels], rows) + "\n",
        ]
    columns = ["rank", "id", "axis", "given", "likely", "margin"]
    shown = [[row[name] for name in columns] for row in ranked[:SHOWN]]
    parts += [f"## The first {len(shown)}\n", report_files.table(columns, shown) + "\n"]
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
