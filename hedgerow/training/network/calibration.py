"""Calibration: how far a score can be taken at its word, and the one number that brings it closer.

Temperature scaling (Guo et al. 2017) divides the logits of a head by one number, fitted by negative log-likelihood on
text the network did not learn from. Labels do not change. Expected calibration error is over bins of equal mass (Nixon
et al. 2019): the mean gap between the score of the label given and how often it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.metrics import confidence
from hedgerow.metrics.confidence import BINS

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]


def probabilities(logits: Floats, temperature: float = 1.0) -> Floats:
    """Softmax of logits / temperature, (sentences, labels)."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def negative_log_likelihood(chances: Floats, gold: Ints) -> float:
    """Mean of -ln p(gold), in nats a sentence."""
    return float(-np.log(np.clip(chances[np.arange(len(gold)), gold], 1e-12, None)).mean())


def calibration_error(chances: Floats, gold: Ints, *, bins: int = BINS) -> float:
    """Expected calibration error of the label with the highest score, over `bins` of equal mass, 0..1."""
    right = chances.argmax(axis=1) == gold
    everyone = ["all"] * len(gold)
    return float(confidence.calibration_error(confidence.bin_sums(chances.max(axis=1), right, everyone, bins))[0])


def fit_temperature(logits: Floats, gold: Ints) -> float:
    """The temperature, 0.2 to 10, with the least negative log-likelihood on `gold`."""
    from scipy.optimize import minimize_scalar

    def cost(log_temperature: float) -> float:
        return negative_log_likelihood(probabilities(logits, float(np.exp(log_temperature))), gold)

    found = minimize_scalar(cost, bounds=(np.log(0.2), np.log(10)), method="bounded")
    return float(np.exp(found.x))


def cross_fitted(
    logits: Floats, gold: Ints, groups: Sequence[str], *, folds: int = 5, seed: int = 13
) -> dict[str, Any]:
    """Calibration before and after, the temperature of each fold fitted on the others, groups kept whole.

    So it is not measured where it was fitted. Gives ECE and negative log-likelihood before and after, and the
    temperature fitted on everything, which is the one to ship.
    """
    names = sorted(set(groups))
    drawn = np.random.default_rng(seed).permutation(len(names))
    fold_of = {name: int(place) % folds for name, place in zip(names, drawn, strict=True)}
    fold = np.array([fold_of[group] for group in groups])
    after = np.empty_like(logits, dtype=np.float64)
    for number in range(folds):
        here = fold == number
        after[here] = probabilities(logits[here], fit_temperature(logits[~here], gold[~here]))
    before = probabilities(logits)
    return {
        "temperature": round(fit_temperature(logits, gold), 4),
        "sentences": len(gold),
        "ece": {"before": round(calibration_error(before, gold), 4), "after": round(calibration_error(after, gold), 4)},
        "nll": {
            "before": round(negative_log_likelihood(before, gold), 4),
            "after": round(negative_log_likelihood(after, gold), 4),
        },
    }
