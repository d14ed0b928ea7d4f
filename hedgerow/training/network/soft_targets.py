"""Soft targets: the probabilities that a student learns from, by row and head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class SoftTargets:
    """Probabilities for every row: (rows, labels) by label head, and a list of (tokens, tags) by span head.

    A token has all zeros, which is no target, unless it begins a word.
    """

    labels: dict[str, Floats]
    tags: dict[str, list[Floats]]

    def batch(self, rows: Sequence[int], longest: int) -> dict[str, Tensor]:
        """Return the targets of `rows`, padded to `longest` tokens, under the names that the network takes."""
        targets = {
            f"{name}_soft": torch.from_numpy(probs[rows].astype(np.float32)) for name, probs in self.labels.items()
        }
        for name, probs_by_row in self.tags.items():
            padded = np.zeros((len(rows), longest, probs_by_row[rows[0]].shape[1]), dtype=np.float32)
            for at, row in enumerate(rows):
                padded[at, : len(probs_by_row[row])] = probs_by_row[row]
            targets[f"{name}_soft"] = torch.from_numpy(padded)
        return targets
