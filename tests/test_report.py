"""Report pages: both forms say the same, what a text says is never markup, nothing outside is asked for."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from hedgerow.labels import Certainty, Example, Span, SpanType, Stance
from hedgerow.metrics import axis_scores, compare, full_scores, mistakes, slice_scores, span_intervals
from hedgerow.report import (
    Figure,
    Link,
    Marked,
    Page,
    Section,
    Table,
    markdown,
    to_html,
    to_markdown,
)
from hedgerow.measuring.measured import measured_page
from evaluation.reports_index import index_page
from hedgerow.results import Prediction

NASTY = "<script>alert('x')</script> & | `quoted`"


class Tags(HTMLParser):
    """Every tag and attribute of a page, and whether tags close in order."""

    VOID = frozenset({"meta", "rect", "line", "circle", "polygon", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.open: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th", "a"):
            self.cells[-1:] = [self.cells[-1] + data] if self.cells else []


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


@cache
def measured(text: str = "He may go.") -> dict[str, Any]:
    """A report of a model that is wrong once in three sentences."""
    span = Span(3, 6, SpanType.MODAL, text[3:6])
    gold = [
        Example("a", text, Certainty.POSSIBLE, Stance.ASSERTED, (span,)),
        Example("b", "It rained.", Certainty.CERTAIN, Stance.ASSERTED),
        Example("c", "It is wet.", Certainty.CERTAIN, Stance.ATTRIBUTED),
    ]
    sure = {label: float(label is Certainty.CERTAIN) for label in Certainty}
    asserted = {label: float(label is Stance.ASSERTED) for label in Stance}
    said = [Prediction(e.text, Certainty.CERTAIN, Stance.ASSERTED, sure, asserted) for e in gold]
    floor = {axis: axis_scores(gold, said, axis) for axis in ("certainty", "stance")}
    return {
        "command": "python -m evaluation.run --model m",
        "model": {"name": "m", "sha256": "ab" * 32},
        "corpus": [{"file": "x/y.jsonl", "sha256": "cd" * 32}],
        "date": "2026-01-01",
        "rows": 3,
        "groups": 3,
        "commit": "0123",
        "versions": {"hedgerow": "0"},
        "warnings": ["Three sentences are few."],
        "scores": full_scores(gold, said),
        "slices": slice_scores(gold, said, seed=1),
        "baselines": {"majority": floor | {"spans": span_intervals(gold, said)}},
        "annotator_agreement": None,
        "comparisons": {"majority": {axis: compare(gold, said, said, axis) for axis in ("certainty", "stance")}},
        "mistakes": {axis: mistakes(gold, said, axis, with_text=True) for axis in ("certainty", "stance")},
    }


def test_both_forms_hold_every_cell_of_every_table() -> None:
    page = measured_page(measured())
    tables = [part for section in page.sections for part in section.parts if isinstance(part, Table)]
    said = {str(cell) for table in tables for row in table.rows for cell in row if not isinstance(cell, Marked)}
    assert len(said) > 50
    assert said <= set(parsed(to_html(page)).cells)
    assert said <= {
        cell for line in to_markdown(page).splitlines() for cell in line.removeprefix("| ").split(" | ")
    } | {line.removesuffix(" |").rsplit("| ", 1)[-1] for line in to_markdown(page).splitlines()}


def test_slices_of_the_rules_are_shown_in_words_and_those_of_rows_as_they_are() -> None:
    report = measured()
    (row,) = list(report["slices"]["length"].values())
    slices = report["slices"] | {"corpus": {"gmb_voa": row}, "distanced": {"passive_of_opinion": row}}
    page = to_markdown(measured_page(report | {"slices": slices}))
    for part in ("By number of cues\n", "| words 1 to 10 | 3 (few) |", "| gmb_voa |", "| passive of opinion |"):
        assert part in page
    assert "A passive of opinion is a hearsay cue" in page
    assert "A passive of opinion is" not in to_markdown(measured_page(report))


def test_the_first_lines_say_where_the_figures_come_from() -> None:
    page = measured_page(measured())
    head = "\n".join(to_markdown(page).splitlines()[:9])
    for fact in ("python -m evaluation.run --model m", "0123", "abababababababab", "cdcdcdcdcdcdcdcd", "3 sentences"):
        assert fact in head
    assert "hedgerow 0" in head
    html = to_html(page)
    assert html.index("<dl>") < html.index("Three sentences are few.") < html.index("Main figures")


def test_a_sentence_is_never_markup() -> None:
    report = measured(NASTY)
    html = to_html(measured_page(report))
    assert "<script" not in html
    assert "&lt;" in html
    parsed(html)
    (row,) = [line for line in to_markdown(measured_page(report)).splitlines() if "alert" in line]
    assert "& \\| `quoted`" in row


def test_a_page_asks_for_nothing_outside_itself() -> None:
    html = to_html(measured_page(measured()))
    assert "default-src 'none'" in html
    tags = parsed(html)
    ids = {value for _, name, value in tags.attributes if name == "id"}
    for tag, name, value in tags.attributes:
        assert name not in ("src", "srcset", "action", "onclick", "onload"), (tag, name)
        if name == "href":
            assert value is not None
            assert value.startswith("#")
            assert value[1:] in ids
    assert "url(" not in html
    assert "@import" not in html
    assert not re.findall(r"https?://", html)


def test_anchors_are_unique() -> None:
    tags = parsed(to_html(measured_page(measured())))
    ids = [value for _, name, value in tags.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {"certainty-calibration", "stance-calibration"} <= set(ids)


def test_spans_are_marked_by_their_outcome() -> None:
    spans = {
        "found": [{"start": 0, "end": 2, "type": "modal"}],
        "missed": [{"start": 3, "end": 6, "type": "denial"}],
        "wrong": [{"start": 5, "end": 8, "type": "denial"}],
    }
    sentence = Marked("ab cdefghi", spans)
    assert sentence.pieces() == [
        ("found", "ab"), ("", " "), ("missed", "cd"), ("found", "e"), ("wrong", "fg"), ("", "hi"),
    ]  # fmt: skip
    page = Page("t", [], sections=[Section("s", parts=[Table(["sentence"], [[sentence]])])])
    assert "| [ab] [-cd-][e]{+fg+}hi |" in to_markdown(page)
    assert '<mark class="missed" title="missed">cd</mark>' in to_html(page)


def test_every_kind_of_figure_draws_the_extremes() -> None:
    """No bar, point or cell leaves its picture, be it at 0 or at 1."""
    nothing = {"value": 0.0, "low": 0.0, "high": 0.0}
    whole = {"value": 1.0, "low": 1.0, "high": 1.0}
    rows = [{"threshold": 0.5, "kept": 1.0, "n": 2, "accuracy": nothing}]
    figures = [
        Figure("confusion", "c", {"labels": ["a", "b"], "counts": [[0, 0], [3, 0]]}),
        Figure("reliability", "r", [{"n": 1, "score": 1.0, "accuracy": nothing}]),
        Figure("coverage", "v", {"rows": rows, "floor": 0.0, "ticks": [0.0, 0.25, 0.5, 0.75, 1.0]}),
        Figure("label_distribution", "s", {"a": {"gold": whole, "predicted": nothing}}),
        Figure("classes", "f", {"a": {"f1": whole}, "b": {"f1": nothing}}),
    ]
    html = to_html(Page("t", [], sections=[Section("s", parts=figures)]))
    tags = parsed(html)
    assert html.count("<svg") == 5
    for tag, name, value in tags.attributes:
        if tag in ("rect", "circle", "line") and name in (
            "x",
            "y",
            "cx",
            "cy",
            "x1",
            "x2",
            "y1",
            "y2",
            "width",
            "height",
        ):
            assert 0 <= float(value or -1) <= 400


def test_a_bar_or_a_line_break_in_a_cell_breaks_no_table() -> None:
    assert markdown(["a"], [["x|y\nz"]]).splitlines()[-1] == "| x\\|y z |"


def test_the_index_names_every_report_whatever_its_kind() -> None:
    behaviour = {"model": {"name": "m", "sha256": None}, "commit": "1", "rates": {"m": {"all": {"n": 4, "rate": {
        "value": 0.5, "low": 0.2, "high": 0.8}}}}}  # fmt: skip
    benchmark = {"benchmark": "b", "measure": "F1", "value": 0.7, "low": 0.6, "high": 0.8, "commit": "2"}
    reports = {"m-y": measured(), "m-behaviour": behaviour, "bench": benchmark, "strange": {}}
    page = index_page(
        reports, command="python -m evaluation.index", html_pages={name: name == "m-y" for name in reports}
    )
    written = to_markdown(page)
    for name in reports:
        assert f"[{name}]({name}/report.md)" in written
    assert "0.500 [0.200, 0.800]" in written
    assert "0.700 [0.600, 0.800]" in written
    html = to_html(page)
    assert 'href="m-y/report.html"' in html
    assert 'href="bench/report.md"' in html
    assert (
        to_html(Page("t", [], sections=[Section("s", parts=[Table(["l"], [[Link("<", "a", "b")]])])])).count("&lt;")
        == 1
    )


@pytest.mark.parametrize("name", ["page.html", "figures.html", "style.css"])
def test_templates_are_in_the_package(name: str) -> None:
    assert (Path(__file__).parents[1] / "hedgerow" / "report" / "templates" / name).is_file()
