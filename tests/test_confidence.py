"""Calibration, Brier score and abstaining, by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from hedgerow.labels import Certainty, Example, Stance
from hedgerow.metrics.confidence import bin_sums, calibration_error, confidence_scores, coverage, error_by_chance
from hedgerow.results import Prediction


def test_the_brier_score_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    chances = rng.dirichlet(np.ones(4), 50)
    labels = list(Certainty)
    truth = rng.integers(0, 4, 50)
    gold = [Example(str(at), "Hm.", labels[place], Stance.ASSERTED) for at, place in enumerate(truth)]
    predicted = [
        Prediction("Hm.", labels[int(row.argmax())], Stance.ASSERTED, dict(zip(labels, row.tolist(), strict=True)), {})
        for row in chances
    ]
    scores = confidence_scores(gold, predicted, "certainty", seed=1)
    theirs = brier_score_loss(truth, chances, labels=range(4), scale_by_half=False)
    assert scores["brier"]["value"] == pytest.approx(theirs, abs=1e-4)
    assert scores["brier"]["low"] < scores["brier"]["value"] < scores["brier"]["high"]
    assert scores["ece"]["low"] <= scores["ece"]["value"] <= scores["ece"]["high"]
    assert [row["n"] for row in scores["bins"]] == [4] * 5 + [3] * 10


def test_calibration_error_by_hand() -> None:
    # Two bins: scores .6 of which half is right, scores .9 of which all is.
    sums = bin_sums(np.array([0.6, 0.9, 0.6, 0.9]), np.array([True, True, False, True]), ["g", "h", "g", "g"], bins=2)
    assert sums.sum(axis=0) == pytest.approx(np.array([[2, 1.2, 1], [2, 1.8, 2]]))
    assert float(calibration_error(sums.sum(axis=0))) == pytest.approx((0.1 + 0.1) / 2)


def test_perfect_scores_have_a_calibration_error_by_chance_that_falls_with_their_number() -> None:
    few, many = (error_by_chance(np.full(n, 0.5), seed=1) for n in (15, 1500))
    assert few == pytest.approx(0.5, abs=1e-9)  # one score a bin: the gap is .5, right or wrong
    assert many == pytest.approx(0.5 * (2 / np.pi / 100) ** 0.5, rel=0.1)  # 100 a bin: the mean gap of a binomial


def test_abstaining_below_a_score_keeps_the_better_labels() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1])
    right = scores > 0.55
    rows = coverage(scores, right, [str(at) for at in range(10)], seed=1)
    assert [(row["threshold"], row["kept"]) for row in rows[:2]] == [(0.1, 1.0), (0.2, 0.9)]
    assert (0.5, 0.6) in [(row["threshold"], row["kept"]) for row in rows]  # two of the same score stay together
    assert [row["accuracy"]["value"] for row in rows][:: len(rows) - 1] == [0.4, 1.0]


def test_a_model_that_is_always_sure_has_one_threshold() -> None:
    rows = coverage(np.ones(5), np.array([True, True, False, True, True]), list("abcde"), seed=1)
    assert [(row["kept"], row["n"], row["accuracy"]["value"]) for row in rows] == [(1.0, 5, 0.8)]
