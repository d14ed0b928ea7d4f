"""Intervals of shares whose sentences come in documents, and of differences between such shares.

Sentences of a document resemble each other, so n of them tell less than n sentences of as many documents: they count
as an effective number of n / (1 + (m - 1) r), where r is the intra-document correlation and m the mean size of a
sentence's document (Kish 1965; Donner & Klar 2000). Wilson's interval (1927) on the effective number has a width for
shares of 0 and 1 too, and covers well for rare labels (Korn & Graubard 1998; Dean & Pagano 2015).
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from hedgerow.metrics.measures import Score, Z, wilson

FEW = 10  # documents; with fewer a bootstrap of documents gives intervals that are too narrow
ENOUGH = 30  # documents; with fewer the variance of a rare label is often too small
_NO_WIDTH = 1e-9
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def intra_document_correlation(hits: Ints, squares: Floats, size: tuple[int, int, int]) -> Floats:
    """Return the correlation r of each label, nan if the documents do not tell.

    `hits` are the sentences with each label (labels,), `squares` the sums over documents of hits² / sentences, and
    `size` the numbers of documents and of sentences and the sum over documents of sentences². The estimator is that of
    the analysis of variance (Ridout et al. 1999), within 0..1.
    """
    documents, sentences, squared = size
    if documents < FEW or sentences == documents:
        return np.full(len(hits), np.nan)
    between = (squares - hits**2 / sentences) / (documents - 1)
    within = (hits - squares) / (sentences - documents)
    typical = (sentences - squared / sentences) / (documents - 1)
    total = between + (typical - 1) * within
    found: Floats = np.divide(between - within, total, out=np.full(len(hits), np.nan), where=total > 0)
    return np.clip(found, 0, 1)


def effective_number(documents: int, sentences: int, squared: int, correlation: float) -> float:
    """Return the effective number of sentences; that of documents if the correlation is not known (nan)."""
    if sentences == documents:
        return float(sentences)
    if np.isnan(correlation):
        return float(documents)
    return sentences / (1 + (squared / sentences - 1) * correlation)


def number_from_variance(share: float, variance: float, documents: int, sentences: int) -> float | None:
    """Return the effective number of sentences that the variance of a share over draws of documents means.

    It is smaller for few documents, whose variance is itself an estimate (Student's t; Korn & Graubard 1998), and never
    more than the number of sentences. None if the share does not vary.
    """
    if variance < _NO_WIDTH**2 or not 0 < share < 1:
        return None
    return min(sentences, share * (1 - share) / variance * (Z / _student(documents - 1)) ** 2)


def _student(freedom: int) -> float:
    """Return the 97.5th percentile of Student's t, right to 0.001 from nine degrees of freedom (Fisher & Cornish)."""
    return Z + (Z**3 + Z) / (4 * freedom) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * freedom**2)


def with_width(score: Score, number: float) -> Score:
    """Return a score whose interval holds its value and has a width: Wilson's on `number` sentences if it has none."""
    if score.high - score.low > _NO_WIDTH:
        return Score(score.value, min(score.low, score.value), max(score.high, score.value))
    other = wilson(score.value * number, number)
    return Score(score.value, other.low, other.high)


def difference(first: Score, second: Score, correlation: float) -> Score:
    """Return the first share minus the second, with an interval from theirs (Newcombe 1998; Zou & Donner 2008).

    `correlation` is that of the two shares over draws of documents; it is 0 if no document is in both groups.
    """
    low = _joint(first.value - first.low, second.high - second.value, correlation)
    high = _joint(first.high - first.value, second.value - second.low, correlation)
    value = first.value - second.value
    return Score(value, max(-1.0, value - low), min(1.0, value + high))


def _joint(one: float, other: float, correlation: float) -> float:
    return sqrt(max(0.0, one**2 + other**2 - 2 * correlation * one * other))
