"""Corpora: bad rows are rejected with file, line, value and hint; counts; splits."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hedgerow import Certainty, CorpusError, Stance, corpus
from hedgerow.cli.corpus import app
from hedgerow.labels import Example

ROOT = Path(__file__).parents[1]
Write = Callable[..., Path]
GOOD: dict[str, Any] = {
    "id": "a",
    "text": "He may go.",
    "certainty": "possible",
    "stance": "asserted",
    "spans": [{"start": 3, "end": 6, "type": "modal", "text": "may"}],
}


def span(start: int, end: int, kind: str, text: str) -> dict[str, Any]:
    return {"start": start, "end": end, "type": kind, "text": text}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            GOOD | {"certainty": "possibly"},
            ["'possibly' is not a label", "one of certain, probable", "perhaps 'possible'"],
        ),
        (GOOD | {"stance": "said"}, ["stance 'said' is not a label", "asserted, attributed, endorsed"]),
        (GOOD | {"spans": [span(3, 6, "mood", "may")]}, ["spans.0.type 'mood' is not a label", "modal"]),
        (GOOD | {"spans": [span(3, 60, "modal", "may")]}, ["3..60", "outside the text of 10", "'may' is at 3..6"]),
        (GOOD | {"spans": [span(6, 6, "modal", "")]}, ["6..6", "outside the text"]),
        (GOOD | {"spans": [span(2, 5, "modal", "may")]}, ["which has ' ma' there", "'may' is at 3..6"]),
        (GOOD | {"spans": [span(3, 6, "modal", "might")]}, ["'might' does not match", "a part of the sentence"]),
        (GOOD | {"spans": [span(3, 6, "modal", "may") | {"tpye": 1}]}, ["spans.0.tpye is not a known field"]),
        (GOOD | {"spans": [span(3, 6, "modal", "may")] * 2}, ["'may' occurs twice"]),
        (GOOD | {"spans": [span(3, 6, "modal", "may") | {"start": "3"}]}, ["spans.0.start '3'", "integer"]),
        (GOOD | {"text": "  "}, ["field 'text' is empty"]),
        (GOOD | {"text": 3, "spans": []}, ["text 3", "string"]),
        ({"id": "a", "text": "He may go."}, ["no 'certainty'", "no 'stance'"]),
        (b'{"id": "a", "text": "\xff"}', ["invalid UTF-8 (byte 0xff", "UTF-8"]),
        (b'{"id": "a",', ["broken JSON", "one whole JSON object a line"]),
        (b"3", ["a JSON int, not an object"]),
        (b'"' + b"x" * (11 * 2**20) + b'"', ["a row of 11534339 bytes", "10 MB"]),
    ],
)
def test_a_bad_row_is_rejected_with_file_line_value_and_hint(
    corpus_file: Write, row: dict[str, Any] | bytes, expected: list[str]
) -> None:
    path = corpus_file(GOOD | {"id": "first", "text": "He may stay.", "spans": []}, row)
    errors = "\n".join(map(str, corpus.check([path])))
    assert errors.startswith(f"{path}:2: ")
    for part in expected:
        assert part in errors
    with pytest.raises(CorpusError):
        corpus.load([path])


def test_a_text_or_id_that_occurs_twice_is_rejected(corpus_file: Write) -> None:
    path = corpus_file(GOOD, GOOD)
    assert [str(error).split(": ", 1)[1] for error in corpus.check([path])] == [
        f"id 'a' is already at {path}:1; keep one of the two",
        f"text 'He may go.' is already at {path}:1; keep one of the two",
    ]


def test_a_group_in_two_files_is_rejected_by_check_and_not_by_load(corpus_file: Write) -> None:
    train = corpus_file(GOOD | {"group": "g"}, name="train.jsonl")
    dev = corpus_file(GOOD | {"group": "g", "id": "b", "text": "He may run."}, name="dev.jsonl")
    assert [str(error) for error in corpus.check([train, dev])] == [
        f"{dev}:1: group 'g' is also in {train}:1; keep a group in one file"
    ]
    assert len(corpus.load([train, dev])) == 2


def test_a_missing_and_an_empty_corpus_are_rejected(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"nope\.jsonl: No such file"):
        corpus.load([tmp_path / "nope.jsonl"])
    assert len(corpus.check([tmp_path / "nope.jsonl", tmp_path])) == 2
    with pytest.raises(CorpusError, match="Is a directory"):
        corpus.load([tmp_path])
    (tmp_path / "empty.jsonl").write_text("\n\n")
    with pytest.raises(CorpusError, match=r"empty\.jsonl: no rows"):
        corpus.load([tmp_path / "empty.jsonl"])


def test_a_row_comes_back_as_it_was_with_fields_this_project_does_not_know(corpus_file: Write) -> None:
    row = GOOD | {"group": "g", "domain": "law", "note": {"by": "me"}}
    (example,) = corpus.load([corpus_file(row)])
    assert example.extra == {"note": {"by": "me"}}
    assert example.to_dict() == row


def test_training_data_that_leaks_into_held_out_data_is_rejected() -> None:
    train = Example("a", "He may go.", Certainty.POSSIBLE, Stance.ASSERTED, group="g")
    for leak in (
        Example("b", "He may go.", Certainty.POSSIBLE, Stance.ASSERTED),
        Example("c", "She left.", Certainty.CERTAIN, Stance.ASSERTED, group="g"),
    ):
        with pytest.raises(CorpusError, match=f"dev: row '{leak.id}'"):
            corpus.reject_leaks([train], [leak], name="dev")


def test_stats_count_labels_pairs_spans_and_any_field(corpus_file: Write) -> None:
    path = corpus_file(GOOD | {"kind": "x"}, GOOD | {"id": "b", "text": "He may Go. May", "kind": "y"})
    counted = corpus.stats(corpus.load([path]), by="kind")
    assert counted["certainty"] == {"certain": 0, "probable": 0, "possible": 2, "uncommitted": 0}
    assert counted["pairs"]["possible"]["asserted"] == 2
    assert counted["spans"]["modal"] == {"count": 2, "phrases": 1, "most_frequent": {"may": 2}}
    assert counted["by_kind"] == {"x": 1, "y": 1}


def examples(count: int) -> list[Example]:
    """Groups of one to three sentences with labels in turn."""
    labels = [(certainty, stance) for certainty in Certainty for stance in Stance]
    return [Example(f"{i:04}", f"Text {i}.", *labels[i % 20], group=f"g{i * 5 // 11}") for i in range(count)]


def test_a_split_keeps_groups_whole_and_labels_in_proportion() -> None:
    parts = corpus.split(examples(2000), {"train": 0.8, "dev": 0.1, "test": 0.1}, seed=1)
    groups = {part: {example.group for example in rows} for part, rows in parts.items()}
    assert not groups["train"] & groups["dev"]
    assert not (groups["train"] | groups["dev"]) & groups["test"]
    assert sum(map(len, parts.values())) == 2000
    for certainty in Certainty:
        assert sum(example.certainty is certainty for example in parts["dev"]) == pytest.approx(50, abs=3)


def test_a_split_depends_on_rows_and_seed_and_not_on_their_order() -> None:
    shares = {"train": 0.8, "test": 0.2}
    rows = examples(300)
    assert corpus.split(rows[::-1], shares, seed=1) == corpus.split(rows, shares, seed=1)
    assert corpus.split(rows, shares, seed=2) != corpus.split(rows, shares, seed=1)


def test_a_row_may_be_pinned_to_a_part() -> None:
    pinned = Example("x", "Pinned.", Certainty.CERTAIN, Stance.ASSERTED, extra={"part": "test"})
    assert pinned in corpus.split([*examples(50), pinned], {"train": 0.8, "test": 0.2}, seed=1)["test"]
    with pytest.raises(CorpusError, match="pinned to"):
        corpus.split([pinned], {"train": 1.0}, seed=1)


def test_adding_pinned_rows_moves_no_other_row() -> None:
    shares = {"train": 0.8, "test": 0.2}
    later = [
        replace(example, id=f"later-{example.id}", group=None, extra={"part": "train"}) for example in examples(40)
    ]
    before, after = (corpus.split(rows, shares, seed=1)["test"] for rows in (examples(50), [*examples(50), *later]))
    assert after == before


def test_a_broken_row_never_reads_as_json_of_another_kind(corpus_file: Write) -> None:
    path = corpus_file(json.dumps(GOOD).encode() + json.dumps(GOOD).encode())
    assert "broken JSON" in str(corpus.check([path])[0])


@pytest.mark.parametrize("command", ["", "check", "stats", "correct", "split"])
def test_the_example_of_each_help_page_runs_in_a_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    page = CliRunner().invoke(app, [*command.split(), "--help"]).output
    assert "Exit codes: 0" in page
    (example,) = re.findall(r"Example: hedgerow corpus (.+)", page)
    ran = CliRunner().invoke(app, example.split())
    assert ran.exit_code == 0, ran.output


def test_check_counts_the_errors(corpus_file: Write) -> None:
    path = corpus_file(GOOD | {"stance": "said"})
    ran = CliRunner().invoke(app, ["check", str(path)])
    assert ran.exit_code == 1
    assert f"hedgerow: 1 error in {path}" in ran.stderr


def test_a_number_of_cues_below_zero_is_rejected(corpus_file: Write) -> None:
    path = corpus_file(GOOD)
    ran = CliRunner().invoke(app, ["stats", str(path), "--cues", "-1"])
    assert ran.exit_code == 2
    assert "--cues" in ran.output
