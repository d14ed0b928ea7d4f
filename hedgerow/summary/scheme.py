"""The label heads of a roll-up: the axes that the rows have, and heads of the user's own, each with its labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hedgerow.labels import AXES

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Scheme:
    """Label heads and their labels, in order.

    A vector of counts has an entry per label, those of the first head first, and at last the number of sentences,
    labelled or not.
    """

    heads: Mapping[str, tuple[str, ...]]

    @cached_property
    def index(self) -> dict[tuple[str, str], int]:
        """The entry of each (head, label)."""
        return {
            key: at for at, key in enumerate((head, label) for head, labels in self.heads.items() for label in labels)
        }

    @property
    def sentences(self) -> int:
        """The entry of the number of sentences."""
        return len(self.index)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """The entries of each head."""
        ends = np.cumsum([0, *(len(labels) for labels in self.heads.values())]).tolist()
        return {head: slice(ends[at], ends[at + 1]) for at, head in enumerate(self.heads)}

    @cached_property
    def of_head(self) -> Ints:
        """A matrix (labels + 1, heads): a vector @ this gives the labelled sentences of each head."""
        matrix = np.zeros((self.sentences + 1, len(self.heads)), dtype=np.int64)
        for column, part in enumerate(self.slices.values()):
            matrix[part, column] = 1
        return matrix

    def place(self, head: str) -> int:
        """Return the position of a head."""
        return list(self.heads).index(head)


CODEBOOK = Scheme({axis: tuple(map(str, labels)) for axis, labels in AXES.items()})
