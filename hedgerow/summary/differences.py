"""Differences between the shares of two groups, or of a group and the rest, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hedgerow.metrics.measures import Score
from hedgerow.summary.intervals import difference
from hedgerow.summary.prevalence import Counts, Estimate, Estimator, Floats

REST = "(the rest)"  # all groups but the first one of a comparison


@dataclass(frozen=True, slots=True)
class Difference:
    """The share of a label in the group `first` minus that in `second`; of corrected shares if there are any."""

    first: str
    second: str
    axis: str
    label: str
    score: Score

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.score.low > 0 or self.score.high < 0


def differences(estimator: Estimator, first: tuple[str, Counts], second: tuple[str, Counts]) -> Iterator[Difference]:
    """Yield the difference of every label of the axes that both groups, (name, counts), have labels of."""
    mine, theirs = (
        {(one.axis, one.label): one for one in estimator.estimates(counts, by_document=_is_one(estimator, name))}
        for name, counts in (first, second)
    )
    for axis in estimator.correlations:
        labels = [label for known, label in mine if known == axis and (axis, label) in theirs]
        together = _correlated(estimator, axis, first[1], second[1]) if labels else np.zeros(0)
        for at, label in enumerate(labels):
            one, other = mine[axis, label], theirs[axis, label]
            score = difference(_shown(one), _shown(other), float(together[at]))
            yield Difference(first[0], second[0], axis, label, score)


def _is_one(estimator: Estimator, name: str) -> bool:
    return estimator.by_document and name != REST


def _shown(estimate: Estimate) -> Score:
    return estimate.corrected or estimate.share


def _correlated(estimator: Estimator, axis: str, first: Counts, second: Counts) -> Floats:
    """Return the correlation of each label's shares in two groups over the same draws of documents (labels,)."""
    one, other = first.shares(axis), second.shares(axis)
    if one is None or other is None:  # too few documents to be drawn
        return np.zeros(len(first.counts))
    if estimator.confusions is not None:
        one, other = (estimator.corrected_shares(counts, axis, 0.0) for counts in (first, second))
    whole = ~(np.isnan(one).any(axis=1) | np.isnan(other).any(axis=1))
    one, other = one[whole] - one[whole].mean(axis=0), other[whole] - other[whole].mean(axis=0)
    spread = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    found: Floats = np.divide((one * other).sum(axis=0), spread, out=np.zeros(len(spread)), where=spread > 0)
    return found
