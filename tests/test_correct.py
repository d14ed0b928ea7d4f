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
DIGEST = sha256(ROW["text"].encode()).hexdigest()  # type: ignore[attr-defined]


def test_a_correction_changes_the_labels_it_names_and_nothing_else(corpus_file: Write, tmp_path: Path) -> None:
    rows = corpus_file(ROW, {**ROW, "id": "b", "text": "She left."})
    corrections = corpus_file({"id": "a", "sha256": DIGEST, "certainty": "possible"}, name="corrections.jsonl")
    ran = CliRunner().invoke(app, ["corpus", "correct", str(rows), str(corrections), "--out", str(tmp_path / "new")])
    assert ran.exit_code == 0, ran.output
    assert "2 rows, 1 with other labels" in ran.output
    before, after = ([json.loads(line) for line in path.read_text().splitlines()] for path in (rows, tmp_path / "new"))
    assert after == [{**before[0], "certainty": "possible"}, before[1]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"id": "c", "sha256": DIGEST}, "corrections.jsonl:1: no row has the id 'c'"),
        ({"id": "a", "sha256": "0" * 64}, "corrections.jsonl:1: row 'a' has another text"),
        ({"id": "a", "sha256": DIGEST, "stance": "denied"}, "corrections.jsonl:1: stance 'denied'"),
        ({"id": "a", "sha256": DIGEST, "mood": "dry"}, "corrections.jsonl:1: mood 'dry'"),
        (
            {"id": "a", "sha256": DIGEST, "certainty": "possible", "was": {"certainty": "probable"}},
            "corrections.jsonl:1: row 'a' has the certainty 'certain', and the correction replaces 'probable'",
        ),
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


def test_the_corrections_of_the_bundled_corpus_fit_its_rows_and_the_datasheet_counts_them() -> None:
    parts = [ROOT / "data" / "corpus" / f"{part}.jsonl" for part in ("train", "dev", "test")]
    corrections = ROOT / "data" / "corrections" / "bundled.jsonl"
    corpus.correct(corpus.load(parts), corrections)
    count = len(corrections.read_text("utf-8").splitlines())
    assert f"`corrections/bundled.jsonl` has other labels for {count} sentences" in (
        ROOT / "data" / "README.md"
    ).read_text("utf-8").replace("\n", " ")
