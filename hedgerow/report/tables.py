"""Scores as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hedgerow.metrics import Score


def class_table(axis: dict[str, Any]) -> str:
    """The per-class report of one axis as Markdown."""
    rows = [
        [label, *(figure(row[name]) for name in ("precision", "recall", "f1")), row["support"]]
        for label, row in axis["classes"].items()
    ]
    table = markdown(["label", "precision", "recall", "F1", "support"], rows)
    totals = ", ".join(f"{name.replace('_', ' ')} {figure(axis[name])}" for name in ("macro_f1", "accuracy", "kappa"))
    return f"{table}\n\n{totals}\n"


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A pipe table; a bar in a cell is escaped, a line break is a space."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(cell: object) -> str:
    return " ".join(str(cell).replace("|", "\\|").splitlines())


def figure(score: Mapping[str, float]) -> str:
    """A score with its interval, as every table shows it."""
    return str(Score(score["value"], score["low"], score["high"]))
