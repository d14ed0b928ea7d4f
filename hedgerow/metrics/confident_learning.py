"""Confident learning: find labels that are likely wrong (Northcutt, Jiang & Chuang 2021).

Probabilities come from a model that was not trained on the row. The threshold of a label is the mean probability that
the rows with this label have of it, so a model that is unsure of a label everywhere does not doubt every row. The
confident label of a row is the most probable one among those that reach their thresholds. If it is not the given label,
the row is a suspect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row by number, its given and its likely label by number; `margin` is in -1..1, the most doubtful lowest."""

    row: int
    given: int
    likely: int
    margin: float


def thresholds(given: Ints, probs: Floats) -> Floats:
    """Return the mean probability of each label over the rows that have it, (labels,); infinite if none has it."""
    counts = np.bincount(given, minlength=probs.shape[1])
    own = probs[np.arange(len(given)), given]
    sums = np.bincount(given, weights=own, minlength=probs.shape[1])
    means: Floats = np.divide(sums, counts, out=np.full(len(counts), np.inf), where=counts != 0)
    return means


def confident_labels(given: Ints, probs: Floats) -> Ints:
    """Return the confident label of each row, (rows,), or -1 if no label reaches its threshold."""
    reached = np.where(probs >= thresholds(given, probs), probs, -np.inf)
    labels: Ints = np.where(np.isinf(reached).all(axis=1), -1, reached.argmax(axis=1))
    return labels


def confident_joint(given: Ints, probs: Floats) -> Ints:
    """Return counts (labels, labels): rows are given labels, columns confident ones."""
    likely = confident_labels(given, probs)
    joint = np.zeros((probs.shape[1],) * 2, dtype=np.int64)
    np.add.at(joint, (given[likely >= 0], likely[likely >= 0]), 1)
    return joint


def find_suspects(given: Ints, probs: Floats) -> list[Suspect]:
    """Return the rows whose confident label is not the given one, the most doubtful first.

    The margin is the probability of the given label minus that of the likely one.
    """
    likely = confident_labels(given, probs)
    rows = np.flatnonzero((likely >= 0) & (likely != given))
    margins = probs[rows, given[rows]] - probs[rows, likely[rows]]
    order = np.argsort(margins, kind="stable")
    return [
        Suspect(int(row), int(given[row]), int(likely[row]), round(float(margin), 4))
        for row, margin in zip(rows[order], margins[order], strict=True)
    ]
