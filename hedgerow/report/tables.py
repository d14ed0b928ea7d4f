"""Scores as cells of tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgerow.metrics import Score
from hedgerow.report.markdown import markdown_table
from hedgerow.report.page import Cell


def class_table(axis: Mapping[str, Any]) -> str:
    """Return the scores of each label of one axis, and the totals, as Markdown."""
    table = markdown_table(["label", "precision", "recall", "F1", "support"], class_rows(axis))
    names = ("macro_f1", "accuracy", "kappa")
    totals = ", ".join(f"{name.replace('_', ' ')} {with_interval(axis[name])}" for name in names)
    return f"{table}\n\n{totals}\n"


def class_rows(axis: Mapping[str, Any]) -> list[list[Cell]]:
    """Return the row of each label: precision, recall, F1 and support."""
    return [
        [label, *(with_interval(row[name]) for name in ("precision", "recall", "f1")), row["support"]]
        for label, row in axis["classes"].items()
    ]


def span_table(spans: Mapping[str, Mapping[str, float]]) -> str:
    """Return the scores of spans by how they were matched, as Markdown."""
    names = ("precision", "recall", "f1")
    rows = [[match, *(f"{scores[name]:.3f}" for name in names)] for match, scores in spans.items()]
    return markdown_table(["match", "precision", "recall", "F1"], rows) + "\n"


def with_interval(score: Mapping[str, float]) -> str:
    """Return a score with its interval, as every table shows it."""
    return str(Score(score["value"], score["low"], score["high"]))


def difference(score: Mapping[str, float]) -> str:
    """Return a difference with its interval, each number with its sign."""
    return f"{score['value']:+.3f} [{score['low']:+.3f}, {score['high']:+.3f}]"
