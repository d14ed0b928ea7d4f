"""Calibrate scores: fit one temperature per head, so that a score is how often the label is right.

Temperature scaling (Guo et al. 2017) divides the logits of a head by one number, fitted by negative log-likelihood on
text that the network did not learn from. Labels do not change. The expected calibration error is computed over bins of
equal mass (Nixon et al. 2019): the mean gap between the score of the predicted label and how often it is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.metrics import confidence
from hedgerow.metrics.confidence import BINS
from hedgerow.predictors.softmax import softmax

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]


def probabilities(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return the softmax of logits / temperature, (sentences, labels)."""
    return softmax(logits.astype(np.float64) / temperature)


def negative_log_likelihood(probs: Floats, gold: Ints) -> float:
    """Return the mean of -ln p(gold), in nats per sentence."""
    return float(-np.log(np.clip(probs[np.arange(len(gold)), gold], 1e-12, None)).mean())


def calibration_error(probs: Floats, gold: Ints, *, bins: int = BINS) -> float:
    """Return the expected calibration error, 0..1, of the label with the highest score, over `bins` of equal mass."""
    correct = probs.argmax(axis=1) == gold
    one_group = ["all"] * len(gold)
    return float(confidence.calibration_error(confidence.bin_sums(probs.max(axis=1), correct, one_group, bins))[0])


def fit_temperature(logits: Floats, gold: Ints) -> float:
    """Return the temperature, 0.2 to 10, with the least negative log-likelihood on `gold`."""
    from scipy.optimize import minimize_scalar

    def cost(log_temperature: float) -> float:
        return negative_log_likelihood(probabilities(logits, float(np.exp(log_temperature))), gold)

    fit = minimize_scalar(cost, bounds=(np.log(0.2), np.log(10)), method="bounded")
    return float(np.exp(fit.x))


def cross_fitted(
    logits: Floats, gold: Ints, groups: Sequence[str], *, folds: int = 5, seed: int = 13
) -> dict[str, Any]:
    """Return the calibration before and after, as JSON: calibration error and negative log-likelihood.

    The temperature of each fold is fitted on the others, in whole groups, so that nothing is measured where it was
    fitted. The `temperature` returned is fitted on all rows; it is the one to use.
    """
    fold = deal_folds(groups, folds, seed)
    before = probabilities(logits)
    after = np.empty_like(logits, dtype=np.float64)
    for number in range(folds):
        held_out = fold == number
        after[held_out] = probabilities(logits[held_out], fit_temperature(logits[~held_out], gold[~held_out]))

    def both(score: Callable[[Floats, Ints], float]) -> dict[str, float]:
        return {"before": round(score(before, gold), 4), "after": round(score(after, gold), 4)}

    return {
        "temperature": round(fit_temperature(logits, gold), 4),
        "sentences": len(gold),
        "ece": both(calibration_error),
        "nll": both(negative_log_likelihood),
    }


def deal_folds(groups: Sequence[str], folds: int, seed: int) -> Ints:
    """Return the fold of each row. Groups are dealt to folds in an order drawn by `seed`."""
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = {name: int(place) % folds for name, place in zip(names, order, strict=True)}
    return np.array([fold_of[group] for group in groups])
