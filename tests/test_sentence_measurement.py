"""Measure sentence splitting: the command over corpora and field texts."""

import json
from pathlib import Path

import pytest

from evaluation.components.sentences import main

TEXTS: list[dict[str, object]] = [
    {"id": "a", "phenomenon": "notes", "text": "It rained.[a] We left.", "gold": ["It rained.[a]", "We left."]},
    {"id": "b", "phenomenon": "notes", "text": "It rained. We left.", "gold": ["It rained.", "We left."]},
    {"id": "c", "phenomenon": "chat", "text": "it rained. we left", "gold": ["it rained. we", "left"]},
]


def write(folder: Path, rows: list[dict[str, object]]) -> str:
    path = folder / "texts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def test_field_texts_are_counted_by_phenomenon(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--texts", write(tmp_path, TEXTS)]) == 0
    rows = [line.strip("|").split("|") for line in capsys.readouterr().out.splitlines()]
    assert [[cell.strip() for cell in row] for row in rows[2:]] == [
        ["chat", "1", "0: 0.000", "0: 0.000"],
        ["notes", "2", "1: 0.500", "2: 1.000"],
        ["all", "3", "1: 0.333", "2: 0.667"],
    ]


def test_a_bad_field_text_is_named_by_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--texts", write(tmp_path, [TEXTS[0], {"id": "x", "text": "It rained."}])]) != 0
    assert "texts.jsonl:2: no 'phenomenon'" in capsys.readouterr().err
    assert main(["--texts", str(tmp_path / "none.jsonl")]) != 0
    assert "none.jsonl: no such file" in capsys.readouterr().err
