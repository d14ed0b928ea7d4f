"""Scores of the ordered part of certainty: certain > probable > possible; `uncommitted` is outside the order.

To take certain for probable is a smaller mistake than to take it for possible, which a plain confusion matrix does not
say. The scores are over the sentences whose gold and predicted labels are both in the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hedgerow.labels import CERTAINTY_ORDER, Example
from hedgerow.metrics import measures
from hedgerow.metrics.measures import Floats, Ints
from hedgerow.results import Prediction


def quadratic_kappa(matrix: Ints) -> Floats:
    """Return Cohen's weighted kappa (1968): two steps weigh four times one step; (..., k, k) to (...)."""
    weights = _steps(matrix) ** 2
    rows, columns = matrix.sum(axis=-1), matrix.sum(axis=-2)
    total = matrix.sum(axis=(-2, -1))
    by_chance = (rows[..., :, None] * columns[..., None, :] * weights).sum(axis=(-2, -1))
    return measures.ratio(by_chance - total * (matrix * weights).sum(axis=(-2, -1)), by_chance)


def mean_step(matrix: Ints) -> Floats:
    """Return the mean number of steps from gold to prediction, 0 to k - 1."""
    return measures.ratio((matrix * _steps(matrix)).sum(axis=(-2, -1)), matrix.sum(axis=(-2, -1)))


def order_scores(gold: Sequence[Example], predicted: Sequence[Prediction], *, seed: int) -> dict[str, Any]:
    """Return both measures with intervals, and `n`, the number of sentences; the measures are None if n is 0."""
    pairs = [
        (example.group_key, str(example.certainty), str(prediction.certainty))
        for example, prediction in zip(gold, predicted, strict=True)
        if example.certainty in CERTAINTY_ORDER and prediction.certainty in CERTAINTY_ORDER
    ]
    scores: dict[str, Any] = {"n": len(pairs), "quadratic_kappa": None, "mean_step": None}
    if pairs:
        groups, truth, labels = map(list, zip(*pairs, strict=True))
        stack = measures.confusion_by_group(truth, labels, [str(label) for label in CERTAINTY_ORDER], groups)
        for name, metric in (("quadratic_kappa", quadratic_kappa), ("mean_step", mean_step)):
            scores[name] = measures.interval(stack, metric, seed=seed)[0].to_dict()
    return scores


def _steps(matrix: Ints) -> Ints:
    levels = np.arange(matrix.shape[-1])
    steps: Ints = np.abs(levels[:, None] - levels[None, :])
    return steps
