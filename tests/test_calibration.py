"""Calibration against worked examples."""

import numpy as np
import pytest

from hedgerow.training.network.calibration import (
    calibration_error,
    cross_fitted,
    fit_temperature,
    negative_log_likelihood,
    probabilities,
)

pytestmark = pytest.mark.slow


def test_probabilities_are_a_softmax_and_temperature_flattens_them() -> None:
    logits = np.log(np.array([[0.8, 0.2], [0.5, 0.5]]))
    assert probabilities(logits) == pytest.approx(np.array([[0.8, 0.2], [0.5, 0.5]]))
    assert probabilities(logits, 1e6) == pytest.approx(np.full((2, 2), 0.5), abs=1e-5)


def test_negative_log_likelihood_by_hand() -> None:
    probs = np.array([[0.8, 0.2], [0.5, 0.5]])
    assert negative_log_likelihood(probs, np.array([0, 1])) == pytest.approx(-(np.log(0.8) + np.log(0.5)) / 2)


def test_calibration_error_by_hand() -> None:
    # Two bins: scores .6 of which half is right, scores .9 of which all is.
    probs = np.array([[0.6, 0.4], [0.6, 0.4], [0.9, 0.1], [0.9, 0.1]])
    assert calibration_error(probs, np.array([0, 1, 0, 0]), bins=2) == pytest.approx((0.1 + 0.1) / 2)


def test_a_known_temperature_is_recovered() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(20_000, 4)) * 2
    probs = probabilities(logits)
    gold = np.array([rng.choice(4, p=row) for row in probs])
    assert fit_temperature(logits * 3, gold) == pytest.approx(3, rel=0.05)
    report = cross_fitted(logits * 3, gold, [str(at) for at in range(len(gold))])
    assert report["temperature"] == pytest.approx(3, rel=0.05)
    assert report["ece"]["after"] < 0.02 < report["ece"]["before"]
    assert report["nll"]["after"] < report["nll"]["before"]
