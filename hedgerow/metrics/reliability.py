"""Krippendorff's alpha of any number of annotators, with gaps, and its interval.

Alpha is 1 - observed / expected disagreement (Krippendorff 2011). Tests compare it with the library krippendorff; it is
written again over a stack of coincidence matrices, one per group, because its interval comes from a bootstrap of whole
groups. A row counts if two annotators or more labelled it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hedgerow.metrics import measures
from hedgerow.metrics.measures import SEED, Floats

Row = Sequence[str | None]  # the label of each annotator, None for a gap


def coincidences(rows: Sequence[Row], labels: Sequence[str], groups: Sequence[str]) -> Floats:
    """Return (groups, labels, labels): how often two annotators gave a row these two labels.

    Each row with m labels counts m in all, so a pair in it counts 1 / (m - 1). Labels that are not in `labels` are
    gaps.
    """
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    counts = np.array([[sum(given == label for given in row) for label in labels] for row in rows], dtype=np.float64)
    given = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs -= np.eye(len(labels)) * counts[:, None, :]  # no label is paired with itself
    paired = given > 1
    stack = np.zeros((len(names), len(labels), len(labels)))
    np.add.at(stack, group[paired], pairs[paired] / (given[paired] - 1)[:, None, None])
    return stack


def nominal_alpha(matrix: Floats) -> Floats:
    """Return alpha if all labels are equally far from each other: (..., k, k) to (...); nan if there is one label."""
    return _alpha(matrix, 1 - np.eye(matrix.shape[-1]))


def ordinal_alpha(matrix: Floats) -> Floats:
    """Return alpha if the labels are in order: two are as far apart as there are labels between them, squared."""
    counts = matrix.sum(axis=-1)
    middles = np.cumsum(counts, axis=-1) - counts / 2
    return _alpha(matrix, (middles[..., :, None] - middles[..., None, :]) ** 2)


def _alpha(matrix: Floats, distance: Floats) -> Floats:
    counts = matrix.sum(axis=-1)
    observed = (matrix * distance).sum(axis=(-2, -1))
    expected = (counts[..., :, None] * counts[..., None, :] * distance).sum(axis=(-2, -1))
    alpha: Floats = 1 - (counts.sum(axis=-1) - 1) * measures.ratio(observed, expected)
    return np.where(expected == 0, np.nan, alpha)


def alpha_score(stack: Floats, metric: Callable[[Floats], Floats] = nominal_alpha) -> dict[str, float] | None:
    """Return alpha with its interval, as `interval_if_known` gives it; None if all rows have one label: it is 0/0."""
    return measures.interval_if_known(stack, metric, seed=SEED)


def against_rest(stack: Floats, at: int) -> Floats:
    """Return the coincidences of one label, by place, and all others together: (groups, 2, 2)."""
    own = stack[:, at, at]
    mixed = stack[:, at].sum(axis=-1) - own
    rest = stack.sum(axis=(1, 2)) - own - 2 * mixed
    return np.stack([np.stack([own, mixed], -1), np.stack([mixed, rest], -1)], -2)
