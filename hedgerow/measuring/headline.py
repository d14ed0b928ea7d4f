"""The heads that a report has figures of, and its main figures as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgerow.labels import AXES, SPANS
from hedgerow.report.record import Report

Figures = Mapping[str, Any]
NOT_MEASURED = "–"  # a figure that there is not; it is never 0


def label_heads(figures: Figures) -> list[str]:
    """Return the label heads that the model was measured on: the axes, then the user's own."""
    return [name for name, scores in figures["scores"].items() if "macro_f1" in scores]


def span_heads(figures: Figures) -> list[str]:
    """Return the span heads that the model was measured on: the codebook's, then the user's own."""
    return [name for name, scores in figures["scores"].items() if "macro_f1" not in scores]


def title_of(head: str) -> str:
    """Return the title of a head's chapter."""
    return head.capitalize() if head in AXES or head == SPANS else f"Head {head}"


def about_rows(figures: Figures, head: str) -> tuple[str, ...]:
    """Say how many rows a head was measured on, if they are not all."""
    rows: int = figures["rows"]
    labelled: int = figures["labelled"][head]
    return (
        ()
        if labelled == rows
        else (f"{labelled:,} of {rows:,} sentences are labelled on {head}; the others are left out.",)
    )


def headline(report: Report) -> str:
    """Return the main figures of the model and its baselines, what was not measured, and the warnings, one per line."""
    measured = report.figures
    lines = [f"{measured['rows']:,} sentences"]
    for name, scores in ((report.model.name, measured["scores"]), *measured["baselines"].items()):
        figures = [f"{head} {_macro_f1(scores, head)}" for head in label_heads(measured)]
        totals = [f"macro-F1 {'  '.join(figures)}"] if figures else []
        totals += [f"{head} F1 {_strict_f1(scores, head)}" for head in span_heads(measured)]
        lines.append(f"{name:>12}: {'  '.join(totals)}")
    lines += [f"Not measured: {head}, because {reason}." for head, reason in measured["not_measured"].items()]
    lines += [line for head in measured["scores"] for line in about_rows(measured, head)]
    return "\n".join(lines + list(measured["warnings"]))


def _macro_f1(scores: Mapping[str, Any], head: str) -> str:
    return f"{scores[head]['macro_f1']['value']:.3f}" if head in scores else NOT_MEASURED


def _strict_f1(scores: Mapping[str, Any], head: str) -> str:
    return f"{scores[head]['all']['strict']['f1']:.3f}" if head in scores else NOT_MEASURED
