"""A roll-up as a page: charts, their figures, differences, examples, frequent phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from hedgerow.io.plural import count
from hedgerow.labels import AXES
from hedgerow.report import Bar, Cell, Definitions, Folded, Marked, Page, Report, Section, Strong, Table, facts, literal
from hedgerow.summary.definitions import AXIS_DEFINITIONS, DEFINITIONS
from hedgerow.summary.differences import Difference
from hedgerow.summary.examples import EXAMPLES
from hedgerow.summary.figures import percent, points
from hedgerow.summary.notes import notes, origin_notes
from hedgerow.summary.origin import Origin
from hedgerow.summary.panels import PLOTTED, panels
from hedgerow.summary.roll_up import GroupPrevalence, Summary
from hedgerow.summary.tables import is_one_pair, shown_documents, shown_n
from hedgerow.summary.timeline import series

SERIES = 6  # with a row of charts each, if periods are grouped by another key too
LISTED = 200  # groups in the tables of the page; the CSV has all
SHOWN = 300  # characters of an example; the CSV has up to 1,000
_NONE = "\u2013"  # a figure that there is not


def summary_page(summary: Summary, origin: Origin, report: Report) -> Page:
    """Return the page; `origin` is the labelled file or run, `report` the record of the roll-up."""
    sections = [section for axis in summary.scheme.heads for section in _axis(summary, axis)]
    if summary.differences:
        sections.append(_differences(summary))
    return Page(
        title=f"{origin.path.name}: {' and '.join(summary.scheme.heads) or 'spans'}",
        facts=facts(report, *_counts(summary, origin)),
        sections=[
            Section("Notes", notes=[literal(note) for note in notes(summary)]),
            *sections,
            _examples(summary),
            _phrases(summary),
        ],
    )


def _counts(summary: Summary, origin: Origin) -> list[tuple[str, str]]:
    """Return the facts of the roll-up alone: its size, who labelled, and which rows have no label."""
    whole, by = summary.whole, summary.group.by
    counted = f"{count(whole.sentences, 'sentence')} of {count(whole.documents, 'document')}"
    grouped = f", by {by} ({count(len(summary.groups), 'value')})" if by else ""
    labelled, left_out = origin_notes(origin)
    found = (("data", f"{counted}{grouped}"), ("labels", labelled), ("left out", left_out))
    return [(name, literal(text)) for name, text in found]


def _axis(summary: Summary, axis: str) -> Iterator[Section]:
    """Yield the chapter of an axis: its labels, charts and figures; over time with a section for each series."""
    rows = series(summary) if summary.over_time else {"": list(summary.groups)}
    charts = {name: panels(summary, axis, groups, name) for name, groups in list(rows.items())[:SERIES]}
    key = f"{_key(summary)} Each label has its own scale.{_kept(summary, len(rows))}"
    text = [AXIS_DEFINITIONS[axis], key] if axis in AXES else [key]
    labels = [Folded("The labels", (_definitions(axis),), is_open=True)] if axis in AXES else []
    own = charts.pop("", [])
    yield Section(_title(axis), text=text, parts=[*labels, *own, Folded("The figures", (_figures(summary, axis),))])
    for name, figures in charts.items():
        yield Section(name, 3, text=() if figures else ("No sentence is labelled.",), parts=figures)


def _title(axis: str) -> str:
    return axis.capitalize() if axis in AXES else axis


def _definitions(axis: str) -> Definitions:
    return Definitions([(label, DEFINITIONS[label]) for label in AXES[axis]])


def _key(summary: Summary) -> str:
    """Say what the signs of the charts mean."""
    corrected = ", corrected" if summary.corrected else ""
    if summary.over_time:
        dashed = "; a dashed line is the share as counted" if summary.corrected else ""
        signs = f"the band is its 95 % interval{dashed}; a break is a time without documents"
    else:
        signs = f"the bar is its 95 % interval{'; a hollow dot is the share as counted' if summary.corrected else ''}"
    return f"A dot is the share of sentences{corrected}; {signs}."


def _kept(summary: Summary, rows: int) -> str:
    """Say which groups have charts, if not all have."""
    if summary.over_time:
        return f" Charts are of the {SERIES} largest of {rows:,}." if rows > SERIES else ""
    first = "first" if summary.group.time is not None else "largest"
    groups = len(summary.groups)
    return f" Charts are of the {first} {PLOTTED} of {groups:,}." if groups > PLOTTED else ""


def _figures(summary: Summary, axis: str) -> Table:
    labels = summary.scheme.heads[axis]
    rows: list[list[Cell]] = []
    for group in (*summary.groups[:LISTED], summary.whole):
        scores = [one.corrected or one.share for one in group.estimates if one.axis == axis]
        cells = [percent(score) for score in scores] or [_NONE] * len(labels)
        rows.append([group.name, shown_n(group, axis), shown_documents(group), *cells])
    groups = len(summary.groups)
    caption = f"{LISTED} of {groups:,}; prevalence.csv has all." if groups > LISTED else ""
    return Table([summary.group.by or "", "n (sentences)", "documents", *labels], rows, caption)


def _differences(summary: Summary) -> Section:
    """Return the differences in percentage points: of two groups, or of each group and the rest."""
    text = (
        "Percentage points with 95 % intervals, documents drawn (Newcombe 1998; Zou & Donner 2008); bold if the "
        f"interval leaves out 0. Of {len(summary.differences):,} comparisons one in twenty is bold if nothing differs."
    )
    if not is_one_pair(summary):
        return Section(
            "Each group minus the rest", text=(text,), parts=(Folded("The differences", (_with_rest(summary),)),)
        )
    first = summary.differences[0]
    rows = [(one.axis, one.label, _difference(one)) for one in summary.differences]
    return Section(
        f"{first.first} minus {first.second}", text=(text,), parts=(Table(["axis", "label", "points"], rows),)
    )


def _with_rest(summary: Summary) -> Table:
    """Return a row for each group that is compared with the rest, and a column for each label."""
    labels = list(summary.scheme.index)
    rows: list[list[Cell]] = []
    for name, compared in groupby(summary.differences, lambda one: one.first):
        found = {(one.axis, one.label): _difference(one) for one in compared}
        rows.append([name, *(found.get(label, _NONE) for label in labels)])
    return Table([str(summary.group.by), *(label for _, label in labels)], rows)


def _difference(one: Difference) -> Cell:
    return Strong(points(one.score)) if one.is_clear else points(one.score)


def _examples(summary: Summary) -> Section:
    """Return example sentences of each label, in each of the groups that have charts."""
    text = (
        f"Up to {EXAMPLES} sentences for each label and group, drawn by a hash of their text, as the model labelled "
        "them; examples.csv has those of all groups."
    )
    found = [
        Folded(f"{group.name} ({count(group.sentences, 'sentence')})", tables)
        for group in summary.groups[:PLOTTED] or (summary.whole,)
        if (tables := list(_example_tables(summary, group)))
    ]
    return Section("Examples", text=(text if found else "No sentence has a text and a label.",), parts=found)


def _example_tables(summary: Summary, group: GroupPrevalence) -> Iterator[Table]:
    """Yield a table for each axis."""
    found = summary.examples.all_of(group.value, summary.scheme)
    for axis, examples in groupby(found, lambda one: one[0]):
        rows = [(label, _sentence(example.text), example.doc) for _, label, example in examples]
        yield Table(["label", "sentence", "document"], rows, literal(_title(axis)))


def _sentence(text: str) -> Marked:
    cut = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}\u2026"
    return Marked(cut, {"found": (), "missed": (), "wrong": ()})


def _phrases(summary: Summary) -> Section:
    lists = {"cues": summary.cues, "sources": summary.sources, **summary.own_phrases}
    tables = [_phrase_table(name, phrases) for name, phrases in lists.items() if phrases]
    none = [f"Most frequent {literal(name)}: none." for name, phrases in lists.items() if not phrases]
    return Section("Frequent phrases", parts=tables, notes=none)


def _phrase_table(name: str, phrases: Sequence[tuple[str, str, int]]) -> Table:
    most = phrases[0][2]
    rows = [
        (phrase, str(kind).replace("_", " "), Bar(f"{number:,}", number / most)) for kind, phrase, number in phrases
    ]
    return Table(["phrase", "type", "n"], rows, f"Most frequent {literal(name)}")
