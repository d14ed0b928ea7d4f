"""Scores of labels in order: certain > probable > possible, and the ordered heads of the user's own.

To take certain for probable is a smaller mistake than to take it for possible, which a plain confusion matrix does not
say. The scores are over the sentences whose gold and predicted labels are both in the order: `uncommitted` is outside
that of certainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hedgerow.labels import CERTAINTY_ORDER, Example
from hedgerow.metrics import measures
from hedgerow.metrics.labelled import gold_label, labelled_pairs, predicted_label
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


def level_scores(gold: Sequence[Example], predicted: Sequence[Prediction], head: str, *, seed: int) -> dict[str, Any]:
    """Return the scores of an ordered head of the user's own.

    They are those of `order_scores`, and of the expected level, from 0 (the lowest label) to 1 (the highest), which the
    scores of a sentence give: `level_error`, the mean absolute distance from the gold label's level, with its interval,
    and `rank_correlation`, Spearman's (1904) of both with midranks. It is None if either side has one level only.
    Rows whose gold label the model does not know are left out; `n` counts the others.
    """
    labels = list(predicted[0].other_scores[head])
    known = [
        (example, prediction)
        for example, prediction in zip(*labelled_pairs(gold, predicted, head), strict=True)
        if gold_label(example, head) in labels
    ]
    names = ("quadratic_kappa", "mean_step", "level_error", "rank_correlation")
    if not known:
        return {"n": 0} | dict.fromkeys(names)
    truths = [labels.index(gold_label(example, head)) for example, _ in known]
    groups = [example.group_key for example, _ in known]
    said = [predicted_label(prediction, head) for _, prediction in known]
    stack = measures.confusion_by_group([labels[at] for at in truths], said, labels, groups)
    levels, gold_levels = _levels(known, head)
    errors = measures.sums_by_group(np.abs(levels - gold_levels), groups)
    scores = {
        "quadratic_kappa": measures.interval(stack, quadratic_kappa, seed=seed)[0].to_dict(),
        "mean_step": measures.interval(stack, mean_step, seed=seed)[0].to_dict(),
        "level_error": measures.interval(errors, measures.mean, seed=seed)[0].to_dict(),
    }
    return {"n": len(known), **scores, "rank_correlation": rank_correlation(gold_levels, levels)}


def level_errors(gold: Sequence[Example], predicted: Sequence[Prediction], head: str) -> Floats | None:
    """Return (groups, 2) sums of the error of the level of an ordered head, and their number, for `measures.mean`.

    They are of the rows whose gold label the model knows; None if there are none.
    """
    labels = list(predicted[0].other_scores[head])
    known = [pair for pair in zip(gold, predicted, strict=True) if gold_label(pair[0], head) in labels]
    if not known:
        return None
    levels, gold_levels = _levels(known, head)
    return measures.sums_by_group(np.abs(levels - gold_levels), [example.group_key for example, _ in known])


def _levels(pairs: Sequence[tuple[Example, Prediction]], head: str) -> tuple[Floats, Floats]:
    """Return the levels that the scores of each row give, and those of its gold label, from 0 to 1."""
    labels = list(pairs[0][1].other_scores[head])
    truths = np.array([labels.index(gold_label(example, head)) for example, _ in pairs])
    return np.array([prediction.levels[head] for _, prediction in pairs]), truths / (len(labels) - 1)


def rank_correlation(one: Floats, other: Floats) -> float | None:
    """Return Spearman's rank correlation of two columns, with midranks; None if one of them has one value only."""
    from scipy.stats import spearmanr

    if len(set(one.tolist())) < 2 or len(set(other.tolist())) < 2:
        return None
    return round(float(spearmanr(one, other).statistic), 4)


def _steps(matrix: Ints) -> Ints:
    levels = np.arange(matrix.shape[-1])
    steps: Ints = np.abs(levels[:, None] - levels[None, :])
    return steps
