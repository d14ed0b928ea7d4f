"""The measures of the published benchmarks, with intervals by sentence, and the choice of a threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.benchmarks.tasks import Task
from hedgerow.errors import InputError
from hedgerow.metrics.measures import DRAWS, SEED, Floats, percentiles, ratio

Bools = NDArray[np.bool_]
Rows = Sequence[Mapping[str, Any]]
THRESHOLDS = np.linspace(0.05, 0.95, 91)


def score(task: Task, held_out: tuple[Rows, Floats], test: tuple[Rows, Floats]) -> dict[str, Any]:
    """Return the task's measure on the test rows with a 95 % interval, and the threshold if one was chosen.

    Both parts are rows and the probabilities of their labels, (rows, labels).
    """
    rows, probs = test
    if task.is_graded:
        gold, predicted = np.array([row["label"] for row in rows]), probs @ np.arange(1, len(task.labels) + 1)
        return _interval(lambda at: float(np.corrcoef(gold[at], predicted[at])[0, 1]), len(rows))
    gold = _label_numbers(task, rows)
    if not task.has_threshold:
        predicted = probs.argmax(axis=1)
        labels = range(len(task.labels))
        return _interval(
            lambda at: float(np.mean([_f1(gold[at] == label, predicted[at] == label) for label in labels])), len(rows)
        )
    held_out_rows, held_out_probs = held_out
    threshold = best_threshold(_label_numbers(task, held_out_rows) == 1, held_out_probs[:, 1], task.share)
    yes = probs[:, 1] >= threshold
    return {**_interval(lambda at: _f1(gold[at] == 1, yes[at]), len(rows)), "threshold": round(threshold, 2)}


def _label_numbers(task: Task, rows: Rows) -> NDArray[np.int64]:
    return np.array([task.labels.index(row["label"]) for row in rows])


def best_threshold(gold: Bools, probs: Floats, share: float | None = None) -> float:
    """Return the median, over bootstrap draws of sentences, of the threshold with the best F1.

    If the share of true rows is known to differ from that of `gold`, the false rows are weighted to it. Raises
    InputError if there is one label only.
    """
    if gold.all() or not gold.any():
        raise InputError("the part that chooses the threshold has one label only; add training rows")
    predicted = probs >= THRESHOLDS[:, None]
    weight = 1.0 if share is None else gold.mean() * (1 - share) / (share * (1 - gold.mean()))
    rng = np.random.default_rng(SEED)
    best = []
    for _ in range(DRAWS // 10):
        at = rng.integers(0, len(gold), len(gold))
        hits = (predicted[:, at] & gold[at]).sum(axis=1)
        false = weight * (predicted[:, at] & ~gold[at]).sum(axis=1)
        best.append(THRESHOLDS[np.argmax(2 * hits / np.maximum(1.0, hits + false + gold[at].sum()))])
    return float(np.median(best))


def _f1(gold: Bools, predicted: Bools) -> float:
    return float(ratio(2 * (gold & predicted).sum(), gold.sum() + predicted.sum()))


def _interval(measure: Callable[[NDArray[np.int64]], float], rows: int) -> dict[str, float]:
    """Return `measure` of all rows with its percentile interval over draws of rows; it takes the rows to count."""
    rng = np.random.default_rng(SEED)
    drawn = np.array([measure(rng.integers(0, rows, rows)) for _ in range(DRAWS)])
    (figure,) = percentiles(np.array([measure(np.arange(rows))]), drawn)
    return figure.to_dict()
