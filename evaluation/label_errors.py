"""Likely label errors of a corpus: a ranked list of ids to read again, for the next round of corrections.

    python -m evaluation.label_errors data/corpus/*.jsonl --out evaluation/reports/label-errors-bundled

A linear model is fitted five times, each time without a fifth of the groups, and labels that fifth. If it confidently
contradicts a label, the row is a suspect (confident learning, Northcutt et al. 2021). The recipe names your own heads.
Writes a report and `suspects.jsonl`, one line per row and axis: rank, id, axis, given, likely, margin. No sentence is
written. A suspect is not an error: read it against the codebook.

The keys of its `figures`:

- `rows`, `folds`;
- `axes`, by head: `rows` that are labelled on it, `suspects` (how many), `out_of_fold_accuracy`, and `joint` (`labels`;
  `counts`, whose rows are given labels and whose columns confident ones);
- `first_suspects`, at most 100: `rank`, `id`, `axis`, `given`, `likely`, and `margin`, the score of the given label
  less that of the likely one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from hedgerow.corpus import CorpusPart
from hedgerow.errors import CorpusError, RecipeError
from hedgerow.head import Head
from hedgerow.io.plural import count
from hedgerow.labels import Example, labelled_axes
from hedgerow.metrics.confident_learning import Floats, Suspect, confident_joint, find_suspects
from hedgerow.metrics.labelled import gold_label
from hedgerow.report import Cell, Figure, Matrix, Page, Report, Section, Table, facts, measured_files
from hedgerow.report.provenance import ROOT
from hedgerow.training.folds import out_of_fold
from hedgerow.training.heads import to_heads
from hedgerow.training.linear import linear_heads
from hedgerow.training.recipe import LinearRecipe, read_recipe

RECIPE = ROOT / "model" / "linear" / "recipe.toml"
SHOWN = 100  # in the page; suspects.jsonl has all
SUSPECTS = "suspects.jsonl"
COLUMNS = ("rank", "id", "axis", "given", "likely", "margin")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("label_errors", __doc__)
    parser.add_argument("corpus", type=Path, nargs="+", help="labelled files (JSON Lines), taken together")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="settings (default: those of linear)")
    parser.add_argument("--folds", type=_folds, default=5, help="the number of parts that groups are split into")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report and suspects.jsonl")
    return run_command(parser, arguments, ReportCommand("label_errors", _measure, page_of, _summary))


def _folds(argument: str) -> int:
    if not argument.isdecimal() or int(argument) < 2:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a number of folds from 2 up")
    return int(argument)


def _measure(options: argparse.Namespace) -> Measured:
    recipe = read_recipe(options.recipe)
    if not isinstance(recipe, LinearRecipe):
        raise RecipeError(f"{options.recipe}: 'kind' is 'network'; label errors need the recipe of a linear model")
    examples = CorpusPart(options.corpus).load(to_heads(recipe.heads))
    figures, ranked = measure(recipe, examples, options.folds)
    lines = "".join(json.dumps(row) + "\n" for row in ranked)
    return Measured(figures, corpus=measured_files(options.corpus), others={SUSPECTS: lines})


def measure(recipe: LinearRecipe, examples: Sequence[Example], folds: int) -> tuple[dict[str, Any], list[Any]]:
    """Return the figures, and the suspects of all heads, ranked."""
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
    return {"rows": len(examples), "folds": folds, "axes": axes, "first_suspects": ranked[:SHOWN]}, ranked


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


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures = report.figures
    about = (
        f"{figures['rows']:,} rows, {figures['folds']} folds of whole groups, labelled by the linear model. A suspect "
        "is a row whose confident label is not the given one (confident learning, Northcutt et al. 2021). Read it; it "
        f"need not be an error. `{SUSPECTS}` lists all of them."
    )
    sections = [_head_section(axis, scores, figures["rows"]) for axis, scores in figures["axes"].items()]
    shown: list[list[Cell]] = [_cells(row) for row in figures["first_suspects"]]
    first = Section(f"The first {len(shown)}", parts=(Table(COLUMNS, shown),)) if shown else Section("No suspects")
    return Page("Likely label errors", facts(report), text=(about,), sections=[*sections, first])


def _head_section(axis: str, scores: Mapping[str, Any], rows: int) -> Section:
    labels, counts = scores["joint"]["labels"], scores["joint"]["counts"]
    labelled = "" if scores["rows"] == rows else f"Labelled are {scores['rows']:,} rows. "
    cells: list[list[Cell]] = [[name, *row] for name, row in zip(labels, counts, strict=True)]
    picture = Figure(Matrix(labels, counts, "given ↓ confident →"), "The same counts; the shade is by row")
    return Section(
        f"{axis}: {count(scores['suspects'], 'suspect')}",
        text=(f"{labelled}Out-of-fold accuracy {scores['out_of_fold_accuracy']:.3f}.",),
        parts=(Table(["given \\ confident", *labels], cells, "Confident labels by given label"), picture),
    )


def _cells(row: Mapping[str, Any]) -> list[Cell]:
    rank, *words, margin = (row[name] for name in COLUMNS)
    return [rank, *words, f"{margin:.4f}"]


def _summary(report: Report) -> str:
    counts = ", ".join(f"{axis} {scores['suspects']}" for axis, scores in report.figures["axes"].items())
    return f"{report.figures['rows']:,} rows, suspects: {counts}; {SUSPECTS} has them ranked"


if __name__ == "__main__":
    sys.exit(main())
