"""A roll-up as tables: for the terminal, and as CSV for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hedgerow.labels import AXES, SpanType
from hedgerow.metrics.measures import Score
from hedgerow.summary.groups import ALL
from hedgerow.summary.roll_up import GroupShares, Summary

SHOWN = 20  # groups on the terminal
WORDINGS_SHOWN = 10
COLUMNS = ["by", "value", "axis", "label", "sentences", "documents", "count", "share", "low", "high", "interval"]
CORRECTED = ["corrected", "corrected_low", "corrected_high"]


def print_summary(summary: Summary) -> None:
    """A table an axis, then the most frequent wordings, on standard output."""
    console = Console(highlight=False, markup=False)
    whole = summary.whole
    console.print(f"{whole.sentences:,} sentences, {whole.documents:,} documents")
    for axis in AXES:
        console.print(_axis_table(summary, axis))
    for name, found in (("cues", summary.cues), ("sources", summary.sources)):
        console.print(_wordings_table(name, found[:WORDINGS_SHOWN]))
    for note in notes(summary):
        console.print(note, style="dim")


def notes(summary: Summary) -> list[str]:
    """What a reader of the figures must know, a sentence or two each."""
    methods = sorted({group.method for group in (*summary.groups, summary.whole)})
    found = [f"Percent with 95 % intervals: {'; '.join(methods)}."]
    if summary.corrected:
        found.append(
            "Corrected for the classifier's error by its confusion matrix (adjusted count); this holds where it errs "
            "on these texts as it did on those of the report."
        )
    if any(summary.abstained.values()):
        left = ", ".join(f"{count:,} without {axis}" for axis, count in summary.abstained.items() if count)
        found.append(f"Sentences left out of the shares: {left} (--abstain).")
    if summary.pooled:
        found.append(f"{summary.pooled:,} sentences of further values stand together as (others).")
    if not summary.wordings_exact:
        found.append("So many different cues and sources were seen that counts of the rarer ones may be low.")
    return found


def write_csv(summary: Summary, file: TextIO) -> None:
    """A row for each label of each group, the whole first; shares are in 0..1."""
    rows = csv.writer(file)
    rows.writerow([*COLUMNS, *(CORRECTED if summary.corrected else [])])
    for by, group in ((ALL, summary.whole), *((str(summary.group.by), group) for group in summary.groups)):
        for one in group.estimates:
            head = [by, group.value, one.axis, one.label, group.sentences, group.documents, one.count]
            right = [] if one.corrected is None else _figures(one.corrected)
            rows.writerow([*head, *_figures(one.share), group.method, *right])


def write_wordings(summary: Summary, file: TextIO) -> None:
    """A row for each of the most frequent cues and sources."""
    rows = csv.writer(file)
    rows.writerow(["kind", "type", "wording", "count"])
    for kind, found in (("cue", summary.cues), ("source", summary.sources)):
        rows.writerows([kind, str(type_), wording, count] for type_, wording, count in found)


def percent(score: Score) -> str:
    return f"{100 * score.value:.1f} [{100 * score.low:.1f}, {100 * score.high:.1f}]"


def _figures(score: Score) -> list[str]:
    return [f"{figure:.4f}" for figure in (score.value, score.low, score.high)]


def _axis_table(summary: Summary, axis: str) -> Table:
    """Shares corrected where they can be: the CSV and the page have both."""
    shown = (*summary.groups[:SHOWN], summary.whole)
    more = len(summary.groups) - SHOWN
    title = f"{axis}, corrected" if summary.corrected else axis
    table = _table(title, f"and {more:,} more (--out)" if more > 0 else None)
    table.add_column(summary.group.by or "", overflow="ellipsis", no_wrap=True, max_width=24)
    table.add_column("n", justify="right", no_wrap=True)
    for label in AXES[axis]:
        table.add_column(str(label), justify="right", no_wrap=True)
    for group in shown:
        table.add_row(group.value, f"{group.sentences:,}", *_cells(group, axis))
    return table


def _cells(group: GroupShares, axis: str) -> list[str]:
    scores = [one.corrected or one.share for one in group.estimates if one.axis == axis]
    return [_short(score) for score in scores] or ["–"] * len(AXES[axis])


def _short(score: Score) -> str:
    """A whole percent or one decimal below ten, so that five labels fit a terminal."""
    value, low, high = (f"{100 * x:.1f}" if x < 0.1 else f"{100 * x:.0f}" for x in (score.value, score.low, score.high))
    return f"{value} [{low}–{high}]"


def _wordings_table(name: str, found: Sequence[tuple[SpanType, str, int]]) -> Table:
    table = _table(f"most frequent {name}")
    table.add_column("wording", overflow="ellipsis", no_wrap=True, max_width=48)
    table.add_column("type")
    table.add_column("n", justify="right", no_wrap=True)
    for kind, wording, count in found:
        table.add_row(wording, str(kind), f"{count:,}")
    return table


def _table(title: str, caption: str | None = None) -> Table:
    return Table(
        title=title,
        caption=caption,
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=0,
    )
