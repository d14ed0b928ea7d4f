"""Shares of labels with 95 % intervals, counted in one pass: what is kept does not grow with the text.

Sentences of a document are not independent, so documents are drawn, not sentences. A bootstrap that must not see its
data twice gives every document a Poisson(1) weight in each draw (Chamandy et al. 2012); documents of one sentence are
counted together, because the weights of m of them sum to Poisson(m). Where every document is one sentence, or all is
one document, the interval is Wilson's (1927).
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hedgerow.labels import AXES
from hedgerow.metrics.measures import Score, wilson
from hedgerow.summary.correction import DRAWS, SEED, Confusion

_AT_ONCE = 64  # documents that are weighed together
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NAMES = {axis: [str(label) for label in enum] for axis, enum in AXES.items()}
PLACES = {(axis, label): at for at, (axis, label) in enumerate((a, x) for a in AXES for x in _NAMES[a])}
SENTENCES = len(PLACES)  # the place behind the labels: how many sentences there were, labelled or not
_SLICES = {axis: slice(PLACES[axis, names[0]], PLACES[axis, names[-1]] + 1) for axis, names in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Estimate:
    """One label's share among the sentences of a group; `corrected` where the classifier's error is known."""

    axis: str
    label: str
    count: int
    share: Score
    corrected: Score | None


class Tally:
    """Counts of one group, each a vector (labels + 1,): certainty's labels, stance's, the number of sentences."""

    def __init__(self, name: str) -> None:
        self.documents = 0
        self._counts = np.zeros(SENTENCES + 1, dtype=np.int64)
        self._singles = np.zeros(SENTENCES + 1, dtype=np.int64)  # of documents of one sentence
        self._drawn: Floats | None = None  # (draws, labels + 1), of documents of several
        self._pending: list[Ints] = []
        self._seed = crc32(name.encode("utf-8", "replace"))

    def add(self, counts: Ints) -> None:
        """Count a document."""
        self.documents += 1
        self._counts += counts
        if counts[SENTENCES] == 1:
            self._singles += counts
            return
        self._pending.append(counts)
        if len(self._pending) >= _AT_ONCE:
            self._weigh()

    @property
    def sentences(self) -> int:
        return int(self._counts[SENTENCES])

    @property
    def abstained(self) -> dict[str, int]:
        """How many sentences were left without a label, by axis."""
        return {axis: self.sentences - int(self._counts[places].sum()) for axis, places in _SLICES.items()}

    @property
    def method(self) -> str:
        """How the intervals are found, in words."""
        if self.documents == 1:
            return "Wilson, sentences of one document"
        if self.documents == self.sentences:
            return "Wilson, a sentence a document"
        return "bootstrap of documents"

    def estimates(self, confusions: dict[str, Confusion] | None = None) -> list[Estimate]:
        """Every label's share with its interval; none of an axis that has no label at all."""
        drawn = confusions is not None or not self.method.startswith("Wilson")
        draws = self._draws() if drawn else None
        found = []
        for axis, places in _SLICES.items():
            if self._counts[places].any():
                confusion = None if confusions is None else confusions[axis]
                found += self._axis(axis, self._counts[places], None if draws is None else draws[:, places], confusion)
        return found

    def _axis(self, axis: str, counts: Ints, draws: Floats | None, confusion: Confusion | None) -> list[Estimate]:
        total = int(counts.sum())
        if draws is None or self.method.startswith("Wilson"):
            plain = [wilson(int(count), total) for count in counts]
        else:
            plain = _intervals(counts / total, _shares(draws))
        corrected: list[Score] | list[None] = [None] * len(counts)
        if confusion is not None and draws is not None:
            point = confusion.corrected(counts.astype(np.float64))
            corrected = _intervals(point, confusion.corrected_draws(_shares(draws)))
        return [
            Estimate(axis, label, int(count), share, right)
            for label, count, share, right in zip(_NAMES[axis], counts, plain, corrected, strict=True)
        ]

    def _weigh(self) -> None:
        if self._drawn is None:
            self._drawn = np.zeros((DRAWS, SENTENCES + 1))
        rng = np.random.default_rng((SEED, self._seed, self.documents))
        weights = rng.poisson(1.0, size=(DRAWS, len(self._pending))).astype(np.float64)
        self._drawn += weights @ np.stack(self._pending).astype(np.float64)
        self._pending.clear()

    def _draws(self) -> Floats:
        """Counts in each draw (draws, labels); where there is one document, its sentences are drawn."""
        rng = np.random.default_rng((SEED, self._seed, 0))
        if self.documents == 1:
            return rng.poisson(self._counts, size=(DRAWS, SENTENCES + 1)).astype(np.float64)
        if self._pending:
            self._weigh()
        singles = rng.poisson(self._singles, size=(DRAWS, SENTENCES + 1)).astype(np.float64)
        return singles if self._drawn is None else singles + self._drawn


def _shares(draws: Floats) -> Floats:
    """Draws in which no document came up say nothing and are left out."""
    totals = draws.sum(axis=1, keepdims=True)
    there = totals[:, 0] > 0
    shares: Floats = draws[there] / totals[there]
    return shares


def _intervals(point: Floats, draws: Floats) -> list[Score]:
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    return [Score(float(p), float(min(a, p)), float(max(b, p))) for p, a, b in zip(point, low, high, strict=True)]
