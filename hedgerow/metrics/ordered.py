"""The ordered part of certainty: certain > probable > possible. `uncommitted` stands outside the order.

A slip from certain to probable is smaller than one from certain to possible, and a plain confusion matrix does not say
so. Measured on the sentences whose gold and predicted labels both lie in the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hedgerow.labels import Certainty, Example, Prediction
from hedgerow.metrics import measures
from hedgerow.metrics.measures import Floats, Ints

ORDER = (Certainty.CERTAIN, Certainty.PROBABLE, Certainty.POSSIBLE)


def quadratic_kappa(matrix: Ints) -> Floats:
    """Cohen's weighted kappa (1968): a step of two weighs four times a step of one; (..., k, k) to (...)."""
    weights = _steps(matrix) ** 2
    rows, columns = matrix.sum(axis=-1), matrix.sum(axis=-2)
    total = matrix.sum(axis=(-2, -1))
    by_chance = (rows[..., :, None] * columns[..., None, :] * weights).sum(axis=(-2, -1))
    return measures.ratio(by_chance - total * (matrix * weights).sum(axis=(-2, -1)), by_chance)


def mean_step(matrix: Ints) -> Floats:
    """How many steps a prediction lies from gold on average, 0 to k - 1."""
    return measures.ratio((matrix * _steps(matrix)).sum(axis=(-2, -1)), matrix.sum(axis=(-2, -1)))


def order_scores(gold: Sequence[Example], predicted: Sequence[Prediction], *, seed: int) -> dict[str, Any]:
    """Both measures with intervals, and how many sentences they rest on; None where no sentence lies in the order."""
    pairs = [
        (example.group_key, str(example.certainty), str(prediction.certainty))
        for example, prediction in zip(gold, predicted, strict=True)
        if example.certainty in ORDER and prediction.certainty in ORDER
    ]
    scores: dict[str, Any] = {"n": len(pairs), "quadratic_kappa": None, "mean_step": None}
    if pairs:
        units, truth, found = map(list, zip(*pairs, strict=True))
        stack = measures.confusion_by_group(truth, found, [str(label) for label in ORDER], units)
        for name, metric in (("quadratic_kappa", quadratic_kappa), ("mean_step", mean_step)):
            scores[name] = measures.interval(stack, metric, seed=seed)[0].to_dict()
    return scores


def _steps(matrix: Ints) -> Ints:
    places = np.arange(matrix.shape[-1])
    steps: Ints = np.abs(places[:, None] - places[None, :])
    return steps
