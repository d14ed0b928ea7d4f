"""Stand-off corrections: labels land on the row they were given for, or nothing is written."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hedgerow import CorpusError, corpus
from hedgerow.cli.app import app

ROOT = Path(__file__).parents[1]
Write = Callable[..., Path]
ROW = {"id": "a", "text": "He “may” go.", "certainty": "certain", "stance": "asserted", "spans": []}
MAY = {"start": 4, "end": 7, "type": "modal", "text": "may"}
DIGEST = sha256(ROW["text"].encode()).hexdigest()  # type: ignore[attr-defined]


def test_a_correction_changes_the_labels_it_names_and_nothing_else(corpus_file: Write, tmp_path: Path) -> None:
    rows = corpus_file(ROW, {**ROW, "id": "b", "text": "She left."})
    corrections = corpus_file({"id": "a", "sha256": DIGEST, "certainty": "possible"}, name="corrections.jsonl")
    ran = CliRunner().invoke(app, ["corpus", "correct", str(rows), str(corrections), "--out", str(tmp_path / "new")])
    assert ran.exit_code == 0, ran.output
    assert "2 rows, 1 with other labels" in ran.output
    before, after = ([json.loads(line) for line in path.read_text().splitlines()] for path in (rows, tmp_path / "new"))
    assert after == [{**before[0], "certainty": "possible"}, before[1]]


def test_a_correction_replaces_all_spans_of_its_row(corpus_file: Write) -> None:
    row = ROW | {"spans": [{"start": 0, "end": 2, "type": "source_unnamed", "text": "He"}]}
    line = {"id": "a", "sha256": DIGEST, "spans": [MAY], "was": {"spans": row["spans"]}}
    corrections = corpus_file(line, name="corrections.jsonl")
    (once,) = corpus.correct(corpus.load([corpus_file(row)]), corrections)
    assert once.to_dict() == ROW | {"spans": [MAY]}
    assert corpus.correct([once], corrections) == [once]
    (none,) = corpus.correct([once], corpus_file({"id": "a", "sha256": DIGEST, "spans": []}, name="none.jsonl"))
    assert none.to_dict() == ROW


def test_nothing_is_written_if_a_correction_does_not_fit(corpus_file: Write, tmp_path: Path) -> None:
    lines = [{"id": "a", "sha256": DIGEST, "spans": spans} for spans in ([MAY], [MAY | {"text": "might"}])]
    corrections = corpus_file(*lines, name="corrections.jsonl")
    command = ["corpus", "correct", str(corpus_file(ROW)), str(corrections), "--out", str(tmp_path / "new")]
    ran = CliRunner().invoke(app, command)
    assert isinstance(ran.exception, CorpusError)
    assert "corrections.jsonl:2: row 'a' span 4..7 'might'" in str(ran.exception)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"id": "c", "sha256": DIGEST}, "corrections.jsonl:1: no row has the id 'c'"),
        ({"id": "a", "sha256": "0" * 64}, "corrections.jsonl:1: row 'a' has another text"),
        ({"id": "a", "sha256": DIGEST, "stance": "denied"}, "corrections.jsonl:1: stance 'denied'"),
        ({"id": "a", "sha256": DIGEST, "mood": "dry"}, "corrections.jsonl:1: no row has the field 'mood'"),
        (
            {"id": "a", "sha256": DIGEST, "certainty": "possible", "was": {"certainty": "probable"}},
            "corrections.jsonl:1: row 'a' has the certainty 'certain', and the correction replaces 'probable'",
        ),
        (
            {"id": "a", "sha256": DIGEST, "spans": [MAY], "was": {"spans": [MAY | {"type": "booster"}]}},
            "row 'a' has the spans [], and the correction replaces 4..7 'may' (booster); leave this correction out",
        ),
        (
            {"id": "a", "sha256": DIGEST, "spans": [MAY | {"end": 8}]},
            "corrections.jsonl:1: row 'a' span 4..8 'may' does not match the text, which has 'may”' there; "
            "'may' is at 4..7",
        ),
        ({"id": "a", "sha256": DIGEST, "spans": [MAY | {"end": 80}]}, "is outside the text of 12 characters"),
        ({"id": "a", "sha256": DIGEST, "spans": [MAY, MAY]}, "'may' occurs twice; keep one of the two"),
        ({"id": "a", "sha256": DIGEST, "spans": [MAY | {"type": "mood"}]}, "corrections.jsonl:1: spans.0.type 'mood'"),
        ({"id": "a", "sha256": DIGEST, "spans": [{"start": 4}]}, "corrections.jsonl:1: spans.0.end"),
        ({"id": "a", "sha256": DIGEST, "spans": [MAY | {"start": "4"}]}, "spans.0.start '4'"),
        (b"{", "corrections.jsonl:1: broken JSON"),
    ],
)
def test_a_correction_that_does_not_fit_is_rejected(corpus_file: Write, line: object, message: str) -> None:
    examples = corpus.load([corpus_file(ROW)])
    with pytest.raises(CorpusError) as error:
        corpus.correct(examples, corpus_file(line, name="corrections.jsonl"))
    assert message in str(error.value)


def test_a_missing_file_of_corrections_is_rejected(corpus_file: Write, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="No such file"):
        corpus.correct(corpus.load([corpus_file(ROW)]), tmp_path / "none.jsonl")


def test_a_correction_may_name_the_old_label_and_may_be_applied_twice(corpus_file: Write) -> None:
    line = {"id": "a", "sha256": DIGEST, "certainty": "possible", "was": {"certainty": "certain"}, "reason": "may"}
    corrections = corpus_file(line, name="corrections.jsonl")
    once = corpus.correct(corpus.load([corpus_file(ROW)]), corrections)
    assert [str(example.certainty) for example in once] == ["possible"]
    assert corpus.correct(once, corrections) == once


def test_partial_skips_corrections_of_rows_in_other_files(corpus_file: Write, tmp_path: Path) -> None:
    rows = corpus_file(ROW)
    lines = [{"id": "a", "sha256": DIGEST, "certainty": "possible"}, {"id": "c", "sha256": DIGEST}]
    corrections = corpus_file(*lines, name="corrections.jsonl")
    command = ["corpus", "correct", str(rows), str(corrections), "--out", str(tmp_path / "new")]
    assert isinstance(CliRunner().invoke(app, command).exception, CorpusError)
    ran = CliRunner().invoke(app, [*command, "--partial"])
    assert "1 rows, 1 with other labels" in ran.output


@pytest.mark.parametrize("name", ["bundled", "codebook2"])
def test_the_bundled_corpus_has_its_corrections_and_the_datasheet_counts_them(name: str) -> None:
    parts = [ROOT / "data" / "corpus" / f"{part}.jsonl" for part in ("train", "dev", "test")]
    corrections = ROOT / "data" / "corrections" / f"{name}.jsonl"
    rows = corpus.load(parts)
    assert corpus.correct(rows, corrections) == rows
    count = len(corrections.read_text("utf-8").splitlines())
    sheet = (ROOT / "data" / "README.md").read_text("utf-8").replace("\n", " ")
    assert f"`corrections/{name}.jsonl` has other labels for {count} sentences" in sheet
