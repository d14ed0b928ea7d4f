"""Measures of a confusion matrix, and their intervals.

The measures are scikit-learn's, and tests compare them. They are written again here over a stack of matrices, because
intervals come from a bootstrap of whole groups (documents) instead of rows. Sentences of one document share an author
and a topic, so a bootstrap of rows would give intervals that are too narrow (Field & Welsh 2007).
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
SEED = 13  # of every bootstrap
MOST_UNDEFINED = 0.05  # of the draws; a label in one group is missing from 37 % of them, in three from 5 %
Z = 1.959964  # the normal distribution's 97.5th percentile


@dataclass(frozen=True, slots=True)
class Score:
    """A figure and its 95 % interval.

    Attributes
    ----------
    value : float
        The figure.
    low, high : float
        The ends of its interval.

    Examples
    --------
    >>> from hedgerow.metrics import Score
    >>> print(Score(0.8937, 0.8601, 0.9228))
    0.894 [0.860, 0.923]
    """

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Return the score as a JSON object, rounded to four places."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}

    def __str__(self) -> str:
        """Return the score as tables show it: `0.894 [0.860, 0.923]`."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def confusion_by_group(
    gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str], groups: Sequence[str]
) -> Ints:
    """Return one matrix of counts per group, (groups, labels, labels); rows are gold, columns predicted."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    index = {label: at for at, label in enumerate(labels)}
    stack = np.zeros((len(names), len(labels), len(labels)), dtype=np.int64)
    rows = np.array([index[label] for label in gold], dtype=np.int64)
    columns = np.array([index[label] for label in predicted], dtype=np.int64)
    np.add.at(stack, (group, rows, columns), 1)
    return stack


def precision(matrix: Ints) -> Floats:
    """Return the precision of each label, (..., labels); 0 if a label was never predicted, as in scikit-learn."""
    return ratio(_hits(matrix), matrix.sum(axis=-2))


def recall(matrix: Ints) -> Floats:
    """Return the recall of each label, (..., labels); 0 if a label never is gold."""
    return ratio(_hits(matrix), matrix.sum(axis=-1))


def f1(matrix: Ints) -> Floats:
    """Return the F1 of each label, (..., labels)."""
    return ratio(2 * _hits(matrix), matrix.sum(axis=-1) + matrix.sum(axis=-2))


def macro_f1(matrix: Ints) -> Floats:
    """Return the mean F1 of all labels; a label without gold rows counts 0."""
    mean: Floats = f1(matrix).mean(axis=-1)
    return mean


def accuracy(matrix: Ints) -> Floats:
    """Return the share of rows with the gold label."""
    return ratio(_hits(matrix).sum(axis=-1), matrix.sum(axis=(-2, -1)))


def kappa(matrix: Ints) -> Floats:
    """Return Cohen's kappa (1960): agreement beyond what the two label distributions give by chance.

    It is nan if all rows have one label on both sides: it is 0/0 there.
    """
    total = matrix.sum(axis=(-2, -1))
    by_chance = (matrix.sum(axis=-1) * matrix.sum(axis=-2)).sum(axis=-1)
    chance = ratio(by_chance, total * total)
    return np.where(by_chance == total * total, np.nan, ratio(accuracy(matrix) - chance, 1 - chance))


def label_distribution(matrix: Ints) -> Floats:
    """Return each label's share of gold, its share of the predictions, and their difference: (..., 3, labels)."""
    total = matrix.sum(axis=(-2, -1))[..., None]
    gold = ratio(matrix.sum(axis=-1), total)
    predicted = ratio(matrix.sum(axis=-2), total)
    return np.stack([gold, predicted, predicted - gold], axis=-2)


def sums_by_group(values: NDArray[Any], groups: Sequence[str]) -> Floats:
    """Return (groups, 2): the sum of each group's values and their number, for `mean`."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.zeros((len(names), 2))
    np.add.at(sums, group, np.stack([values.astype(np.float64), np.ones(len(values))], axis=-1))
    return sums


def mean(sums: Floats) -> Floats:
    """Return the mean of (..., 2) sums as `sums_by_group` gives them."""
    return ratio(sums[..., 0], sums[..., 1])


def bootstrap(stack: NDArray[Any], *, seed: int, draws: int = DRAWS) -> NDArray[Any]:
    """Return `draws` sums of as many groups as `stack` has, drawn with replacement."""
    depth = stack.shape[0]
    # Sums of whole numbers are exact in float64, and much faster than in int64.
    drawn = _weights(depth, seed, draws) @ stack.reshape(depth, -1).astype(np.float64)
    return drawn.astype(stack.dtype).reshape(draws, *stack.shape[1:])


@lru_cache(maxsize=1)
def _weights(depth: int, seed: int, draws: int) -> Floats:
    """Return how often each draw has each group: (draws, depth)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(depth, np.full(depth, 1 / depth), size=draws).astype(np.float64)


def interval(stack: NDArray[Any], metric: Callable[[Any], Floats], *, seed: int) -> list[Score]:
    """Return `metric` of all groups with its percentile interval, one Score per number that the metric gives.

    A number that is nan, undefined, is 0.
    """
    values = np.ravel(metric(stack.sum(axis=0)))
    drawn = metric(bootstrap(stack, seed=seed)).reshape(-1, values.size)
    return percentiles(np.nan_to_num(values), np.where(np.isnan(values), 0.0, drawn))


def percentiles(values: Floats, drawn: Floats) -> list[Score]:
    """Return `values` with the 2.5th and 97.5th percentile of `drawn`, (draws, ...) of as many numbers each.

    Draws in which a figure is nan, undefined, are left out of its interval.
    """
    drawn = drawn.reshape(-1, values.size)
    rank = np.nanpercentile if np.isnan(drawn).any() else np.percentile
    low, high = rank(drawn, [2.5, 97.5], axis=0)
    return [Score(float(v), float(a), float(b)) for v, a, b in zip(values, low, high, strict=True)]


def interval_if_known(stack: NDArray[Any], metric: Callable[[Any], Floats], *, seed: int) -> dict[str, float] | None:
    """Return one figure that can be undefined, as a JSON object; None if it is.

    Draws in which it is undefined say nothing and are left out. If they are more than MOST_UNDEFINED of all, a label
    is in so few groups that the rest says little: then there is the value without `low` and `high`.
    """
    value, drawn = np.ravel(metric(stack.sum(axis=0))), metric(bootstrap(stack, seed=seed))
    if np.isnan(value[0]):
        return None
    (score,) = percentiles(value, drawn)
    if np.isnan(drawn).mean() > MOST_UNDEFINED:
        return {"value": score.to_dict()["value"]}
    return score.to_dict()


def paired_differences(
    new: Ints, old: Ints, metric: Callable[[Ints], Floats], *, seed: int, draws: int = DRAWS
) -> list[Score]:
    """Return `metric` of `new` minus that of `old`, one Score per number that the metric gives.

    Both are (groups, ...) counts of the same groups and are drawn together, so that a hard document is hard for both
    (Efron & Tibshirani 1993, chapter 16; Koehn 2004).
    """
    values = np.ravel(metric(new.sum(axis=0)) - metric(old.sum(axis=0)))
    return percentiles(values, _paired_draws(new, old, metric, seed, draws))


def paired_p(new: Ints, old: Ints, metric: Callable[[Ints], Floats], *, seed: int, draws: int = DRAWS) -> float:
    """Return the two-sided p of the difference of a metric that gives one number.

    It is twice the share of draws on the smaller side of 0 (Efron & Tibshirani 1993, 16.4). The observed difference
    counts as one draw, so p is never 0.
    """
    drawn = _paired_draws(new, old, metric, seed, draws)
    smaller = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * (smaller + 1) / (draws + 1))


def permutation_p(new: Ints, old: Ints, metric: Callable[[Ints], Floats], *, seed: int, draws: int = DRAWS) -> float:
    """Return the two-sided p of the difference of a metric that gives one number: both models are equally good.

    Then the two could change places in any group. In every draw they do so in a random half of the groups, with all
    rows of a group together (Noreen 1989, for whole groups). The observed difference counts as one draw.
    """
    swaps = np.random.default_rng(seed).integers(2, size=(draws, len(new))).astype(np.float64)
    moved = (swaps @ (new - old).reshape(len(new), -1)).reshape(draws, *new.shape[1:])
    drawn = metric(new.sum(axis=0) - moved) - metric(old.sum(axis=0) + moved)
    observed = float(metric(new.sum(axis=0)) - metric(old.sum(axis=0)))
    as_large = int((np.abs(drawn) >= abs(observed) - 1e-12).sum())
    return (as_large + 1) / (draws + 1)


def _paired_draws(new: Ints, old: Ints, metric: Callable[[Ints], Floats], seed: int, draws: int) -> Floats:
    """Return the difference in every draw; the same seed and depth draw the same groups of both."""
    first = metric(bootstrap(new, seed=seed, draws=draws))
    second = metric(bootstrap(old, seed=seed, draws=draws))
    return first - second


def wilson(passed: float, n: float) -> Score:
    """Return a rate and its 95 % interval (Wilson 1927), valid for few rows and for rates near 1.

    Parameters
    ----------
    passed : float
        How many rows have the property.
    n : float
        How many rows there are. An effective number of rows need not be whole.

    Returns
    -------
    Score
        The rate, 0..1, with its interval.

    Examples
    --------
    >>> from hedgerow.metrics import wilson
    >>> print(wilson(9, 10))
    0.900 [0.596, 0.982]
    """
    z, rate = Z, passed / n
    middle, spread = rate + z**2 / (2 * n), z * sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    return Score(rate, max(0.0, (middle - spread) / (1 + z**2 / n)), min(1.0, (middle + spread) / (1 + z**2 / n)))


def mcnemar(right: Sequence[bool], baseline: Sequence[bool]) -> float:
    """Return the p of the exact McNemar test (1947): whether two models are right equally often.

    Both are about the same rows. Of the rows that only one model has right, each model should have half.
    """
    from scipy.stats import binomtest

    only = sum(ours and not theirs for ours, theirs in zip(right, baseline, strict=True))
    other = sum(theirs and not ours for ours, theirs in zip(right, baseline, strict=True))
    return float(binomtest(only, only + other).pvalue) if only + other else 1.0


def _hits(matrix: Ints) -> Ints:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> Floats:
    """Return `numerator` / `denominator`, and 0 if the denominator is 0."""
    quotient: Floats = np.divide(
        numerator,
        denominator,
        out=np.zeros(np.broadcast(numerator, denominator).shape),
        where=np.asarray(denominator) != 0,
    )
    return quotient
