"""A roll-up as one HTML file that needs no other: plots, their figures, the most frequent phrases."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from xml.etree.ElementTree import Element, SubElement, tostring

from hedgerow.io.plural import count
from hedgerow.labels import AXES, SpanType
from hedgerow.summary import plots
from hedgerow.summary.plots import Point
from hedgerow.summary.roll_up import GroupPrevalence, Summary
from hedgerow.summary.tables import notes, percent

PLOTTED = 25  # groups, the largest; months are all plotted
LISTED = 200  # groups in the tables of the page; the CSV has all


def write_page(summary: Summary, name: str) -> str:
    """Return the page as HTML; `name` is the name of the labelled file or run."""
    page = Element("html", {"lang": "en"})
    head, body = SubElement(page, "head"), SubElement(page, "body")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    SubElement(head, "title").text = f"{name}: certainty and stance"
    SubElement(head, "style").text = resources.files("hedgerow.summary").joinpath("page.css").read_text("utf-8")
    _add(body, "h1", name)
    whole, by = summary.whole, summary.group.by
    counted = f"{count(whole.sentences, 'sentence')} of {count(whole.documents, 'document')}"
    _add(body, "p", f"{counted}, by {by} ({count(len(summary.groups), 'value')})" if by else counted)
    for note in notes(summary):
        _add(body, "p", note, "note")
    for axis in AXES:
        _axis(body, summary, axis)
    panels = SubElement(body, "section", {"class": "panels phrases"})
    _phrases(panels, "Most frequent cues", summary.cues)
    _phrases(panels, "Most frequent sources", summary.sources)
    return f"<!DOCTYPE html>\n{tostring(page, 'unicode', method='html')}\n"


def _axis(body: Element, summary: Summary, axis: str) -> None:
    _add(body, "h2", axis.capitalize())
    more = len(summary.groups) - PLOTTED
    over_time = summary.group.is_month and len(summary.groups) > 1
    kept = f" The {PLOTTED} largest of {len(summary.groups):,}." if more > 0 and not over_time else ""
    _key(body, summary, over_time=over_time, kept=kept)
    panels = SubElement(body, "div", {"class": "panels"})
    for number, label in enumerate(AXES[axis]):
        figure = SubElement(panels, "figure")
        _add(figure, "h3", str(label))
        groups = summary.groups if over_time else (*summary.groups[:PLOTTED], summary.whole)
        points = [_point(group, axis, number) for group in groups]
        draw = plots.lines if over_time else plots.dots
        drawn = [point for point in points if point is not None]
        if drawn:
            figure.append(draw(drawn, f"Share of {label} by {summary.group.by or 'all'}, percent"))
    details = SubElement(body, "details")
    _add(details, "summary", "The figures")
    _table(SubElement(details, "div", {"class": "scroll"}), summary, axis)


def _key(body: Element, summary: Summary, *, over_time: bool, kept: str) -> None:
    key = SubElement(body, "p", {"class": "key"})
    dot = SubElement(key, "i")
    band = "band" if over_time else "bar"
    dot.tail = f"share of sentences{', corrected' if summary.corrected else ''}; the {band} is the 95 % interval"
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
        return Point(group.value, estimate.share)
    return Point(group.value, estimate.corrected, estimate.share)


def _table(parent: Element, summary: Summary, axis: str) -> None:
    header = [summary.group.by or "", "sentences", "documents", *map(str, AXES[axis])]
    table = SubElement(parent, "table")
    if len(summary.groups) > LISTED:
        _add(table, "caption", f"{LISTED} of {len(summary.groups):,}; prevalence.csv has all.")
    _row(table, "th", header)
    for group in (*summary.groups[:LISTED], summary.whole):
        scores = [one.corrected or one.share for one in group.estimates if one.axis == axis]
        cells = [percent(score) for score in scores] or ["–"] * len(AXES[axis])
        _row(table, "td", [group.value, f"{group.sentences:,}", f"{group.documents:,}", *cells])


def _phrases(parent: Element, title: str, phrases: Sequence[tuple[SpanType, str, int]]) -> None:
    section = SubElement(parent, "div")
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
