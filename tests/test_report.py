"""Report pages: both forms say the same, what a text says is never markup, nothing outside is asked for."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from evaluation.reports_index import index_page
from hedgerow.errors import InputError
from hedgerow.labels import Certainty, Example, Span, SpanType, Stance
from hedgerow.measuring.measured import page_of
from hedgerow.metrics import Score, axis_scores, compare, full_scores, mistakes, slice_scores, span_intervals
from hedgerow.report import (
    Bar,
    Bars,
    Definitions,
    Figure,
    Folded,
    Interval,
    Intervals,
    Items,
    Marked,
    Matrix,
    MeasuredFile,
    MeasuredModel,
    Page,
    Plot,
    Point,
    Report,
    Scale,
    Section,
    Series,
    Strong,
    Table,
    check_folder,
    facts,
    linear,
    logarithmic,
    markdown_table,
    measured_files,
    page_as_html,
    page_files,
    to_markdown,
    write_report,
)
from hedgerow.report.drawing import chart_as_file
from hedgerow.report.machine import Machine
from hedgerow.report.provenance import shown_command
from hedgerow.report.record import SCHEMA, schema
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
def measured(text: str = "He may go.") -> Report:
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
    figures = {
        "rows": 3,
        "groups": 3,
        "warnings": ["Three sentences are few."],
        "labelled": {"certainty": 3, "stance": 3, "spans": 3},
        "not_measured": {},
        "seen_sentences": None,
        "calibration": None,
        "scores": full_scores(gold, said),
        "slices": slice_scores(gold, said, seed=1),
        "baselines": {"majority": floor | {"spans": span_intervals(gold, said)}},
        "annotator_agreement": None,
        "comparisons": {"majority": {axis: compare(gold, said, said, axis) for axis in ("certainty", "stance")}},
        "mistakes": {axis: mistakes(gold, said, axis, with_text=True) for axis in ("certainty", "stance")},
    }
    return report("evaluation", figures)


def report(kind: str, figures: Mapping[str, Any]) -> Report:
    return Report(
        kind=kind,
        command="python -m evaluation.run --model m",
        date="2026-01-01",
        commit="0123",
        version="0.9",
        models=(MeasuredModel("m", "ab" * 32),),
        corpus=(MeasuredFile("x/y.jsonl", "cd" * 32, seen_in_training_by=("m",)),),
        libraries={"numpy": "2"},
        machine=Machine("a processor", 2, 24.0, "Linux", (), 0.1),
        figures=figures,
    )


def test_both_forms_hold_every_cell_of_every_table() -> None:
    page = page_of(measured())
    tables = [part for section in page.sections for part in section.parts if isinstance(part, Table)]
    said = {str(cell) for table in tables for row in table.rows for cell in row if not isinstance(cell, Marked)}
    assert len(said) > 50
    assert said <= set(parsed(page_as_html(page)).cells)
    assert said <= {
        cell for line in to_markdown(page).splitlines() for cell in line.removeprefix("| ").split(" | ")
    } | {line.removesuffix(" |").rsplit("| ", 1)[-1] for line in to_markdown(page).splitlines()}


def test_slices_of_the_rules_are_shown_in_words_and_those_of_rows_as_they_are() -> None:
    figures = measured().figures
    (row,) = list(figures["slices"]["length"].values())
    slices = figures["slices"] | {"corpus": {"gmb_voa": row}, "distanced": {"passive_of_opinion": row}}
    page = to_markdown(page_of(replace(measured(), figures={**figures, "slices": slices})))
    for part in ("By number of cues\n", "| words 1 to 10 | 3 (few) |", "| gmb_voa |", "| passive of opinion |"):
        assert part in page
    assert "A passive of opinion is a hearsay cue" in page
    assert "A passive of opinion is" not in to_markdown(page_of(measured()))


def test_the_first_lines_say_where_the_figures_come_from() -> None:
    page = page_of(measured())
    head = "\n".join(to_markdown(page).splitlines()[:10])
    for fact in (
        "python -m evaluation.run --model m",
        "2026-01-01, hedgerow 0.9, commit 0123",
        "abababababab",
        "cdcdcdcdcdcd",
    ):
        assert fact in head
    for fact in ("training data of m", "numpy 2", "a processor", "2 cores", "no instructions", "3 sentences"):
        assert fact in head
    html = page_as_html(page)
    assert html.index('<dl class="facts">') < html.index("Three sentences are few.") < html.index("Main figures")


def test_a_sentence_is_never_markup() -> None:
    nasty = measured(NASTY)
    html = page_as_html(page_of(nasty))
    assert "<script" not in html
    assert "&lt;" in html
    parsed(html)
    (row,) = [line for line in to_markdown(page_of(nasty)).splitlines() if "alert" in line]
    assert "& \\| \\`quoted\\`" in row


def test_a_page_asks_for_nothing_outside_itself() -> None:
    html = page_as_html(page_of(measured()))
    tags = parsed(html)
    (rules,) = [value for _, name, value in tags.attributes if name == "content" and value and "default-src" in value]
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-\S+'; base-uri 'none'; form-action 'none'", rules)
    assert not any(name == "style" for _, name, _ in tags.attributes)
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
    tags = parsed(page_as_html(page_of(measured())))
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
    assert '<mark class="missed" title="missed">cd</mark>' in page_as_html(page)


def test_every_kind_of_figure_draws_the_extremes() -> None:
    """No bar, point or cell leaves its picture, be it at 0 or at 1."""
    nothing, whole = Score(0.0, 0.0, 0.0), Score(1.0, 1.0, 1.0)
    ends = [Point(0, 0, 0, 0), Point(1, 1, 1, 1)]
    unit = linear(0, 1, "x")
    figures = [
        Figure(Matrix(["a", "b"], [[0, 0], [3, 0]]), "c"),
        Figure(Intervals([Interval("a", whole, before=0.0, shown="1"), Interval("b", nothing)], unit), "f"),
        Figure(Bars(["a", "b"], ["gold", "predicted"], [[1.0, 0.0], [0.0, 1.0]]), "s"),
        Figure(Plot([Series(ends), Series(ends, "n", 1, "dashed", is_band=True)], unit, unit, diagonal=True), "r"),
        Figure(Plot([Series([Point(10, 1), Point(1000, 0)])], logarithmic(10, 1000), unit), "l"),
    ]
    html = page_as_html(Page("t", [], sections=[Section("s", parts=figures)]))
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
    assert markdown_table(["a"], [["x|y\nz"]]).splitlines()[-1] == "| x\\|y z |"


def test_the_index_names_every_report_whatever_its_kind() -> None:
    rates = {"m": {"all": {"n": 4, "rate": {"value": 0.5, "low": 0.2, "high": 0.8}}}}
    benchmark = {"benchmark": "b", "measure": "F1", "value": 0.7, "low": 0.6, "high": 0.8}
    reports = {
        "m-y": measured(),
        "m-behaviour": report("behaviour", {"rates": rates}),
        "bench": report("benchmark", benchmark),
        "strange": report("strange", {}),
    }
    page = index_page(reports, command="python -m evaluation.index")
    written = to_markdown(page)
    for name in reports:
        assert f"[{name}]({name}/report.md)" in written
    assert "0.500 [0.200, 0.800]" in written
    assert "0.700 [0.600, 0.800]" in written


def test_every_part_of_a_page_is_in_both_forms() -> None:
    table = Table(["name", "n"], [[NASTY, 1], [Strong("x"), Bar("2", 0.5)]], caption="A table")
    plot = Plot([Series([Point(0, 0), Point(1, 1)], "a series")], linear(0, 1, "x"), linear(0, 1, "y"))
    figure = Figure(plot, "A plot of `y`", file="plot.svg")
    folded = Folded("More", [Items([f"an item {NASTY}"]), Definitions([("a term", "its meaning")])])
    section = Section("s", text=("A `code` word.",), parts=[table, figure, folded], notes=("A note.",))
    page = Page("A title", [("command", "`c`")], ("A warning.",), ("First words.",), [section])
    files = page_files(page)
    assert set(files) == {"report.md", "report.html", "plot.svg"}
    for words in ("A title", "A warning.", "First words.", "A table", "More", "its meaning", "A note.", "a term"):
        assert words in files["report.md"]
        assert words in files["report.html"]
    assert "![A plot of `y`](plot.svg)" in files["report.md"]
    assert "**x**" in files["report.md"]
    assert "<code>code</code>" in files["report.html"]
    assert "<script" not in files["report.html"]
    assert "a series" in files["plot.svg"]
    parsed(files["report.html"])


def test_a_chart_is_a_file_of_its_own_that_follows_light_and_dark() -> None:
    chart = Intervals([Interval(NASTY, Score(0.5, 0.4, 0.6))], linear(0, 1, "F1"))
    svg = chart_as_file(chart, "what it shows")
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("aria-label") == "what it shows"
    assert "prefers-color-scheme: dark" in svg
    assert svg == chart_as_file(chart, "what it shows")


def test_a_chart_without_room_or_without_numbers_is_drawn() -> None:
    """A scale of one value shows it in the middle; what is no number, or is 0 on a logarithmic scale, is left out."""
    nothing = float("nan")
    points = [Point(100, 0.5, nothing, 1), Point(0, 0.5), Point(100, nothing), Point(100, float("inf"))]
    half = Score(0.5, 0.5, 0.5)
    rows = [Interval("a", half, before=nothing), Interval("b", Score(nothing, nothing, nothing), shown="none")]
    figures = [
        Figure(Plot([Series(points, is_band=True)], logarithmic(100, 100), linear(0.5, 0.5)), "c"),
        Figure(Plot([], Scale(0, 1, []), Scale(0, 1, [])), "d"),
        Figure(Intervals(rows, linear(0.5, 0.5)), "e"),
        Figure(Bars(["a"], ["gold", "predicted"], [[0.5, nothing]]), "f"),
    ]
    html = page_as_html(Page("t", sections=[Section("s", parts=figures)]))
    assert "nan" not in html
    assert "inf" not in html.partition("</style>")[2]
    assert html.count("<circle") == 2
    assert [shown for _, shown in linear(0.5, 0.5).ticks] == ["0.5"]
    assert [shown for _, shown in (*logarithmic(100, 100).ticks, *logarithmic(50, 50).ticks)] == ["100", "50"]
    assert logarithmic(50, 50).part(50) == linear(0.5, 0.5).part(0.5) == 0.5


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (0.8, 1, ["0.8", "0.85", "0.9", "0.95", "1"]),
     (0, 4500, ["0", "1000", "2000", "3000", "4000"])],
)  # fmt: skip
def test_ticks_are_round(low: float, high: float, ticks: list[str]) -> None:
    scale = linear(low, high)
    assert [shown for _, shown in scale.ticks][: len(ticks)] == ticks
    assert scale.part(low) == 0
    assert scale.part(high) == 1


def test_a_logarithmic_scale_has_the_powers_of_ten() -> None:
    scale = logarithmic(50, 40_000)
    assert [shown for _, shown in scale.ticks] == ["100", "1,000", "10,000"]
    assert scale.part(50) == 0
    assert scale.part((50 * 40_000) ** 0.5) == pytest.approx(0.5)


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = measured()
    write_report(tmp_path / "r", written, page_of(written), {"more.jsonl": "{}\n"})
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [
        "more.jsonl", "report.html", "report.json", "report.md",
    ]  # fmt: skip
    read = Report.read(tmp_path / "r" / "report.json")
    assert read.files == ("more.jsonl",)
    assert replace(read, files=()) == replace(written, figures=read.figures)
    assert to_markdown(page_of(read)) == (tmp_path / "r" / "report.md").read_text("utf-8")
    assert facts(read)[0] == ("command", "`python -m evaluation.run --model m`")
    write_report(tmp_path / "r", written, page_of(written))  # the other file belongs to the report that is replaced
    assert not (tmp_path / "r" / "more.jsonl").exists()


def test_a_folder_with_a_file_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"has 'notes.txt', which this command did not write"):
        check_folder(tmp_path, "odd")
    with pytest.raises(InputError, match=r"notes.txt"):
        write_report(tmp_path, measured(), page_of(measured()))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_report_is_not_replaced_by_one_of_another_kind(tmp_path: Path) -> None:
    write_report(tmp_path / "r", report("odd", {}), Page("t"), {"list.jsonl": "{}\n"})
    with pytest.raises(InputError, match=r"has a report of another kind \(odd\); name another folder"):
        check_folder(tmp_path / "r", "even")
    check_folder(tmp_path / "r", "odd")
    (tmp_path / "r" / "report.json").write_text("{}")
    with pytest.raises(InputError, match=r"cannot read, and other files \('list.jsonl'\); move them away"):
        check_folder(tmp_path / "r", "odd")
    assert (tmp_path / "r" / "list.jsonl").exists()


def test_a_place_that_cannot_be_written_is_found_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file"):
        check_folder(tmp_path / "file" / "r", "odd")
    check_folder(tmp_path / "new" / "r", "odd")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 1}, "schema 1, not 2; write the report again with this version"),
        ({"commit": None}, "commit: Input should be a valid string"),
        ({"corpus": [{"file": "a"}]}, "corpus.0.sha256: Field required"),
        ({"by": "me"}, "by: Unexpected keyword argument"),
    ],
)
def test_a_wrong_report_is_rejected_with_its_key(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**measured().to_dict(), **change}))
    with pytest.raises(InputError) as error:
        Report.read(path)
    assert f"{path}: {message}" in str(error.value)


@pytest.mark.parametrize(("content", "message"), [("{", "not JSON"), ("[]", "a JSON list, not a report")])
def test_a_file_that_is_no_report_is_rejected(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        Report.read(path)
    with pytest.raises(InputError, match="No such file"):
        Report.read(tmp_path / "none.json")


def test_the_schema_describes_every_key() -> None:
    described = schema()
    assert described["properties"].keys() == measured().to_dict().keys()
    assert described["properties"]["schema"] == {"const": SCHEMA}
    assert described["additionalProperties"] is False


def test_a_name_that_is_not_utf8_or_has_a_backquote_is_shown_and_written(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a`b\xff.jsonl")
    path.write_text("{}\n")
    (file,) = measured_files([path])
    command = shown_command(["hedgerow", "evaluate"], {"corpus": [path]})
    named = replace(report("odd", {}), command=command, corpus=(file,))
    write_report(tmp_path / "r", named, Page("t", facts(named)))
    assert Report.read(tmp_path / "r" / "report.json") == named
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    assert page.count(r"a`b\udcff.jsonl") == 2
