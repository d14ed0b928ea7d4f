"""Differences between the shares of two groups, or of a group and the rest, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hedgerow.metrics.measures import Score
from hedgerow.summary.intervals import difference
from hedgerow.summary.prevalence import Counts, Estimate, Estimator, Floats

REST = "(the rest)"  # all groups but the first one of a comparison


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of a label's share in two groups.

    Attributes
    ----------
    first, second : str
        The names of the groups.
    axis, label : str
        Which label.
    score : Score
        The share in `first` minus that in `second`, -1..1, with a 95 % interval; of corrected shares if there are any.

    Examples
    --------
    >>> from hedgerow.metrics import Score
    >>> from hedgerow.summary import Difference
    >>> difference = Difference("Herald", "Post", "certainty", "possible", Score(0.12, 0.03, 0.2))
    >>> difference.is_clear
    True
    """

    first: str
    second: str
    axis: str
    label: str
    score: Score

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.score.low > 0 or self.score.high < 0


@dataclass(frozen=True, slots=True)
class Side:
    """One of two groups that are compared."""

    name: str
    counts: Counts
    estimates: Sequence[Estimate]


def differences(estimator: Estimator, first: Side, second: Side) -> Iterator[Difference]:
    """Yield the difference of every label of the axes that both groups have labels of."""
    theirs = {(one.axis, one.label): one for one in second.estimates}
    for axis in first.counts.scheme.heads:
        mine = [one for one in first.estimates if one.axis == axis and (axis, one.label) in theirs]
        together = _correlated(estimator, axis, first.counts, second.counts) if mine else ()
        for one, correlation in zip(mine, together, strict=True):
            other = theirs[axis, one.label]
            score = difference(_shown(one), _shown(other), float(correlation))
            yield Difference(first.name, second.name, axis, one.label, score)


def _shown(estimate: Estimate) -> Score:
    return estimate.corrected or estimate.share


def _correlated(estimator: Estimator, axis: str, first: Counts, second: Counts) -> Floats:
    """Return the correlation of each label's shares in two groups over the same draws of documents (labels,)."""
    one, other = first.shares(axis), second.shares(axis)
    if one is None or other is None:  # too few documents to be drawn
        return np.zeros(len(first.scheme.heads[axis]))
    if estimator.confusions is not None and axis in estimator.confusions:
        one, other = (estimator.corrected_shares(counts, axis, 0.0) for counts in (first, second))
    whole = ~(np.isnan(one).any(axis=1) | np.isnan(other).any(axis=1))
    one, other = one[whole] - one[whole].mean(axis=0), other[whole] - other[whole].mean(axis=0)
    spread = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    found: Floats = np.divide((one * other).sum(axis=0), spread, out=np.zeros(len(spread)), where=spread > 0)
    return found
