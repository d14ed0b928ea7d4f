"""Calibration: bins of equal mass, calibration error, Brier score, and accuracy when abstaining.

The confidence is the score of the predicted label, 0..1. The expected calibration error is over bins of equal mass
(Nixon et al. 2019). Every figure is a ratio of sums, so its interval comes from the same bootstrap of whole groups as
all others. A gap has no sign, so noise makes the calibration error larger: the draws are moved back to the measured
value, and `by_chance` is the error that perfect scores would show on as few sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.labels import Example
from hedgerow.metrics import measures
from hedgerow.metrics.labelled import gold_label, labelled_pairs, labels_of, predicted_label
from hedgerow.metrics.measures import Floats, Ints
from hedgerow.results import Prediction

BINS = 15
KEPT = tuple(level / 20 for level in range(20, 1, -1))  # of the sentences: all, 95 %, ... 10 %
Bools = NDArray[np.bool_]


def equal_mass_bins(confidence: Floats, bins: int = BINS) -> Ints:
    """Return the bin of each score, 0 for the lowest; sizes differ by at most one, and no bin is empty."""
    bin_of = np.empty(len(confidence), dtype=np.int64)
    order = np.argsort(confidence, kind="stable")
    for number, part in enumerate(np.array_split(order, min(bins, len(order)))):
        bin_of[part] = number
    return bin_of


def bin_sums(confidence: Floats, right: Bools, groups: Sequence[str], bins: int = BINS) -> Floats:
    """Return (groups, bins, 3): the number of scores in a bin, their sum, and the number of right labels."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    bin_of = equal_mass_bins(confidence, bins)
    sums = np.zeros((len(names), bin_of.max() + 1, 3))
    np.add.at(sums, (group, bin_of), np.stack([np.ones(len(bin_of)), confidence, right], axis=-1))
    return sums


def calibration_error(sums: Floats) -> Floats:
    """Return the expected calibration error, the mean gap of score and accuracy, of (..., bins, 3) `bin_sums`."""
    return measures.ratio(np.abs(sums[..., 1] - sums[..., 2]).sum(axis=-1), sums[..., 0].sum(axis=-1))


def confidence_scores(
    gold: Sequence[Example], predicted: Sequence[Prediction], axis: str, *, seed: int
) -> dict[str, Any]:
    """Return the calibration error and its bins, the Brier score (1950; 0 best, 2 worst), and accuracy by coverage."""
    gold, predicted = labelled_pairs(gold, predicted, axis)
    probs, gold_index = _probabilities(gold, predicted, axis)
    confidence, right = _confidence(gold, predicted, axis)
    groups = [example.group_key for example in gold]
    sums = bin_sums(confidence, right, groups)
    squares = ((probs - np.eye(probs.shape[1])[gold_index]) ** 2).sum(axis=1)
    return {
        "ece": _error(sums, confidence, seed),
        "brier": measures.interval(measures.sums_by_group(squares, groups), measures.mean, seed=seed)[0].to_dict(),
        "bins": _bins(sums, seed),
        "coverage": coverage(confidence, right, groups, seed=seed),
    }


def calibration_score(
    gold: Sequence[Example], predicted: Sequence[Prediction], axis: str, *, seed: int
) -> dict[str, float]:
    """Return the calibration error with its interval, and `by_chance`, the error of perfect scores."""
    gold, predicted = labelled_pairs(gold, predicted, axis)
    confidence, right = _confidence(gold, predicted, axis)
    return _error(bin_sums(confidence, right, [example.group_key for example in gold]), confidence, seed)


def _confidence(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> tuple[Floats, Bools]:
    """Return the score of each predicted label, and whether the label is right: (sentences,) each."""
    labels = [predicted_label(prediction, axis) for prediction in predicted]
    scores = [prediction.scores(axis)[label] for prediction, label in zip(predicted, labels, strict=True)]
    right = [gold_label(example, axis) == label for example, label in zip(gold, labels, strict=True)]
    return np.array(scores, dtype=np.float64), np.array(right)


def _error(sums: Floats, confidence: Floats, seed: int) -> dict[str, float]:
    return _centred(sums, seed) | {"by_chance": round(error_by_chance(confidence, seed=seed), 4)}


def error_by_chance(confidence: Floats, *, seed: int, draws: int = 200) -> float:
    """Return the mean calibration error of perfect scores: each label is right as often as its score."""
    bin_of = equal_mass_bins(confidence)
    right = np.random.default_rng(seed).random((draws, len(confidence))) < confidence
    gaps = [np.abs((right[:, bin_of == number] - confidence[bin_of == number]).sum(axis=1)) for number in set(bin_of)]
    return float(np.mean(sum(gaps) / len(confidence)))


def coverage(confidence: Floats, right: Bools, groups: Sequence[str], *, seed: int) -> list[dict[str, Any]]:
    """Return the accuracy of the labels that are kept if those below a score are left empty, from all to a tenth.

    There is one row per threshold. Equal scores are kept or left together, so more may be kept than was asked for.
    """
    falling = np.sort(confidence)[::-1]
    thresholds = {falling[max(0, int(np.ceil(level * len(falling))) - 1)] for level in KEPT}
    rows = []
    for threshold in sorted(thresholds):
        kept = confidence >= threshold
        sums = measures.sums_by_group(right[kept], [group for group, keep in zip(groups, kept, strict=True) if keep])
        (accuracy,) = measures.interval(sums, measures.mean, seed=seed)
        row = {"threshold": round(float(threshold), 4), "kept": round(float(kept.mean()), 4), "n": int(kept.sum())}
        rows.append(row | {"accuracy": accuracy.to_dict()})
    return rows


def _probabilities(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> tuple[Floats, Ints]:
    """Return the scores (sentences, labels) and the index of the gold labels (sentences,)."""
    labels = labels_of(gold, predicted, axis)
    scores = [prediction.scores(axis) for prediction in predicted]
    gold_index = np.array([labels.index(gold_label(example, axis)) for example in gold])
    return np.array([[row.get(label, 0.0) for label in labels] for row in scores]), gold_index


def _centred(sums: Floats, seed: int) -> dict[str, float]:
    """Return the calibration error with the interval of its draws, moved so that their mean is the error."""
    value = float(calibration_error(sums.sum(axis=0)))
    drawn = calibration_error(measures.bootstrap(sums, seed=seed))
    low, high = np.percentile(drawn - (drawn.mean() - value), [2.5, 97.5])
    return measures.Score(value, max(0.0, float(low)), float(high)).to_dict()


def _bins(sums: Floats, seed: int) -> list[dict[str, Any]]:
    total = sums.sum(axis=0)
    accuracies = measures.interval(sums, lambda drawn: measures.ratio(drawn[..., 2], drawn[..., 0]), seed=seed)
    return [
        {"n": int(n), "score": round(float(scores / n), 4), "accuracy": accuracy.to_dict()}
        for (n, scores, _), accuracy in zip(total, accuracies, strict=True)
    ]
