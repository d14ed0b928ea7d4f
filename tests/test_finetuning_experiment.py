"""The experiment on fine-tuning: finished trainings are kept, and the report sums them up."""

import json
from pathlib import Path

import pytest

from evaluation.components.finetuning import LABELS, WAYS, Case, main
from evaluation.render import render
from hedgerow.report import Report

KINDS = ("mixed", *LABELS)  # of FactAppeal; mixed counts as an appeal


def write_corpora(folder: Path) -> None:
    """Write a file in FactAppeal's format, twelve sentences a part, and one of published text."""
    rows = [
        {"text": f"Sentence {at} of {part}.", "split": part, "labels": {"sentence_class": KINDS[at % 4]}}
        for part in ("train", "dev")
        for at in range(12)
    ]
    for name, lines in (("benchmarks/factappeal.jsonl", rows), ("real/dev.jsonl", [{"id": "a"}])):
        path = folder / name
        path.parent.mkdir()
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def write_finished(runs: Path, before: dict[str, float]) -> None:
    """Write the files of finished trainings: two draws of eight rows, and one of twelve, for every way."""
    runs.mkdir()
    (runs / "before.json").write_text(json.dumps(before), "utf-8")
    for number, way in enumerate(WAYS):
        for rows, seed in ((8, 1), (8, 2), (12, 1)):
            figures = {"appeal": 0.5 + 0.01 * (number + seed), "minutes": 1.5}
            if "base" in way:
                figures |= {name: score - 0.1 * seed for name, score in before.items()}
            (runs / f"{Case(way, rows, seed).name}.json").write_text(json.dumps(figures), "utf-8")


def test_finished_trainings_become_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_corpora(tmp_path)
    write_finished(tmp_path / "runs", {"certainty_composed": 0.9, "spans_published": 0.8})
    options = ["--data", str(tmp_path), "--runs", str(tmp_path / "runs"), "--out", str(tmp_path / "out")]
    assert main([*options, "--draws", "8:2", "12:1"]) == 0
    assert "from MiniLM, 8 rows: appeal 0.515 ± 0.007" in capsys.readouterr().out
    report = Report.read(tmp_path / "out" / "report.json")
    assert (report.kind, report.model.name, report.figures["dev"]) == ("fine_tuning", "base", 6)
    assert [file.file for file in report.corpus[1:3]] == ["corpus/train.jsonl", "corpus/dev.jsonl"]
    assert report.corpus[1].seen_in_training_by == ("base",)
    assert [(way["way"], way["rows"], way["draws"]) for way in report.figures["ways"][3:5]] == [
        ("from base, replay", 8, 2),
        ("from MiniLM", 12, 1),
    ]
    pages = render(tmp_path / "out")
    assert pages == {name: (tmp_path / "out" / name).read_text("utf-8") for name in ("report.md", "report.html")}
    assert "| from MiniLM | 12 | 1 | 0.510 | 1.5 |" in pages["report.md"]  # one draw has no deviation
    assert "| base before |  |  | 0.900 | 0.800 |" in pages["report.md"]
    assert "| from base, retention | 8 | 2 | 0.750 ± 0.071 | 0.650 ± 0.071 |" in pages["report.md"]
    assert pages["report.md"].count("| from MiniLM |") == 2  # it has none of base's heads


def test_more_rows_than_there_are_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_corpora(tmp_path)
    options = ["--data", str(tmp_path), "--runs", str(tmp_path / "runs"), "--out", str(tmp_path / "out")]
    assert main([*options, "--draws", "13:1"]) == 2
    assert "--draws 13:1: benchmarks/factappeal.jsonl has 12 rows to train on; ask for fewer" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
