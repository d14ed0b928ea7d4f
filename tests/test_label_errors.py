"""Label errors: confident learning by a worked example, folds that keep groups whole, a planted error found."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evaluation.label_errors import main
from hedgerow import CorpusError
from hedgerow.corpus import load
from hedgerow.metrics.confident_learning import Suspect, confident_joint, find_suspects, thresholds
from hedgerow.report import Report
from hedgerow.training.folds import out_of_fold
from hedgerow.training.recipe import LinearRecipe, read_recipe
from tests.html_elements import elements

Write = Callable[..., Path]
WORDS = [
    ("It {} on Monday.", "certain", "asserted"),
    ("It may {} soon.", "possible", "asserted"),
    ("It will probably {}.", "probable", "asserted"),
    ("Will it {}?", "uncommitted", "asserted"),
    ("She said it {}.", "certain", "attributed"),
    ("The study found that it {}.", "certain", "endorsed"),
    ("It reportedly {}.", "probable", "distanced"),
    ("He denied that it {}.", "certain", "disputed"),
]


def corpus_rows() -> list[dict[str, object]]:
    """Sixty-four sentences, eight a pattern; each verb is a group. One has a label that is plainly not its own."""
    verbs = ["opened", "closed", "fell", "rose", "broke", "sank", "burned", "grew"]
    rows: list[dict[str, object]] = [
        {
            "id": f"{verb}-{at}",
            "group": verb,
            "text": form.format(verb),
            "certainty": certainty,
            "stance": stance,
        }
        for verb in verbs
        for at, (form, certainty, stance) in enumerate(WORDS)
    ]
    wrong = next(row for row in rows if row["id"] == "fell-1")
    wrong["certainty"] = "certain"
    return rows


def test_thresholds_joint_and_suspects_are_those_of_a_worked_example() -> None:
    # Northcutt et al. 2021, section 3.1: thresholds are mean self-confidences, here .8 of label 0 and .55 of label 1.
    given = np.array([0, 0, 1, 1])
    chances = np.array([[0.9, 0.1], [0.7, 0.3], [0.85, 0.15], [0.05, 0.95]])
    assert thresholds(given, chances) == pytest.approx([0.8, 0.55])
    # Row 1 reaches no threshold and is counted nowhere; row 2 was given 1 and is confidently 0.
    assert confident_joint(given, chances).tolist() == [[1, 0], [1, 1]]
    assert find_suspects(given, chances) == [Suspect(2, 1, 0, -0.7)]


def test_a_label_that_no_row_has_makes_no_suspect() -> None:
    chances = np.array([[0.1, 0.2, 0.7], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1]])
    assert find_suspects(np.array([0, 0, 1]), chances) == []


def test_every_row_is_judged_by_a_model_that_has_not_seen_its_group(
    recipe: Path, corpus_file: Write, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hedgerow.training.folds")
    settings = read_recipe(recipe)
    assert isinstance(settings, LinearRecipe)
    chances = out_of_fold(settings, load([corpus_file(*corpus_rows())]), folds=4)
    folds = [record.getMessage() for record in caplog.records if record.name == "hedgerow.training.folds"]
    assert folds == [f"fold {n} of 4: 48 rows to train on, 16 to judge" for n in (1, 2, 3, 4)]
    for axis, labels in (("certainty", 4), ("stance", 5)):
        assert chances[axis].shape == (64, labels)
        assert chances[axis].sum(axis=1) == pytest.approx(np.ones(64))


def test_a_planted_error_comes_first(
    recipe: Path, corpus_file: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = corpus_file(*corpus_rows(), name="rows.jsonl")
    assert main([str(rows), "--recipe", str(recipe), "--folds", "4", "--out", str(tmp_path / "r")]) == 0
    ranked = [json.loads(line) for line in (tmp_path / "r" / "suspects.jsonl").read_text("utf-8").splitlines()]
    first = ranked[0]
    assert (first["rank"], first["id"], first["axis"], first["likely"]) == (1, "fell-1", "certainty", "possible")
    assert "64 rows, suspects: certainty" in capsys.readouterr().out
    page = (tmp_path / "r" / "report.md").read_text("utf-8")
    assert "| 1 | fell-1 | certainty | certain | possible |" in page
    assert "It may fell" not in page
    report = Report.read(tmp_path / "r" / "report.json")
    assert report.files == ("suspects.jsonl",)
    assert report.figures["first_suspects"] == ranked[:100]
    assert report.figures["axes"]["certainty"]["rows"] == 64
    drawn = elements((tmp_path / "r" / "report.html").read_text("utf-8"))
    assert len([one for one in drawn if one.attributes.get("class") == "cell"]) == 4 * 4 + 5 * 5


def test_a_label_with_fewer_groups_than_folds_is_rejected(recipe: Path, corpus_file: Write) -> None:
    settings = read_recipe(recipe)
    assert isinstance(settings, LinearRecipe)
    with pytest.raises(CorpusError, match="certainty 'certain' is in 8 groups, too few for 9 folds"):
        out_of_fold(settings, load([corpus_file(*corpus_rows())]), folds=9)
