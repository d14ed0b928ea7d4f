"""Readers of others' corpora, on rows made up in their format."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hedgerow import CorpusError
from hedgerow.benchmarks import read_rows


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


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="reader 'gumm' is not one of plain, texts, factappeal"):
        read_rows(tmp_path / "x", "gumm")
    with pytest.raises(CorpusError, match="No such file"):
        read_rows(tmp_path / "x", "plain")
    with pytest.raises(CorpusError, match=r"corpus.jsonl:1: not a row of uds_ih2"):
        read_rows(write(tmp_path, {"split": "train"}), "uds_ih2")
    with pytest.raises(CorpusError, match="field 'text' is empty"):
        read_rows(write(tmp_path, {"text": ""}), "plain")
    with pytest.raises(CorpusError, match="no rows that factappeal can train on"):
        read_rows(write(tmp_path, {"split": "test", "labels": {"sentence_class": "no_fact"}}), "factappeal")


@pytest.mark.parametrize(("name", "fields"), [("factappeal", 2000), ("gum_attribution", 2000), ("uds_ih2", 5000)])
def test_the_shared_files_are_read(shared: Path, name: str, fields: int) -> None:
    assert len(read_rows(shared / "corpora" / "benchmarks" / f"{name}.jsonl", name)) > fields
