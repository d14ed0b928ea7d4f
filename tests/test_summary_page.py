"""The page of a roll-up: it shows all that was counted, and the words of users as they are."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from pypdf import PdfReader

from hedgerow.labels import AXES
from hedgerow.report import Figure, Intervals, Page, Plot, Report, Section, literal, page_as_html, to_markdown
from hedgerow.report.markup import clean
from hedgerow.summary import Confusion, Group, Summary, summarise
from hedgerow.summary.groups import MAX_NAME
from hedgerow.summary.origin import Origin
from hedgerow.summary.page import LISTED, SERIES, SHOWN, summary_page
from hedgerow.summary.panels import NARROW, PLOTTED, TICKS, WIDE
from hedgerow.summary.printable import printable
from hedgerow.summary.rows import heads_of, row_type
from tests.browser import chromium
from tests.hostile_texts import TEXTS
from tests.html_elements import Node, elements, with_class

ORIGIN = Origin(Path("a.jsonl"), ())
ALLOWED = """
html head meta title style body main h1 h2 h3 section div p dl dt dd nav ul li a details summary figure figcaption
table caption thead tbody tr th td strong svg g line circle polyline polygon text
"""
SAID = {"type": "attribution", "text": "said", "start": 0, "end": 4}

MADE = Report("summary", "hedgerow summary a.jsonl", "2026-05-03", "0123", "9.9")


def labelled(doc: str, certainty: str = "certain", **more: Any) -> dict[str, Any]:
    row = {name: more.pop(name) for name in ("outlet", "date") if name in more}
    return {"doc": doc, "certainty": certainty, "stance": "asserted", "spans": [], "text": "", "row": row, **more}


def rolled_up(rows: list[dict[str, Any]], by: str | None = None, **more: Any) -> Summary:
    kind = row_type(heads_of(rows[0]))
    return summarise(map(kind.model_validate, rows), Group(by), **more)


def shown(summary: Summary, origin: Origin = ORIGIN) -> list[Node]:
    return elements(page_as_html(summary_page(summary, origin, MADE)))


def texts(nodes: list[Node], *tags: str) -> list[str]:
    return [node.text for node in nodes if node.tag in tags]


def charts(summary: Summary) -> list[Figure]:
    parts = [part for section in summary_page(summary, ORIGIN, MADE).sections for part in section.parts]
    return [part for part in parts if isinstance(part, Figure)]


def confusions() -> dict[str, Confusion]:
    """Matrices of a model that takes each label for each other one once in a hundred sentences."""
    return {axis: Confusion(1 + 96 * np.eye(len(labels), dtype=np.int64)) for axis, labels in AXES.items()}


def test_words_of_users_are_shown_whole_and_never_as_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hedgerow.summary.page.PLOTTED", 100)
    hostile = [text[:5000] for text in TEXTS.values() if text]
    rows = [
        labelled(f"{text[:400]}{at}", text=text, spans=[SAID | {"text": text}])
        | {"row": {"out`let|<i>": text}, "to`ne": "<b>`x`", "to`ne_scores": {"<b>`x`": 1.0}}
        for text in hostile
        for at in range(2)
    ]
    nodes = shown(rolled_up(rows, "out`let|<i>"), Origin(Path("<b>`1` \ud800.jsonl"), ()))
    assert {node.tag for node in nodes} <= {*ALLOWED.split(), "code"}  # no marks
    assert texts(nodes, "code") == [MADE.command]
    names = {name for node in nodes for name in node.attributes}
    assert not [name for name in names if name.startswith("on") or name in ("src", "action", "srcset")]
    assert all(node.attributes["href"].startswith("#") for node in nodes if node.tag == "a")
    heads, cells = set(texts(nodes, "th")), set(texts(nodes, "td"))
    for text in hostile:
        line = printable(text[:1001])
        group = printable(text)[:MAX_NAME]
        assert clean(group) in heads
        assert not text.strip() or clean(line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…") in cells
        assert clean(f"{text[:400]}0") in cells or clean(f"{text[:400]}1") in cells
    assert "<b>`x`" in heads
    assert nodes[-1].parents[0].text.count("out`let|<i>") >= 3  # the facts, and the heads of two tables
    assert texts(nodes, "h1") == ["<b>`1` \ufffd.jsonl: certainty and stance and to`ne"]
    assert [node for node in nodes if "by out`let|<i>, percent" in node.attributes.get("aria-label", "")]


def test_backquotes_of_a_user_begin_no_code_and_those_of_the_page_do() -> None:
    words = "a `b` \\`c` \\"
    page = Page("t", facts=[("by", f"{literal(words)}, see `d`")], text=[literal(words)])
    nodes = elements(page_as_html(page))
    assert texts(nodes, "dd", "p") == [f"{words}, see d", words]
    assert texts(nodes, "code") == ["d"]
    assert "a \\`b\\`" in to_markdown(page)


def test_anchors_of_titles_that_are_alike_differ() -> None:
    titles = ["A!", "A?", "a", "***", "", "A-2"]
    nodes = elements(page_as_html(Page("t", sections=[Section(title) for title in titles])))
    anchors = [node.attributes["id"] for node in nodes if node.tag == "h2"]
    assert len(set(anchors)) == len(titles)
    assert "" not in anchors
    assert [node.attributes["href"][1:] for node in nodes if node.tag == "a"] == anchors


def test_no_chart_is_alone_in_its_row_and_every_chart_fits_a_phone() -> None:
    found = charts(rolled_up([labelled("1", outlet="A"), labelled("2", outlet="B" * 60)], "outlet"))
    assert [figure.title for figure in found] == [str(label) for labels in AXES.values() for label in labels]
    over_time = charts(rolled_up([labelled(str(n), date=f"2024-0{1 + n % 4}-01") for n in range(40)], "day"))
    for figures in (found, over_time):
        widths = [figure.chart.width for figure in figures if isinstance(figure.chart, Intervals | Plot)]
        assert widths == [NARROW] * 4 + [WIDE] * 5
    page, gap = 1216 - 32, 24  # of a wide page, in pixels
    assert 4 * NARROW + 3 * gap <= page
    assert 3 * WIDE + 2 * gap <= page
    assert WIDE <= 390 - 32
    drawn = [node for node in shown(rolled_up([labelled("1", outlet="B" * 60)], "outlet")) if node.tag == "svg"]
    assert [node.attributes["width"] for node in drawn] == ["278"] * 4 + ["358"] * 5


def test_corrected_shares_stand_beside_the_counted_ones() -> None:
    rows = [labelled(str(n), ("certain", "possible")[n % 3 == 0], date=f"2024-0{1 + n % 3}-01") for n in range(90)]
    whole = rolled_up(rows, confusions=confusions())
    nodes = shown(whole)
    assert len(with_class(nodes, "before")) == len(with_class(nodes, "dot")) == 9
    tooltip = next(node.text for node in nodes if node.tag == "title" and "counted" in node.text)
    assert re.fullmatch(r"all: 6\d\.\d \[\d\d\.\d, \d\d\.\d\] %; counted 67 %", tooltip)
    assert "a hollow dot is the share as counted" in nodes[0].text
    nodes = shown(rolled_up(rows, "month", confusions=confusions()))
    assert len(with_class(nodes, "dashed")) == len(with_class(nodes, "band")) == len(with_class(nodes, "solid")) == 9
    assert "a dashed line is the share as counted" in nodes[0].text
    nodes = shown(rolled_up(rows, "month"))
    assert not with_class(nodes, "dashed")
    assert "counted" not in nodes[0].text.partition("Stance")[0].partition("Certainty")[2]


@pytest.mark.parametrize(("by", "step"), [("day", 1), ("month", 31)])
def test_every_chart_over_time_has_the_same_axis_and_few_ticks(by: str, step: int) -> None:
    days = np.arange("2024-01-03", "2027-01-03", step, dtype="datetime64[D]")[:40]
    rows = [labelled(str(n), date=str(day), outlet="AB"[n > 25]) for n, day in enumerate(days)]
    found = [figure.chart for figure in charts(rolled_up(rows, f"{by},outlet"))]
    assert len(found) == 2 * 9
    plots = [chart for chart in found if isinstance(chart, Plot)]
    assert len({(plot.x.low, plot.x.high) for plot in plots}) == 1
    for plot in plots:
        assert 3 <= len(plot.x.ticks) <= TICKS[plot.width or 0]
        assert len({after[0] - before[0] for before, after in zip(plot.x.ticks, plot.x.ticks[1:], strict=False)}) == 1


def test_what_is_left_out_of_the_page_is_said() -> None:
    rows = [labelled(str(n), outlet=f"{n % 210:03}", text=f"{'Long ' * 90}{n}.") for n in range(420)]
    summary = rolled_up(rows, "outlet")
    nodes = shown(summary)
    assert f"Charts are of the largest {PLOTTED} of 210." in nodes[0].text
    assert f"{LISTED} of 210; prevalence.csv has all." in texts(nodes, "caption")
    assert max(len(node.text) for node in with_class(nodes, "sentence")) == SHOWN
    (first, *_) = charts(summary)
    assert isinstance(first.chart, Intervals)
    assert [row.name for row in first.chart.rows][-2:] == [f"{PLOTTED - 1:03}", "all"]
    assert sum(node.tag == "details" for node in nodes) == 2 + 2 + 1 + PLOTTED  # labels, figures, differences, examples
    rows = [labelled(f"{n}", outlet="ABCDEFGH"[n % 8], date=f"2024-0{1 + n % 3}-01") for n in range(96)]
    nodes = shown(rolled_up(rows, "month,outlet"))
    assert f"Charts are of the {SERIES} largest of 8." in nodes[0].text
    assert texts(nodes, "h3") == [*"ABCDEF"] * 2


def test_clear_differences_stand_out_and_phrases_have_bars() -> None:
    rows = [labelled(str(n), ("certain", "possible")[n % 2], outlet="AB"[n % 2], spans=[SAID]) for n in range(80)]
    nodes = shown(rolled_up(rows, "outlet"))
    assert "A minus B" in texts(nodes, "h2")
    strong = [node for node in nodes if node.tag == "strong"]
    assert [node.text.partition(" ")[0] for node in strong] == ["+100.0", "-100.0"]
    (bar,) = with_class(nodes, "bar-cell")
    assert (bar.text, bar.attributes["class"]) == ("80", "number bar-cell b20")
    assert "Most frequent sources: none." in texts(nodes, "p")
    third = shown(rolled_up([*rows, labelled("c", outlet="C")], "outlet"))
    assert "Each group minus the rest" in texts(third, "h2")


def test_heads_of_ones_own_have_chapters_and_an_axis_that_is_missing_has_none() -> None:
    scores = {"angry": 0.5, "calm": 0.5}
    rows = [labelled(str(n), tone=("angry", "calm")[n % 2], tone_scores=scores, claims=[SAID]) for n in range(20)]
    for row in rows:
        del row["stance"]
    nodes = shown(rolled_up(rows))
    assert texts(nodes, "h1") == ["a.jsonl: certainty and tone"]
    assert texts(nodes, "h2") == ["Notes", "Certainty", "tone", "Examples", "Frequent phrases"]
    assert "Most frequent claims" in texts(nodes, "caption")
    none = shown(rolled_up([labelled("1") | {"certainty": None, "stance": None}]))
    assert not [node for node in none if node.tag == "svg"]
    assert "No sentence has a label, so there is nothing to count." in texts(none, "p")


@pytest.mark.slow
def test_a_printed_page_has_the_figures_that_are_folded_on_the_screen(tmp_path: Path) -> None:
    summary = rolled_up([labelled(str(at), outlet="AB"[at % 2], text="He may go.") for at in range(4)], "outlet")
    page = tmp_path / "page.html"
    page.write_text(page_as_html(summary_page(summary, ORIGIN, MADE)), "utf-8")
    command = [
        chromium(), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        f"--print-to-pdf={tmp_path / 'page.pdf'}", page.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    sheets = " ".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "page.pdf").pages)
    printed = " ".join(normalize("NFKC", sheets).split())  # without ligatures
    for folded in ("The figures", "n (sentences)", "He may go."):
        assert folded in printed
