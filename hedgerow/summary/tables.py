"""A roll-up as tables: for the terminal, and as CSV for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hedgerow.io.plural import count
from hedgerow.labels import AXES, SpanType
from hedgerow.metrics.measures import Score
from hedgerow.summary.groups import ALL
from hedgerow.summary.roll_up import GroupPrevalence, Summary

SHOWN = 20  # groups on the terminal
PHRASES_SHOWN = 10
COLUMNS = ["by", "value", "axis", "label", "sentences", "documents", "count", "share", "low", "high", "interval"]
CORRECTED = ["corrected", "corrected_low", "corrected_high"]


def print_summary(summary: Summary) -> None:
    """Print a table per axis, then the most frequent phrases."""
    console = Console(highlight=False, markup=False)
    whole = summary.whole
    console.print(f"{count(whole.sentences, 'sentence')}, {count(whole.documents, 'document')}")
    for axis in AXES:
        console.print(_axis_table(summary, axis))
    for name, phrases in (("cues", summary.cues), ("sources", summary.sources)):
        console.print(_phrases_table(name, phrases[:PHRASES_SHOWN]))
    for note in notes(summary):
        console.print(note, style="dim")


def notes(summary: Summary) -> list[str]:
    """Return the notes that a reader of the figures needs, one or two sentences each."""
    methods = sorted({group.method for group in (*summary.groups, summary.whole)})
    texts = [f"Percent with 95 % intervals: {'; '.join(methods)}."]
    if summary.corrected:
        texts.append(
            "Corrected for the classifier's error by its confusion matrix (adjusted count); this is valid if it errs "
            "on these texts as it did on those of the report."
        )
    if any(summary.abstained.values()):
        without = ", ".join(f"{number:,} without {axis}" for axis, number in summary.abstained.items() if number)
        texts.append(f"Sentences not counted: {without} (--abstain).")
    if summary.pooled:
        texts.append(f"{count(summary.pooled, 'sentence')} of further values are grouped as (others).")
    if not summary.phrases_exact:
        texts.append("There are so many different cues and sources that the counts of rare ones may be low.")
    return texts


def write_csv(summary: Summary, file: TextIO) -> None:
    """Write a row for each label of each group, the whole first; shares are in 0..1."""
    rows = csv.writer(file)
    rows.writerow([*COLUMNS, *(CORRECTED if summary.corrected else [])])
    for by, group in ((ALL, summary.whole), *((str(summary.group.by), group) for group in summary.groups)):
        for one in group.estimates:
            head = [by, group.value, one.axis, one.label, group.sentences, group.documents, one.count]
            corrected = [] if one.corrected is None else _figures(one.corrected)
            rows.writerow([*head, *_figures(one.share), group.method, *corrected])


def write_phrases(summary: Summary, file: TextIO) -> None:
    """Write a row for each of the most frequent cues and sources."""
    rows = csv.writer(file)
    rows.writerow(["kind", "type", "phrase", "count"])
    for kind, phrases in (("cue", summary.cues), ("source", summary.sources)):
        rows.writerows([kind, str(type_), phrase, number] for type_, phrase, number in phrases)


def percent(score: Score) -> str:
    """Return a share with its interval in percent, with one decimal."""
    return f"{100 * score.value:.1f} [{100 * score.low:.1f}, {100 * score.high:.1f}]"


def _figures(score: Score) -> list[str]:
    return [f"{figure:.4f}" for figure in (score.value, score.low, score.high)]


def _axis_table(summary: Summary, axis: str) -> Table:
    """Return the table of an axis, with corrected shares if there are any; the CSV and the page have both."""
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


def _cells(group: GroupPrevalence, axis: str) -> list[str]:
    scores = [one.corrected or one.share for one in group.estimates if one.axis == axis]
    return [_short(score) for score in scores] or ["–"] * len(AXES[axis])


def _short(score: Score) -> str:
    """Return whole percents, or one decimal below ten, so that five labels fit a terminal."""
    value, low, high = (f"{100 * x:.1f}" if x < 0.1 else f"{100 * x:.0f}" for x in (score.value, score.low, score.high))
    return f"{value} [{low}–{high}]"


def _phrases_table(name: str, phrases: Sequence[tuple[SpanType, str, int]]) -> Table:
    table = _table(f"most frequent {name}")
    table.add_column("phrase", overflow="ellipsis", no_wrap=True, max_width=48)
    table.add_column("type")
    table.add_column("n", justify="right", no_wrap=True)
    for kind, phrase, number in phrases:
        table.add_row(phrase, str(kind), f"{number:,}")
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
