"""A roll-up as one HTML file that needs no other: plots, their figures, differences, examples, frequent phrases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import resources
from xml.etree.ElementTree import Element, SubElement, tostring

from hedgerow.io.plural import count
from hedgerow.labels import AXES
from hedgerow.summary import plots
from hedgerow.summary.definitions import AXIS_DEFINITIONS, DEFINITIONS
from hedgerow.summary.differences import Difference
from hedgerow.summary.examples import EXAMPLES
from hedgerow.summary.figures import percent, points
from hedgerow.summary.notes import notes, origin_notes
from hedgerow.summary.origin import Origin
from hedgerow.summary.plots import Point, TimeAxis
from hedgerow.summary.roll_up import GroupPrevalence, Summary
from hedgerow.summary.tables import is_one_pair, shown_documents, shown_n
from hedgerow.summary.timeline import period_of, positions, series
from hedgerow.version import __version__

PLOTTED = 25  # groups, the largest; periods are all plotted
SERIES = 6  # with a row of plots each, if periods are grouped by another key too
LISTED = 200  # groups in the tables of the page; the CSV has all
SHOWN = 300  # characters of an example; the CSV has up to 1,000


def write_page(summary: Summary, origin: Origin) -> str:
    """Return the page as HTML; `origin` is the labelled file or run."""
    name = origin.path.name
    page = Element("html", {"lang": "en"})
    head, body = SubElement(page, "head"), SubElement(page, "body")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    SubElement(head, "title").text = f"{name}: {' and '.join(summary.scheme.heads) or 'spans'}"
    SubElement(head, "style").text = resources.files("hedgerow.summary").joinpath("page.css").read_text("utf-8")
    _head(body, summary, origin)
    for axis in summary.scheme.heads:
        _axis(body, summary, axis)
    if summary.differences:
        _differences(body, summary)
    _examples(body, summary)
    panels = SubElement(body, "section", {"class": "panels phrases"})
    _phrases(panels, "Most frequent cues", summary.cues)
    _phrases(panels, "Most frequent sources", summary.sources)
    for head_name, phrases in summary.own_phrases.items():
        _phrases(panels, f"Most frequent {head_name}", phrases)
    return f"<!DOCTYPE html>\n{tostring(page, 'unicode', method='html')}\n"


def _head(body: Element, summary: Summary, origin: Origin) -> None:
    """Add the title, the size, where the labels are from, the notes, and the definitions of the labels."""
    _add(body, "h1", origin.path.name)
    whole, by = summary.whole, summary.group.by
    counted = f"{count(whole.sentences, 'sentence')} of {count(whole.documents, 'document')}"
    _add(body, "p", f"{counted}, by {by} ({count(len(summary.groups), 'value')})" if by else counted)
    _add(body, "p", " ".join(origin_notes(origin)))
    _add(body, "p", f"Made on {datetime.now(UTC).date().isoformat()} with hedgerow {__version__}.")
    for note in notes(summary):
        _add(body, "p", note, "note")
    axes = {axis: labels for axis, labels in AXES.items() if axis in summary.scheme.heads}
    if not axes:
        return
    details = SubElement(body, "details", {"open": "open"})
    _add(details, "summary", "The labels")
    for axis, labels in axes.items():
        _add(details, "h3", axis.capitalize())
        _add(details, "p", AXIS_DEFINITIONS[axis])
        listed = SubElement(details, "dl")
        for label in labels:
            _add(listed, "dt", str(label))
            _add(listed, "dd", DEFINITIONS[label])


def _axis(body: Element, summary: Summary, axis: str) -> None:
    _add(body, "h2", axis.capitalize() if axis in AXES else axis)
    rows = series(summary) if summary.over_time else {"": list(summary.groups)}
    _key(body, summary, over_time=summary.over_time, kept=_kept(summary, len(rows)))
    for name, groups in list(rows.items())[:SERIES]:
        if name:
            _add(body, "h3", name)
        panels = SubElement(body, "div", {"class": "panels"})
        for number, label in enumerate(summary.scheme.heads[axis]):
            figure = SubElement(panels, "figure")
            _add(figure, "h3", str(label))
            aria = f"Share of {label} by {summary.group.by or 'all'}{f', {name}' if name else ''}, percent"
            if summary.over_time:
                _over_time(figure, summary, groups, (axis, number, aria))
            else:
                shown = [_point(group, axis, number) for group in (*groups[:PLOTTED], summary.whole)]
                drawn = [point for point in shown if point is not None]
                if drawn:
                    figure.append(plots.dots(drawn, aria))
    details = SubElement(body, "details")
    _add(details, "summary", "The figures")
    _table(SubElement(details, "div", {"class": "scroll"}), summary, axis)


def _kept(summary: Summary, rows: int) -> str:
    """Return which groups are plotted, if not all are."""
    if summary.over_time:
        return f" The {SERIES} largest of {rows:,}." if rows > SERIES else ""
    groups = len(summary.groups)
    return f" The {'first' if summary.group.time is not None else 'largest'} {PLOTTED} of {groups:,}." * (
        groups > PLOTTED
    )


def _over_time(
    figure: Element, summary: Summary, groups: Sequence[GroupPrevalence], plot: tuple[str, int, str]
) -> None:
    """Add the plot (axis, number of the label, description) of `groups`, on the time axis of all groups."""
    axis, number, aria = plot
    period, every = period_of(summary), list(positions(summary, summary.groups))
    found = {at: _point(group, axis, number) for at, group in positions(summary, groups).items()}
    drawn = {at: point for at, point in found.items() if point is not None}
    if drawn and period is not None:
        figure.append(plots.lines(list(drawn.values()), TimeAxis(period, list(drawn), every[0], every[-1]), aria))


def _key(body: Element, summary: Summary, *, over_time: bool, kept: str) -> None:
    key = SubElement(body, "p", {"class": "key"})
    dot = SubElement(key, "i")
    band = "band" if over_time else "bar"
    dot.tail = f"share of sentences{', corrected' if summary.corrected else ''}; the {band} is the 95 % interval"
    if over_time:
        dot.tail += "; a break is a time without documents"
    if summary.corrected:
        hollow = dot if over_time else SubElement(key, "i", {"class": "hollow"})
        hollow.tail = f"{hollow.tail}; dashed: as counted" if over_time else "as counted"
    last = key[-1]
    last.tail = f"{last.tail}. Each label has its own scale.{kept}"


def _point(group: GroupPrevalence, axis: str, number: int) -> Point | None:
    estimates = [estimate for estimate in group.estimates if estimate.axis == axis]
    if not estimates:
        return None
    estimate = estimates[number]
    if estimate.corrected is None:
        return Point(group.name, estimate.share)
    return Point(group.name, estimate.corrected, estimate.share)


def _table(parent: Element, summary: Summary, axis: str) -> None:
    table = SubElement(parent, "table")
    if len(summary.groups) > LISTED:
        _add(table, "caption", f"{LISTED} of {len(summary.groups):,}; prevalence.csv has all.")
    _row(table, "th", [summary.group.by or "", "n (sentences)", "documents", *summary.scheme.heads[axis]])
    for group in (*summary.groups[:LISTED], summary.whole):
        scores = [one.corrected or one.share for one in group.estimates if one.axis == axis]
        cells = [percent(score) for score in scores] or ["\u2013"] * len(summary.scheme.heads[axis])
        _row(table, "td", [group.name, shown_n(group, axis), shown_documents(group), *cells])


def _differences(body: Element, summary: Summary) -> None:
    """Add the differences in percentage points: of two groups, or of each group and the rest."""
    first = summary.differences[0]
    one_pair = is_one_pair(summary)
    _add(body, "h2", f"{first.first} minus {first.second}" if one_pair else "Each group minus the rest")
    text = (
        "Percentage points with 95 % intervals, documents drawn (Newcombe 1998; Zou & Donner 2008); bold if the "
        f"interval leaves out 0. Of {len(summary.differences):,} comparisons one in twenty is bold if nothing differs."
    )
    _add(body, "p", text, "note")
    if one_pair:
        table = SubElement(SubElement(body, "div", {"class": "scroll"}), "table", {"class": "differences"})
        _row(table, "th", ["axis", "label", "points"])
        for one in summary.differences:
            _row(table, "td", [one.axis, one.label, points(one.score)])
            if one.is_clear:
                table[-1].set("class", "clear")
        return
    details = SubElement(body, "details")
    _add(details, "summary", "The differences")
    _matrix(SubElement(details, "div", {"class": "scroll"}), summary)


def _matrix(parent: Element, summary: Summary) -> None:
    """Add a row for each group that is compared with the rest, and a column for each label."""
    table = SubElement(parent, "table", {"class": "differences"})
    labels = list(summary.scheme.index)
    _row(table, "th", [str(summary.group.by), *(label for _, label in labels)])
    by_group: dict[str, dict[tuple[str, str], Difference]] = {}
    for one in summary.differences:
        by_group.setdefault(one.first, {})[one.axis, one.label] = one
    for name, found in by_group.items():
        cells = [found.get(label) for label in labels]
        _row(table, "td", [name, *("\u2013" if one is None else points(one.score) for one in cells)])
        for cell, difference in zip(table[-1][1:], cells, strict=True):
            if difference is not None and difference.is_clear:
                cell.set("class", "clear")


def _examples(body: Element, summary: Summary) -> None:
    """Add example sentences of each label, in each of the groups that are plotted."""
    _add(body, "h2", "Examples")
    text = f"Up to {EXAMPLES} sentences for each label and group, drawn by a hash of their text, as the model labelled"
    _add(body, "p", f"{text} them; examples.csv has those of all groups.", "note")
    for group in summary.groups[:PLOTTED] or (summary.whole,):
        details = SubElement(body, "details")
        _add(details, "summary", f"{group.name} ({count(group.sentences, 'sentence')})")
        table = SubElement(details, "table", {"class": "examples"})
        for axis, label, example in summary.examples.all_of(group.value, summary.scheme):
            cut = example.text if len(example.text) <= SHOWN else f"{example.text[: SHOWN - 1]}\u2026"
            _row(table, "td", [label, cut, example.doc])
            table[-1].set("title", axis)


def _phrases(parent: Element, title: str, phrases: Sequence[tuple[str, str, int]]) -> None:
    section = SubElement(parent, "section")
    _add(section, "h2", title)
    if not phrases:
        _add(section, "p", "None.", "note")
        return
    table = SubElement(section, "table")
    for kind, phrase, number in phrases:
        _row(table, "td", [phrase, str(kind).replace("_", " "), f"{number:,}"])
        table[-1][-1].set("style", f"--part: {100 * number / phrases[0][2]:.0f}%")


def _row(table: Element, kind: str, cells: Sequence[str]) -> None:
    row = SubElement(table, "tr")
    for cell in cells:
        _add(row, kind, cell)


def _add(parent: Element, tag: str, text: str, kind: str | None = None) -> None:
    SubElement(parent, tag, {} if kind is None else {"class": kind}).text = text
