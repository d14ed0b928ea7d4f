"""Confident learning: which given labels are likely wrong (Northcutt, Jiang & Chuang 2021).

Chances come from a model that has not learnt from the row. A label's threshold is the mean chance that rows given it
have of it, so a model that is unsure of a label everywhere is not taken to doubt each row. A row is confidently of the
likeliest label among those that reach their thresholds; where that is not the label it was given, it is a suspect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row by number, its given label and the likely one by number; `margin` in -1..1, the lower the more doubtful."""

    row: int
    given: int
    likely: int
    margin: float


def thresholds(given: Ints, chances: Floats) -> Floats:
    """The mean chance of each label over the rows given it, (labels,); never reached by a label that no row has."""
    counts = np.bincount(given, minlength=chances.shape[1])
    own = chances[np.arange(len(given)), given]
    sums = np.bincount(given, weights=own, minlength=chances.shape[1])
    means: Floats = np.divide(sums, counts, out=np.full(len(counts), np.inf), where=counts != 0)
    return means


def confident_labels(given: Ints, chances: Floats) -> Ints:
    """The label that each row is confidently of, (rows,), or -1 where no label reaches its threshold."""
    reached = np.where(chances >= thresholds(given, chances), chances, -np.inf)
    labels: Ints = np.where(np.isinf(reached).all(axis=1), -1, reached.argmax(axis=1))
    return labels


def confident_joint(given: Ints, chances: Floats) -> Ints:
    """Counts (labels, labels): rows are given labels, columns confident ones."""
    likely = confident_labels(given, chances)
    joint = np.zeros((chances.shape[1],) * 2, dtype=np.int64)
    np.add.at(joint, (given[likely >= 0], likely[likely >= 0]), 1)
    return joint


def suspects(given: Ints, chances: Floats) -> list[Suspect]:
    """The rows that are confidently of another label, the most doubtful first.

    The margin is the chance of the given label less that of the likely one.
    """
    likely = confident_labels(given, chances)
    rows = np.flatnonzero((likely >= 0) & (likely != given))
    margins = chances[rows, given[rows]] - chances[rows, likely[rows]]
    order = np.argsort(margins, kind="stable")
    return [
        Suspect(int(row), int(given[row]), int(likely[row]), round(float(margin), 4))
        for row, margin in zip(rows[order], margins[order], strict=True)
    ]
