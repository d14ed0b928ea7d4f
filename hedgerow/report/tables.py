"""Scores as table cells, and tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hedgerow.metrics import Score
from hedgerow.report.page import Cell


def class_table(axis: Mapping[str, Any]) -> str:
    """Return the scores of each label of one axis, and the totals, as Markdown."""
    table = markdown(["label", "precision", "recall", "F1", "support"], class_rows(axis))
    totals = ", ".join(f"{name.replace('_', ' ')} {figure(axis[name])}" for name in ("macro_f1", "accuracy", "kappa"))
    return f"{table}\n\n{totals}\n"


def class_rows(axis: Mapping[str, Any]) -> list[list[Cell]]:
    """Return the row of each label: precision, recall, F1 and support."""
    return [
        [label, *(figure(row[name]) for name in ("precision", "recall", "f1")), row["support"]]
        for label, row in axis["classes"].items()
    ]


def span_table(spans: Mapping[str, Mapping[str, float]]) -> str:
    """Return the scores of spans by how they were matched, as Markdown."""
    names = ("precision", "recall", "f1")
    rows = [[match, *(f"{scores[name]:.3f}" for name in names)] for match, scores in spans.items()]
    return markdown(["match", "precision", "recall", "F1"], rows) + "\n"


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a pipe table; a bar in a cell is escaped, a line break becomes a space."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(cell: object) -> str:
    return " ".join(str(cell).replace("|", "\\|").splitlines())


def figure(score: Mapping[str, float]) -> str:
    """Return a score with its interval, as every table shows it."""
    return str(Score(score["value"], score["low"], score["high"]))


def difference(score: Mapping[str, float]) -> str:
    """Return a difference with its interval, each number with its sign."""
    return f"{score['value']:+.3f} [{score['low']:+.3f}, {score['high']:+.3f}]"
