"""Readers of others' corpora and benchmarks, on rows made up in their format."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from evaluation.benchmarks.method import between
from evaluation.benchmarks.run import main
from evaluation.benchmarks.scoring import best_threshold
from evaluation.benchmarks.table import main as tabulate
from evaluation.benchmarks.tasks import TASKS, rows_of
from evaluation.render import render
from hedgerow import CorpusError
from hedgerow.corpus.external import read_rows
from hedgerow.report import Report

pytestmark = pytest.mark.slow


def write(folder: Path, *rows: Mapping[str, object]) -> Path:
    path = folder / "corpus.jsonl"
    path.write_text(
        "".join(json.dumps({"id": str(at), "text": f"Text {at}.", **row}) + "\n" for at, row in enumerate(rows))
    )
    return path


def test_factappeal_gives_appeal_and_only_its_training_part(tmp_path: Path) -> None:
    rows = [
        {"split": split, "labels": {"sentence_class": kind}}
        for split, kind in (("train", "mixed"), ("test", "no_fact"))
    ]
    assert read_rows(write(tmp_path, *rows), "factappeal") == [{"id": "0", "text": "Text 0.", "appeal": "fact_appeal"}]


def test_gum_gives_whether_something_is_attributed(tmp_path: Path) -> None:
    rows = [{"split": "train", "labels": {"attribution": found}} for found in ([], [{"rel": "attribution-positive"}])]
    assert [row["attributes"] for row in read_rows(write(tmp_path, *rows), "gum_attribution")] == ["no", "yes"]


def test_uds_gives_factuality_in_thirds(tmp_path: Path) -> None:
    rows = [{"split": "train", "labels": {"factuality": values}} for values in ([3, 2], [-3], [0.5, -0.5], [])]
    assert [row["happened"] for row in read_rows(write(tmp_path, *rows), "uds_ih2")] == ["yes", "no", "between"]


def test_plain_gives_a_users_own_fields(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, {"mood": "dry"}), "plain") == [{"id": "0", "text": "Text 0.", "mood": "dry"}]


def test_unreadable_rows_are_rejected(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="reader 'gumm' is not one of plain, texts, factappeal"):
        read_rows(tmp_path / "x", "gumm")
    with pytest.raises(CorpusError, match="No such file"):
        read_rows(tmp_path / "x", "plain")
    with pytest.raises(CorpusError, match=r"corpus.jsonl:1: not a row of uds_ih2"):
        read_rows(write(tmp_path, {"split": "train"}), "uds_ih2")
    with pytest.raises(CorpusError, match="field 'text' is empty"):
        read_rows(write(tmp_path, {"text": ""}), "plain")
    with pytest.raises(CorpusError, match="no training rows for the reader factappeal"):
        read_rows(write(tmp_path, {"split": "test", "labels": {"sentence_class": "no_fact"}}), "factappeal")


@pytest.mark.parametrize(("name", "fields"), [("factappeal", 2000), ("gum_attribution", 2000), ("uds_ih2", 5000)])
def test_the_shared_files_are_read(shared: Path, name: str, fields: int) -> None:
    assert len(read_rows(shared / "corpora" / "benchmarks" / f"{name}.jsonl", name)) > fields


def test_a_grade_is_split_between_the_whole_grades_around_it() -> None:
    shares = between(np.array([1.0, 2.5, 5.75, 6.0]))
    assert shares.tolist() == [
        [1, 0, 0, 0, 0, 0],
        [0, 0.5, 0.5, 0, 0, 0],
        [0, 0, 0, 0, 0.25, 0.75],
        [0, 0, 0, 0, 0, 1],
    ]
    assert (shares @ np.arange(1, 7)).tolist() == [1.0, 2.5, 5.75, 6.0]


def wikipedia(folder: Path) -> None:
    lines: list[dict[str, object]] = []
    for number in range(80):
        sure = number % 2 == 0
        text = f"It {'is' if sure else 'may be'} so, number {number}."
        cues = [] if sure else [{"start": 3, "end": 6, "type": "weasel", "text": "may"}]
        labels = {"certainty": "certain" if sure else "uncertain"}
        lines.append({"id": str(number), "text": text, "split": "test" if number > 60 else "train", "labels": labels})
        lines[-1]["cues"] = cues
    lines.append({**lines[-1], "id": "again", "split": "train"})
    lines.append({**lines[-1], "id": "empty", "text": "", "split": "test"})
    (folder / "conll2010_wiki.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_text_of_the_test_part_is_not_trained_on(tmp_path: Path) -> None:
    wikipedia(tmp_path)
    train, test = rows_of(tmp_path, TASKS["wikipedia"])
    assert (len(train), len(test)) == (61, 19)
    assert train[1] == {
        "text": "It may be so, number 1.",
        "group": "1",
        "label": "uncertain",
        "cues": [{"start": 3, "end": 6, "type": "weasel"}],
    }


def test_the_threshold_is_chosen_for_the_known_share() -> None:
    """Of 100 chances sorted, the upper half is true but for a few: fewer true ones, a higher threshold."""
    chances = np.linspace(0.01, 1, 100)
    gold = np.random.default_rng(1).random(100) < chances
    even = best_threshold(gold, chances)
    assert 0.2 < even < 0.6
    assert best_threshold(gold, chances, share=float(gold.mean())) == even
    assert best_threshold(gold, chances, share=0.1) > even


def test_a_benchmark_is_trained_on_its_own_part_and_measured_once(
    network_recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wikipedia(tmp_path)
    out = tmp_path / "benchmark-wikipedia"
    options = ["--data", str(tmp_path), "--recipe", str(network_recipe), "--out", str(out)]
    assert main(["wikipedia", *options]) == 0
    report = Report.read(out / "report.json")
    figures = report.figures
    assert (report.kind, [file.file for file in report.corpus]) == (
        "benchmark",
        [f"{tmp_path.name}/conll2010_wiki.jsonl"],
    )
    assert figures["rows"]["train"] + figures["rows"]["held_out"] == 61
    assert figures["rows"]["test"] == 19
    assert 0 <= figures["low"] <= figures["value"] <= figures["high"] <= 1
    assert 0.05 <= figures["threshold"] <= 0.95
    for name, text in render(out).items():
        assert (out / name).read_text() == text
        assert "70.24" in text
        assert "a tenth of the training part" in text
    page = (tmp_path / "benchmarks.md").read_text()
    assert f"| [wikipedia](benchmark-wikipedia/report.md) | F1 of uncertain | {figures['value']:.3f} [" in page
    assert "Not run: biological, factappeal, certainty." in page
    assert main(["factappeal", *options[:-1], str(tmp_path / "none")]) == 2
    assert "factappeal.jsonl: No such file" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("name", "train", "test"),
    [("wikipedia", 8000, 9634), ("biological", 14000, 5001), ("factappeal", 2700, 484), ("certainty", 1200, 136)],
)
def test_the_shared_benchmarks_have_their_official_test_parts(shared: Path, name: str, train: int, test: int) -> None:
    to_train, to_test = rows_of(shared / "corpora" / "benchmarks", TASKS[name])
    assert len(to_train) > train - 300
    assert test - 2 <= len(to_test) <= test


def test_a_missing_or_broken_benchmark_report_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tabulate(["--reports", str(tmp_path)]) == 2
    (tmp_path / "benchmark-certainty").mkdir()
    path = tmp_path / "benchmark-certainty" / "report.json"
    path.write_text("{}")
    assert tabulate(["--reports", str(tmp_path)]) == 2
    path.write_text(json.dumps(Report.begin("transfer", "c").to_dict()))
    assert tabulate(["--reports", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "no benchmark-NAME/report.json in it" in said
    assert "report.json: schema None, not 2" in said
    assert "report.json: a report of the kind 'transfer'; run evaluation.benchmarks.run again" in said
    assert not (tmp_path / "benchmarks.md").exists()
