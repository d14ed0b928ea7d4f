"""A roll-up as tables for the terminal.

No figure is ever cut: names are folded, and a table that is too wide is printed as several. In a pipe there is no
width.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import ceil

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hedgerow.io.plural import count
from hedgerow.summary.figures import points, short_percent
from hedgerow.summary.notes import notes, origin_notes
from hedgerow.summary.origin import Origin
from hedgerow.summary.roll_up import GroupPrevalence, Summary

SHOWN = 20  # groups on the terminal
PHRASES_SHOWN = 10
_NAME, _PHRASE = 24, 48  # characters of a line of a name on a terminal
_UNBOUNDED = 10_000  # characters of a line in a pipe


def print_summary(summary: Summary, origin: Origin | None = None) -> None:
    """Print a table per axis, the difference of two groups, then the most frequent phrases and the notes."""
    is_terminal = sys.stdout.isatty()
    console = Console(highlight=False, markup=False, emoji=False, width=None if is_terminal else _UNBOUNDED)
    whole = summary.whole
    console.print(f"{count(whole.sentences, 'sentence')}, {count(whole.documents, 'document')}")
    for axis in summary.scheme.heads:
        _print_title(console, f"{axis}, corrected" if summary.corrected else axis)
        for table in _axis_tables(summary, axis, console):
            _print_whole(console, table)
        more = len(summary.groups) - SHOWN
        if more > 0:
            console.print(f"and {more:,} more (--out)")
    if is_one_pair(summary):
        _print_title(console, f"{summary.differences[0].first} minus {summary.differences[0].second}")
        _print_whole(console, _differences_table(summary))
    for name, phrases in (("cues", summary.cues), ("sources", summary.sources), *summary.own_phrases.items()):
        _print_title(console, f"most frequent {name}")
        _print_whole(console, _phrases_table(phrases[:PHRASES_SHOWN], is_terminal=is_terminal))
    console.print()
    for note in (*notes(summary), *(origin_notes(origin) if origin else ())):
        console.print(note, style="dim")


def is_one_pair(summary: Summary) -> bool:
    """Whether the differences are those of two groups, and not of each group with the rest."""
    return len({(one.first, one.second) for one in summary.differences}) == 1


def shown_n(group: GroupPrevalence, axis: str) -> str:
    """Return the number of labelled sentences; `95 of 100` if the classifier abstained from some."""
    labelled = group.labelled[axis]
    return f"{labelled:,}" if labelled == group.sentences else f"{labelled:,} of {group.sentences:,}"


def shown_documents(group: GroupPrevalence) -> str:
    """Return the number of documents, with `few` if there are fewer than ten."""
    return f"{group.documents:,} few" if group.is_few else f"{group.documents:,}"


def _print_title(console: Console, title: str) -> None:
    console.print(f"\n{title}", style="italic")


def _print_whole(console: Console, table: Table) -> None:
    """Print a table at its own width, if the terminal is narrower: the terminal then breaks its lines."""
    width, console.width = console.width, max(console.width, _width(console, table))
    console.print(table)
    console.width = width


def _width(console: Console, table: Table) -> int:
    wide = console.options.update(width=_UNBOUNDED)
    return console.measure(table, options=wide).maximum


def _axis_tables(summary: Summary, axis: str, console: Console) -> Iterator[Table]:
    """Yield the table of an axis, or several with fewer labels each if it is too wide."""
    labels = len(summary.scheme.heads[axis])
    for tables in range(1, labels + 1):
        size = ceil(labels / tables)
        found = [_axis_table(summary, axis, range(at, min(at + size, labels))) for at in range(0, labels, size)]
        if all(_width(console, table) <= console.width for table in found):
            break
    yield from found


def _axis_table(summary: Summary, axis: str, shown: Sequence[int]) -> Table:
    """Return a table of some labels, with corrected shares if there are any; the CSV and the page have both."""
    table = _table()
    for name in [key.by for key in summary.group.keys] or [""]:
        _add_names(table, name, _NAME, is_terminal=sys.stdout.isatty())
    for name in ("n", "docs"):
        table.add_column(name, justify="right", no_wrap=True)
    labels = summary.scheme.heads[axis]
    for at in shown:
        table.add_column(str(labels[at]), justify="right", no_wrap=True)
    for group in (*summary.groups[:SHOWN], summary.whole):
        scores = [one.corrected or one.share for one in group.estimates if one.axis == axis]
        cells = [short_percent(scores[at]) if scores else "\u2013" for at in shown]
        names = group.value or ("all", *[""] * (len(summary.group.keys) - 1))
        table.add_row(*names, shown_n(group, axis), shown_documents(group), *cells)
    return table


def _differences_table(summary: Summary) -> Table:
    table = _table()
    for name in ("axis", "label"):
        table.add_column(name, no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in summary.differences:
        table.add_row(one.axis, one.label, points(one.score), "*" if one.is_clear else "")
    return table


def _phrases_table(phrases: Sequence[tuple[str, str, int]], *, is_terminal: bool) -> Table:
    table = _table()
    _add_names(table, "phrase", _PHRASE, is_terminal=is_terminal)
    table.add_column("type", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    for kind, phrase, number in phrases:
        table.add_row(phrase, str(kind), f"{number:,}")
    return table


def _add_names(table: Table, header: str, width: int, *, is_terminal: bool) -> None:
    """Add a column of names, which are folded on a terminal and whole in a pipe."""
    table.add_column(header, overflow="fold", max_width=width if is_terminal else None, no_wrap=not is_terminal)


def _table() -> Table:
    return Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
