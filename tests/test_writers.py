"""No writer loses a field: CSV, Parquet, JSON Lines and the terminal carry everything a model says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from hedgerow import Certainty, Prediction, Span, SpanType, Stance
from hedgerow.head import CODEBOOK_HEADS, Head
from hedgerow.writers.csv_rows import CsvWriter, columns
from hedgerow.writers.files import open_writer
from hedgerow.writers.records import LabelledSentence
from hedgerow.writers.terminal import TerminalWriter

OWN = (Head("tone", "label", ("calm", "alarmed")), Head("weather", "span", ("rain",)))
HEADS = (*CODEBOOK_HEADS, *OWN)
TEXT = "It may rain."
PREDICTION = Prediction(
    TEXT,
    Certainty.POSSIBLE,
    Stance.ASSERTED,
    dict(zip(Certainty, (0.1, 0.2, 0.6, 0.1), strict=True)),
    dict(zip(Stance, (0.9, 0.025, 0.025, 0.025, 0.025), strict=True)),
    (Span(3, 6, SpanType.MODAL, "may", 0.9),),
    other_scores={"tone": {"calm": 0.7, "alarmed": 0.3}},
    read_to=6,
    other_spans={"weather": (Span(7, 11, "rain", "rain", 0.8),)},
)
SENTENCE = LabelledSentence("a.csv:2", 0, PREDICTION, id=7, row={"outlet": "Herald"})
EXPECTED: dict[str, Any] = {
    "doc": "a.csv:2", "id": 7, "index": 0, "start": 0, "end": 12, "text": TEXT,
    "certainty": "possible", "stance": "asserted", "tone": "calm",
    "tone_scores": {"calm": 0.7, "alarmed": 0.3}, "read_to": 6, "row": {"outlet": "Herald"},
    "weather": [{"start": 7, "end": 11, "type": "rain", "text": "rain", "score": 0.8}],
}  # fmt: skip


def written(path: Path, *sentences: LabelledSentence) -> Path:
    with open_writer(path, HEADS) as writer:
        for sentence in sentences:
            writer.write(sentence)
    return path


def test_json_lines_carry_everything(tmp_path: Path) -> None:
    row = json.loads(written(tmp_path / "a.jsonl", SENTENCE).read_text("utf-8"))
    assert {name: row[name] for name in EXPECTED} == EXPECTED
    assert Prediction.from_dict(row) == PREDICTION


def test_csv_carries_everything(tmp_path: Path) -> None:
    with written(tmp_path / "a.csv", SENTENCE).open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert list(row) == columns(HEADS)
    assert (row["tone"], row["tone_calm"], row["tone_alarmed"], row["read_to"]) == ("calm", "0.7", "0.3", "6")
    assert json.loads(row["weather"]) == EXPECTED["weather"]
    assert json.loads(row["row"]) == EXPECTED["row"]


def test_parquet_carries_everything(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (row,) = parquet.read_table(written(tmp_path / "a.parquet", SENTENCE)).to_pylist()
    assert {name: row[name] for name in EXPECTED} == EXPECTED | {"id": "7", "row": '{"outlet": "Herald"}'}
    (empty,) = (tmp_path / "b.parquet",)
    assert parquet.read_table(written(empty)).num_rows == 0


def test_columns_do_not_depend_on_the_rows() -> None:
    for writer_heads in (CODEBOOK_HEADS, HEADS):
        file = io.StringIO()
        CsvWriter(file, writer_heads)
        assert file.getvalue().strip().split(",") == columns(writer_heads)


def test_abstaining_empties_labels_of_every_head_and_keeps_scores(tmp_path: Path) -> None:
    careful = SENTENCE.abstaining(0.75)
    assert careful.abstained == {"certainty", "tone"}
    row = careful.to_dict()
    assert (row["certainty"], row["stance"], row["tone"]) == (None, "asserted", None)
    assert row["tone_scores"] == EXPECTED["tone_scores"]
    with written(tmp_path / "a.csv", careful).open(encoding="utf-8", newline="") as file:
        (cells,) = csv.DictReader(file)
    assert (cells["certainty"], cells["stance"], cells["tone"], cells["tone_calm"]) == ("", "asserted", "", "0.7")
    assert SENTENCE.abstaining(0.0) is SENTENCE


def test_the_terminal_shows_own_labels_spans_and_where_reading_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalWriter().write(SENTENCE.abstaining(0.65))
    shown = " ".join(capsys.readouterr().out.split())
    assert shown == "1 – asserted calm It [may] [rain]. (read to character 6 of 12)"
