"""Scores of a teacher without its text."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import hedgerow
from hedgerow.labels import Certainty
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
    assert b"rain" not in out.read_bytes()


def test_a_row_without_a_text_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "texts.jsonl").write_text('{"id": "a"}\n')
    out = tmp_path / "scores.npz"
    assert teacher_scores.main(["linear", "--texts", str(tmp_path / "texts.jsonl"), "--out", str(out)]) == 2
    assert "texts.jsonl:1: no 'text' and 'id'" in capsys.readouterr().err
    assert not out.exists()
