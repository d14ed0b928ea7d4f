"""The measures of speed: rows that are distinct and dirty as they say, stages that add up, none lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from evaluation.render import render
from evaluation.speed import load_test, throughput
from evaluation.speed.dirty_rows import csv_rows, json_rows, recombined
from evaluation.speed.stages import time_stages
from hedgerow import load
from hedgerow.errors import InputError
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
TEXTS = ["He may go on Monday.", "She said it was so.", "It is not clear to us.", "The bridge was closed."]


def test_recombined_texts_are_distinct_and_of_two_halves() -> None:
    made = list(recombined(TEXTS))
    assert len(made) == len(set(made)) == 16
    assert "He may it was so." in made


def test_one_row_in_a_hundred_is_dirty_as_it_says() -> None:
    texts = (f"Row {number} may be so." for number in range(10**9))
    rows = list(json_rows(texts, 1600, too_long=1))
    faults = {at: row.error for at, row in enumerate(rows) if row.error}
    assert list(faults) == list(range(0, 1600, 100))
    assert Counter(faults.values())["NUL"] == 3
    for row in rows:
        try:
            rejected = text_error(parse_object(row.raw).get("text"), "text") is not None or len(row.raw) > 10 * 2**20
        except InputError:
            rejected = True
        assert rejected is (row.error is not None), row.raw[:80]
    assert [row.raw for row in islice(csv_rows(iter(['A "b".', "C."]), 2, dirty_every=2), 2)] == [b"0", b'1,"C."']


@pytest.mark.parametrize("name", ["lexicon", "tiny"])
def test_stages_label_what_predict_labels_and_their_shares_are_the_whole(name: str, tiny_network: Path) -> None:
    found = time_stages(load(tiny_network if name == "tiny" else name, threads=1), TEXTS)
    assert found["sentences"] == len(TEXTS)
    assert sum(found["share"].values()) == pytest.approx(1, abs=1e-3)
    middle = ["label"] if name == "lexicon" else ["tokenise", "infer", "decode"]
    assert list(found["seconds"]) == ["read", "split", *middle, "write"]


def test_a_thousand_rows_go_through_and_none_is_lost(tmp_path: Path) -> None:
    """Run by itself: a process starts with the peak of the one that started it, and this one holds torch."""
    command = [sys.executable, "-m", "evaluation.speed.load_test", "--rows", "1000", "--model", "lexicon"]
    command += ["--runs", str(tmp_path / "runs"), "--out", str(tmp_path / "report")]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    report = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert report["machine"]["load_after"] is not None
    measured = report["figures"]
    assert measured["nothing_lost"]
    counted = [measured[f"rows_{name}"] for name in ("in", "out", "rejected", "skipped")]
    assert counted == [1000, 990, 9, 1]  # the blank row is skipped
    assert measured["repeated_sentences"] == 0
    assert 20 < measured["peak_mb"] < 1000
    assert sum(fault["rows"] for fault in measured["dirty"]) == 10
    pages = render(tmp_path / "report")
    assert pages == {name: (tmp_path / "report" / name).read_text("utf-8") for name in ("report.md", "report.html")}
    assert "| rows rejected | 9 |" in pages["report.md"]
    assert "Nothing was lost" in pages["report.html"]


@pytest.mark.parametrize(
    ("tool", "arguments", "fault"),
    [
        (load_test, ["--rows", "5", "--runs", "{}/new"], "give 1000 or more"),
        (load_test, ["--runs", "{}"], "is not empty"),
        (load_test, ["--runs", "{}/new/run", "--out", "{}/new"], "is in the folder of the report"),
        (load_test, ["--runs", "{}/new", "--model", "smal"], "no shipped model has this name"),
        (load_test, ["--runs", "{}/new", "--out", "{}"], "there"),
        (throughput, ["--rows", "0"], "give 1 or more"),
        (throughput, ["--threads", "999"], "cores can be used; give fewer"),
        (throughput, ["--encoder", "{}"], "no config.json"),
        (throughput, ["--train", "{}/there"], "--train and --part belong together"),
        (throughput, ["--rows", "1", "--models", "smal"], "no shipped model has this name"),
    ],
)
def test_wrong_usage_is_an_error(
    tool: object, arguments: list[str], fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there").write_text("")
    assert tool.main([word.format(tmp_path) for word in arguments]) == 2  # type: ignore[attr-defined]
    assert fault in capsys.readouterr().err
