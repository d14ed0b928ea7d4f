"""How far a score can be taken at its word: bins of equal mass, calibration error, Brier score, abstaining.

The score is that of the label given, 0..1. Expected calibration error is over bins of equal mass (Nixon et al. 2019).
Every figure is a ratio of sums, so its interval comes from the bootstrap of whole groups as all others do. A gap has no
sign, so noise makes the calibration error larger: that of the draws is moved back to what was measured, and what scores
without fault would show on as few sentences stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.labels import AXES, Example, Prediction
from hedgerow.metrics import measures
from hedgerow.metrics.measures import Floats, Ints

BINS = 15
LEVELS = tuple(level / 20 for level in range(20, 1, -1))  # shares of the sentences kept: all, 95 %, ... 10 %
Rights = NDArray[np.bool_]


def equal_mass_bins(confidence: Floats, bins: int = BINS) -> Ints:
    """The bin of each score, 0 for the lowest: as many scores in each, but for one; fewer bins than scores."""
    place = np.empty(len(confidence), dtype=np.int64)
    order = np.argsort(confidence, kind="stable")
    for number, part in enumerate(np.array_split(order, min(bins, len(order)))):
        place[part] = number
    return place


def bin_sums(confidence: Floats, right: Rights, groups: Sequence[str], bins: int = BINS) -> Floats:
    """(groups, bins, 3): how many scores fall into a bin, their sum, and how many are of right labels."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    place = equal_mass_bins(confidence, bins)
    sums = np.zeros((len(names), place.max() + 1, 3))
    np.add.at(sums, (group, place), np.stack([np.ones(len(place)), confidence, right], axis=-1))
    return sums


def calibration_error(sums: Floats) -> Floats:
    """Expected calibration error of (..., bins, 3) as `bin_sums` gives them: the mean gap of score and accuracy."""
    return measures.ratio(np.abs(sums[..., 1] - sums[..., 2]).sum(axis=-1), sums[..., 0].sum(axis=-1))


def confidence_scores(
    gold: Sequence[Example], predicted: Sequence[Prediction], axis: str, *, seed: int
) -> dict[str, Any]:
    """Calibration error, Brier score (1950: 0 is best, 2 worst), the bins they come from, and what abstaining gives."""
    chances, truth = _chances(gold, predicted, axis)
    said = np.array([list(AXES[axis]).index(getattr(prediction, axis)) for prediction in predicted])
    confidence = chances[np.arange(len(said)), said]
    right = said == truth
    groups = [example.group_key for example in gold]
    sums = bin_sums(confidence, right, groups)
    squares = ((chances - np.eye(chances.shape[1])[truth]) ** 2).sum(axis=1)
    return {
        "ece": _centred(sums, seed) | {"by chance": round(error_by_chance(confidence, seed=seed), 4)},
        "brier": measures.interval(measures.sums_by_group(squares, groups), measures.mean, seed=seed)[0].to_dict(),
        "bins": _bins(sums, seed),
        "coverage": coverage(confidence, right, groups, seed=seed),
    }


def error_by_chance(confidence: Floats, *, seed: int, draws: int = 200) -> float:
    """The calibration error that perfect scores would show on average: each label is right as often as its score."""
    place = equal_mass_bins(confidence)
    right = np.random.default_rng(seed).random((draws, len(confidence))) < confidence
    gaps = [np.abs((right[:, place == number] - confidence[place == number]).sum(axis=1)) for number in set(place)]
    return float(np.mean(sum(gaps) / len(confidence)))


def coverage(confidence: Floats, right: Rights, groups: Sequence[str], *, seed: int) -> list[dict[str, Any]]:
    """Accuracy among the labels kept when those under a score are left empty, from all kept to a tenth.

    A row a threshold: scores that are equal are kept or left together, so the share kept may be more than was asked.
    """
    falling = np.sort(confidence)[::-1]
    wanted = [falling[max(0, int(np.ceil(level * len(falling))) - 1)] for level in LEVELS]
    rows = []
    for threshold in sorted(set(wanted)):
        kept = confidence >= threshold
        sums = measures.sums_by_group(right[kept], [unit for unit, keep in zip(groups, kept, strict=True) if keep])
        accuracy = measures.interval(sums, measures.mean, seed=seed)[0].to_dict()
        share = round(float(kept.mean()), 4)
        rows.append(
            {"threshold": round(float(threshold), 4), "kept": share, "n": int(kept.sum()), "accuracy": accuracy}
        )
    return rows


def _chances(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> tuple[Floats, Ints]:
    """Scores (sentences, labels) and the places of the gold labels (sentences,)."""
    labels = list(AXES[axis])
    scores = [getattr(prediction, f"{axis}_scores") for prediction in predicted]
    truth = np.array([labels.index(getattr(example, axis)) for example in gold])
    return np.array([[row.get(label, 0.0) for label in labels] for row in scores]), truth


def _centred(sums: Floats, seed: int) -> dict[str, float]:
    """The calibration error; its interval is that of the draws, less what drawing alone adds to their mean."""
    value = float(calibration_error(sums.sum(axis=0)))
    drawn = calibration_error(measures.bootstrap(sums, seed=seed))
    low, high = np.percentile(drawn - (drawn.mean() - value), [2.5, 97.5])
    return measures.Score(value, max(0.0, float(low)), float(high)).to_dict()


def _bins(sums: Floats, seed: int) -> list[dict[str, Any]]:
    total = sums.sum(axis=0)
    found = measures.interval(sums, lambda drawn: measures.ratio(drawn[..., 2], drawn[..., 0]), seed=seed)
    return [
        {"n": int(n), "score": round(float(scores / n), 4), "accuracy": accuracy.to_dict()}
        for (n, scores, _), accuracy in zip(total, found, strict=True)
    ]
