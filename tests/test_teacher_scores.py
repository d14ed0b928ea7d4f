"""Scores of a teacher without its text."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import hedgerow
from hedgerow import RecipeError
from hedgerow.labels import AXES, Certainty
from hedgerow.predictors.softmax import softmax
from hedgerow.training.network.score_file import read_scores, write_scores
from scripts import teacher_scores


def test_scores_are_kept_by_id_and_hash_and_hold_no_text(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": "It may rain."}, {"id": "b", "text": "It rained."}, {"id": "c", "text": "It may rain."}]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = tmp_path / "scores" / "linear.npz"
    assert teacher_scores.main(["linear", "--texts", str(tmp_path / "texts.jsonl"), "--out", str(out)]) == 0
    with np.load(out, allow_pickle=False) as scores:
        assert str(scores["ids"]).split("\n") == ["c", "b"]
        assert bytes(scores["hashes"][1]) == hashlib.sha256(b"It rained.").digest()[:8]
        expected = hedgerow.load("linear")("It rained.").certainty_scores
        assert scores["certainty"][1] / 255 == pytest.approx([expected[label] for label in Certainty], abs=0.002)
        assert scores["stance"].shape == (2, 5)
        assert scores["stance_temperature"] == 1
    assert b"rain" not in out.read_bytes()


def test_scores_are_found_by_text_and_rescaled_to_the_temperature_of_the_student(tmp_path: Path) -> None:
    logits = {axis: np.array([[2.0, 1.0] + [0.0] * (len(labels) - 2)]) for axis, labels in AXES.items()}
    file = tmp_path / "scores.npz"
    probs = {axis: softmax(values / 4.0) for axis, values in logits.items()}
    write_scores(file, {"It rained.": "a"}, probs, dict.fromkeys(AXES, 4.0))
    scores = read_scores(file, ["It snowed.", "It rained."], temperature=2.0)
    for axis, values in logits.items():
        assert scores[axis][1] == pytest.approx(softmax(values / 2.0)[0], abs=0.01)
        assert not scores[axis][0].any()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"not scores", "no scores of a teacher"), (b"", "no scores of a teacher"), (None, "scores none of 1 sentences")],
)
def test_a_file_without_scores_of_the_texts_is_rejected(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "scores.npz"
    if content is None:
        probs = {axis: np.full((1, len(labels)), 1 / len(labels)) for axis, labels in AXES.items()}
        write_scores(file, {"It rained.": "a"}, probs, dict.fromkeys(AXES, 1.0))
    else:
        file.write_bytes(content)
    with pytest.raises(RecipeError, match=message):
        read_scores(file, ["It snowed."], temperature=2.0)


def test_a_file_with_another_ending_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "texts.jsonl").write_text('{"id": "a", "text": "It rained."}\n')
    out = tmp_path / "scores"
    assert teacher_scores.main(["linear", "--texts", str(tmp_path / "texts.jsonl"), "--out", str(out)]) == 2
    assert "does not end in .npz" in capsys.readouterr().err
    assert not out.exists()


def test_a_row_without_a_text_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "texts.jsonl").write_text('{"id": "a"}\n')
    out = tmp_path / "scores.npz"
    assert teacher_scores.main(["linear", "--texts", str(tmp_path / "texts.jsonl"), "--out", str(out)]) == 2
    assert "texts.jsonl:1: no 'text' and 'id'" in capsys.readouterr().err
    assert not out.exists()
