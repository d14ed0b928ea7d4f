"""The load test of the server: it counts what is wrong, and finds nothing wrong with a server that is right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.render import render
from evaluation.speed.serving import count_wrong, main
from evaluation.speed.serving_clients import Answered
from evaluation.speed.serving_page import page_of
from hedgerow import load
from hedgerow.report import Report, to_markdown

REPORTS = Path(__file__).parents[1] / "evaluation" / "reports"


def answered(asked: list[str], answered_with: list[str]) -> Answered:
    rows = [one.to_dict() | {"doc": "sentences:1"} for one in load("lexicon").predict(answered_with)]
    return Answered("a", asked, json.dumps({"sentences": rows}).encode(), 0.1)


def test_a_crossed_a_short_and_a_changed_answer_are_wrong() -> None:
    right = answered(["It may rain.", "He went."], ["It may rain.", "He went."])
    crossed = answered(["It may rain."], ["It may snow."])
    short = answered(["It may rain.", "He went."], ["It may rain."])
    changed = Answered("a", right.sentences, right.body.replace(b'"possible"', b'"certain"', 1), 0.1)
    assert count_wrong(load("lexicon"), [right, crossed, right, short, changed, right]) == 3


@pytest.mark.slow
def test_a_small_load_is_answered_rightly_and_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report"
    arguments = ["--model", "lexicon", "--clients", "8", "--seconds", "1", "--requests", "20", "--out", str(out)]
    assert main(arguments) == 0, capsys.readouterr()
    report = json.loads((out / "report.json").read_text("utf-8"))["figures"]
    assert report["all_right"]
    assert report["wrong_answers"] == report["stopped"]["lost"] == report["stopped"]["exit_code"] == 0
    assert report["under_load"]["requests"] > 0
    assert len(report["memory_mb"]) == 11
    assert "| wrong or crossed answers | 0 |" in (out / "report.md").read_text("utf-8")
    assert render(out) == {name: (out / name).read_text("utf-8") for name in ("report.md", "report.html")}


def test_errors_are_on_the_page_and_above_it() -> None:
    report = Report.read(REPORTS / "serving" / "report.json")
    load_ = report.figures["under_load"] | {"errors": [{"name": "broken off", "requests": 2}]}
    wrong = replace(report, figures={**report.figures, "under_load": load_, "all_right": False})
    page = to_markdown(page_of(wrong))
    assert "| other errors | broken off: 2 |" in page
    assert page.count("> **An answer was wrong or lost, the exit code was not 0, or the memory grew") == 1
    assert "> **" not in to_markdown(page_of(report))
