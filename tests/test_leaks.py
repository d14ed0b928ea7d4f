"""Leaks: copies, near copies and shared documents are counted once each, and scores are given without them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluation.leaks import main
from evaluation.render import render

Write = Callable[..., Path]
LONG = "The council approved the budget for schools after a long debate on Monday evening."


def row(name: str, text: str, **more: object) -> dict[str, object]:
    return {"id": name, "text": text, "certainty": "certain", "stance": "asserted", "spans": [], **more}


TRAIN = [
    row("t1", "Rain fell on the valley."),
    row("t2", "“Nothing is lost,” he wrote."),
    row("t3", LONG),
    row("t4", "The bridge may close.", doc="bridge"),
]
TEST = [
    row("e1", "Rain fell on the valley.", doc="bridge"),  # also of a shared document: counts as exact
    row("e2", '"nothing  is lost," he wrote.'),
    row("e3", "Yesterday the council approved the budget for schools after a long debate."),
    row("e4", "Trains run again.", doc="bridge"),
    row("e5", "Snow is rare here."),
]


def test_every_kind_is_found_and_scores_are_given_without_it(corpus_file: Write, tmp_path: Path) -> None:
    train, test = corpus_file(*TRAIN, name="train.jsonl"), corpus_file(*TEST, name="test.jsonl")
    out = tmp_path / "r"
    assert main([str(train), "--test", str(test), "--model", "lexicon", "--out", str(out)]) == 0
    figures = json.loads((out / "report.json").read_text("utf-8"))["figures"]
    assert [(pair["test"], pair["train"], pair["kind"]) for pair in figures["pairs"]] == [
        ("e1", "t1", "exact"),
        ("e2", "t2", "copy"),
        ("e3", "t3", "near copy"),
        ("e4", "t4", "group"),
    ]
    assert figures["kinds"][1] == {"name": "copy", "rows": 1, "share": 0.2}
    assert figures["clean"] == 1
    parts = figures["scores"]
    assert [part["rows"] for part in parts] == [5, 3, 2, 1]
    assert parts[3]["name"] == "without any leak"
    assert parts[3]["heads"]["certainty"]["macro_f1"]["value"] == 1
    assert figures["seen_sentences"] == 0
    page = (out / "report.md").read_text("utf-8")
    assert "> **Only 1 row without a leak, too few to measure on.**" in page
    assert "Rain fell" not in page
    assert render(out) == {name: (out / name).read_text("utf-8") for name in ("report.md", "report.html")}


def test_files_without_a_leak_say_so(corpus_file: Write, capsys: pytest.CaptureFixture[str]) -> None:
    train, test = corpus_file(*TRAIN, name="train.jsonl"), corpus_file(TEST[4], name="test.jsonl")
    assert main([str(train), "--test", str(test)]) == 0
    printed = capsys.readouterr().out
    assert "| none |  | 1 | 100.0% |" in printed
    assert "## Pairs" not in printed
    assert main([str(train), "--test", str(test.with_name("no.jsonl"))]) == 2
    assert "no.jsonl" in capsys.readouterr().err
