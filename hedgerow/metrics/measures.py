"""Scores: what a confusion matrix says, and how far to trust it.

Point metrics are scikit-learn's (tests hold them equal); they are written here once more over a stack of matrices,
because intervals come from a bootstrap that draws whole groups (documents) and not rows: neighbours share an author
and a topic, and rows drawn alone would make intervals too narrow (Field & Welsh 2007).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWS = 2000  # of every bootstrap


@dataclass(frozen=True, slots=True)
class Score:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def confusion_by_group(
    gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str], groups: Sequence[str]
) -> Ints:
    """Counts, one confusion matrix a group: (groups, labels, labels); rows are gold, columns predicted."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    at = {label: place for place, label in enumerate(labels)}
    stack = np.zeros((len(names), len(labels), len(labels)), dtype=np.int64)
    rows = np.array([at[label] for label in gold], dtype=np.int64)
    columns = np.array([at[label] for label in predicted], dtype=np.int64)
    np.add.at(stack, (group, rows, columns), 1)
    return stack


def precision(matrix: Ints) -> Floats:
    """By label, (..., labels); 0 where a label was never predicted, as in scikit-learn."""
    return ratio(_hits(matrix), matrix.sum(axis=-2))


def recall(matrix: Ints) -> Floats:
    """By label, (..., labels); 0 where a label never is gold."""
    return ratio(_hits(matrix), matrix.sum(axis=-1))


def f1(matrix: Ints) -> Floats:
    """By label, (..., labels)."""
    return ratio(2 * _hits(matrix), matrix.sum(axis=-1) + matrix.sum(axis=-2))


def macro_f1(matrix: Ints) -> Floats:
    """The mean of F1 over all labels, those without gold among them (they count 0)."""
    mean: Floats = f1(matrix).mean(axis=-1)
    return mean


def accuracy(matrix: Ints) -> Floats:
    return ratio(_hits(matrix).sum(axis=-1), matrix.sum(axis=(-2, -1)))


def kappa(matrix: Ints) -> Floats:
    """Cohen's kappa (1960): agreement beyond what the two label distributions give by chance."""
    total = matrix.sum(axis=(-2, -1))
    chance = ratio((matrix.sum(axis=-1) * matrix.sum(axis=-2)).sum(axis=-1), total * total)
    return ratio(accuracy(matrix) - chance, 1 - chance)


def shares(matrix: Ints) -> Floats:
    """Of each label how much of gold it is, how much of what was predicted, and the difference: (..., 3, labels)."""
    total = matrix.sum(axis=(-2, -1))[..., None]
    gold, predicted = ratio(matrix.sum(axis=-1), total), ratio(matrix.sum(axis=-2), total)
    return np.stack([gold, predicted, predicted - gold], axis=-2)


def sums_by_group(values: NDArray[Any], groups: Sequence[str]) -> Floats:
    """(groups, 2): the sum of a group's values, and how many they are; `mean` makes a figure of it."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.zeros((len(names), 2))
    np.add.at(sums, group, np.stack([values.astype(np.float64), np.ones(len(values))], axis=-1))
    return sums


def mean(sums: Floats) -> Floats:
    """Of (..., 2) as `sums_by_group` gives them."""
    return ratio(sums[..., 0], sums[..., 1])


def bootstrap(stack: NDArray[Any], *, seed: int, draws: int = DRAWS) -> NDArray[Any]:
    """`draws` sums (confusion matrices, mostly) of as many groups as there are, drawn with replacement."""
    depth = stack.shape[0]
    # Sums of whole numbers are exact in float64, and much faster than in int64.
    drawn = _weights(depth, seed, draws) @ stack.reshape(depth, -1).astype(np.float64)
    return drawn.astype(stack.dtype).reshape(draws, *stack.shape[1:])


@lru_cache(maxsize=1)
def _weights(depth: int, seed: int, draws: int) -> Floats:
    """How often each draw has each group: (draws, depth)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(depth, np.full(depth, 1 / depth), size=draws).astype(np.float64)


def interval(stack: NDArray[Any], metric: Callable[[Any], Floats], *, seed: int) -> list[Score]:
    """`metric` of all groups together with its percentile interval, one Score for each number the metric gives."""
    values = np.ravel(metric(stack.sum(axis=0)))
    drawn = metric(bootstrap(stack, seed=seed)).reshape(-1, values.size)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return [Score(float(v), float(a), float(b)) for v, a, b in zip(values, low, high, strict=True)]


def wilson(passed: int, n: int) -> Score:
    """The rate `passed` of `n` and its 95 % interval (Wilson 1927), which holds for small n and for rates near 1."""
    z = 1.959964
    rate = passed / n
    middle, spread = rate + z**2 / (2 * n), z * sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    return Score(rate, max(0.0, (middle - spread) / (1 + z**2 / n)), min(1.0, (middle + spread) / (1 + z**2 / n)))


def mcnemar(right: Sequence[bool], rival: Sequence[bool]) -> float:
    """The p of the exact McNemar test (1947): whether two models on the same rows are right equally often.

    Of the rows on which one is right and the other wrong, as many should fall to either side.
    """
    from scipy.stats import binomtest

    only = sum(ours and not theirs for ours, theirs in zip(right, rival, strict=True))
    other = sum(theirs and not ours for ours, theirs in zip(right, rival, strict=True))
    return float(binomtest(only, only + other).pvalue) if only + other else 1.0


def paired_difference(
    ours: Ints, theirs: Ints, metric: Callable[[Ints], Floats], *, seed: int, draws: int = DRAWS
) -> Score:
    """How much better `metric` is on `ours` than on `theirs` (both by the same groups), both drawn together."""
    drawn = _paired(ours, theirs, metric, seed, draws)
    low, high = np.percentile(drawn, [2.5, 97.5])
    value = float(np.asarray(metric(ours.sum(axis=0)) - metric(theirs.sum(axis=0))))
    return Score(value, float(low), float(high))


def paired_p(ours: Ints, theirs: Ints, metric: Callable[[Ints], Floats], *, seed: int, draws: int = DRAWS) -> float:
    """The two-sided p of that difference: twice the share of draws on the smaller side of none (Efron & Tibshirani
    1993, 16.4), the observed one counted among them, so that it is never 0."""
    drawn = _paired(ours, theirs, metric, seed, draws)
    smaller = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * (smaller + 1) / (draws + 1))


def _paired(ours: Ints, theirs: Ints, metric: Callable[[Ints], Floats], seed: int, draws: int) -> Floats:
    """The difference in every draw; both stacks are drawn with the same weights."""
    first, second = (metric(bootstrap(stack, seed=seed, draws=draws)) for stack in (ours, theirs))
    return first - second


def _hits(matrix: Ints) -> Ints:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def ratio(above: NDArray[Any], below: NDArray[Any]) -> Floats:
    """`above` / `below`, and 0 where there is nothing below."""
    quotient: Floats = np.divide(
        above, below, out=np.zeros(np.broadcast(above, below).shape), where=np.asarray(below) != 0
    )
    return quotient
