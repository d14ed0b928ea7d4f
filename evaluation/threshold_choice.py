"""Choose the least score from which labels are right as often as wanted, and say how sure that is.

The lower bound of precision is that of Wilson's interval (1927) on the effective number of rows: rows of one document
count less if their labels are right or wrong together (Kish 1965; Korn & Graubard 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from hedgerow.metrics.measures import Floats, Ints, Score, Z, wilson
from hedgerow.summary.intervals import number_from_variance

PLACES = 10_000  # a threshold has four places, as scores are written
FOLDS = 5
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labelled:
    """The predictions of a head, or those of one label: score, whether it is right, and group of each row.

    `design_effect` is how many rows count as one, taken over all predictions of the head; it is used if all rows are
    right, which says nothing of how they vary.
    """

    scores: Floats
    right: Bools
    groups: Ints
    design_effect: float = 1.0

    def kept(self, threshold: float) -> Labelled:
        """Return the rows whose score is not below the threshold."""
        return self.where(self.scores >= threshold)

    def where(self, rows: Bools) -> Labelled:
        """Return some of the rows."""
        return replace(self, scores=self.scores[rows], right=self.right[rows], groups=self.groups[rows])


def labelled(scores: Sequence[float], right: Sequence[bool], groups: Sequence[str]) -> Labelled:
    """Return all predictions of a head."""
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    rows = Labelled(np.asarray(scores), np.asarray(right), group)
    return replace(rows, design_effect=len(right) / _effective(rows))


def fewest(precision: float) -> int:
    """Return how many independent rows, all right, have a lower bound that reaches the precision."""
    return ceil(round(precision * Z**2 / (1 - precision), 9))


def precision_of(rows: Labelled) -> Score:
    """Return the share of right rows with its interval; there is at least one row."""
    effective = _effective(rows)
    return wilson(float(rows.right.mean()) * effective, effective)


def _effective(rows: Labelled) -> float:
    """Return the effective number of rows, from the variance of their share over groups (Korn & Graubard 1998)."""
    n, share = len(rows.right), float(rows.right.mean())
    sizes = np.bincount(rows.groups)
    groups = int((sizes > 0).sum())
    if groups == 1:
        return 1.0
    apart = np.bincount(rows.groups, weights=rows.right) - share * sizes
    variance = float((apart**2).sum()) * groups / (groups - 1) / n**2
    return number_from_variance(share, variance, groups, n) or n / rows.design_effect


def choose(rows: Labelled, precision: float) -> float | None:
    """Return the least threshold whose kept rows have a lower bound that reaches the precision; None if none has.

    Candidates are the scores themselves, cut to four places; 0 keeps everything.
    """
    candidates = [0.0, *np.unique(np.floor(rows.scores * PLACES) / PLACES)]
    for threshold in candidates:
        kept = rows.kept(threshold)
        if len(kept.right) < fewest(precision):
            return None
        if kept.right.mean() > precision and precision_of(kept).low >= precision:
            return float(threshold)
    return None


def cross_fitted(rows: Labelled, precision: float) -> Score | None:
    """Return the precision on rows whose threshold was chosen without their group; None if it never can be chosen.

    The least threshold of many that reaches a bound is chosen by luck too, so its own precision is too good. Groups go
    to FOLDS folds in turn.
    """
    fold = rows.groups % FOLDS
    kept = np.zeros(len(rows.right), dtype=bool)
    for number in range(FOLDS):
        threshold = choose(rows.where(fold != number), precision)
        if threshold is not None:
            kept |= (fold == number) & (rows.scores >= threshold)
    return precision_of(rows.where(kept)) if kept.any() else None
