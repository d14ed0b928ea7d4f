"""Prevalence of labels with 95 % intervals, counted in one pass; memory does not grow with the text.

Sentences of a document are not independent, so documents are drawn, not sentences. A bootstrap in one pass gives every
document a Poisson(1) weight in each draw (Chamandy et al. 2012). Documents of one sentence are counted together,
because the weights of m of them sum to Poisson(m). If every document is one sentence, or there is one document, the
interval is Wilson's (1927).
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hedgerow.labels import AXES
from hedgerow.metrics.measures import SEED, Score, percentiles, wilson
from hedgerow.summary.correction import SUMMARY_DRAWS, Confusion

_AT_ONCE = 64  # documents that are weighted together
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NAMES = {axis: [str(label) for label in enum] for axis, enum in AXES.items()}
# A vector of counts has an entry per label, certainty's first, and at last the number of sentences, labelled or not.
INDEX = {(axis, label): at for at, (axis, label) in enumerate((a, x) for a in AXES for x in _NAMES[a])}
SENTENCES = len(INDEX)
_SLICES = {axis: slice(INDEX[axis, names[0]], INDEX[axis, names[-1]] + 1) for axis, names in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The prevalence of one label in a group; `corrected` if the classifier's error is known."""

    axis: str
    label: str
    count: int
    share: Score
    corrected: Score | None


class Counts:
    """The counts of one group: vectors (labels + 1,), see INDEX and SENTENCES."""

    def __init__(self, name: str) -> None:
        """Begin at zero; the name seeds the draws."""
        self.documents = 0
        self._counts = np.zeros(SENTENCES + 1, dtype=np.int64)
        self._singles = np.zeros(SENTENCES + 1, dtype=np.int64)  # of documents of one sentence
        self._drawn: Floats | None = None  # (draws, labels + 1), of documents of several
        self._pending: list[Ints] = []
        self._seed = crc32(name.encode("utf-8", "replace"))

    def add(self, counts: Ints) -> None:
        """Add a document's counts."""
        self.documents += 1
        self._counts += counts
        if counts[SENTENCES] == 1:
            self._singles += counts
            return
        self._pending.append(counts)
        if len(self._pending) >= _AT_ONCE:
            self._weight_pending()

    @property
    def sentences(self) -> int:
        """The number of sentences."""
        return int(self._counts[SENTENCES])

    @property
    def abstained(self) -> dict[str, int]:
        """The number of sentences without a label, by axis."""
        return {axis: self.sentences - int(self._counts[part].sum()) for axis, part in _SLICES.items()}

    @property
    def method(self) -> str:
        """The method of the intervals, in words."""
        if self.documents == 1:
            return "Wilson, sentences of one document"
        if self.documents == self.sentences:
            return "Wilson, a sentence a document"
        return "bootstrap of documents"

    def estimates(self, confusions: dict[str, Confusion] | None = None) -> list[Estimate]:
        """Return the prevalence of every label with its interval; nothing for an axis without labels."""
        is_drawn = confusions is not None or not self.method.startswith("Wilson")
        draws = self._draws() if is_drawn else None
        estimates = []
        for axis, part in _SLICES.items():
            if self._counts[part].any():
                confusion = None if confusions is None else confusions[axis]
                axis_draws = None if draws is None else _shares(draws[:, part])
                estimates += self._axis(axis, self._counts[part], axis_draws, confusion)
        return estimates

    def _axis(self, axis: str, counts: Ints, draws: Floats | None, confusion: Confusion | None) -> list[Estimate]:
        """Return the estimates of one axis; `draws` are its shares in each draw, (draws, labels)."""
        total = int(counts.sum())
        if draws is None or self.method.startswith("Wilson"):
            shares = [wilson(int(count), total) for count in counts]
        else:
            shares = _intervals(counts / total, draws)
        corrected: list[Score] | list[None] = [None] * len(counts)
        if confusion is not None and draws is not None:
            point = confusion.corrected(counts.astype(np.float64))
            corrected = _intervals(point, confusion.corrected_draws(draws))
        return [
            Estimate(axis, label, int(count), share, score)
            for label, count, share, score in zip(_NAMES[axis], counts, shares, corrected, strict=True)
        ]

    def _weight_pending(self) -> None:
        if self._drawn is None:
            self._drawn = np.zeros((SUMMARY_DRAWS, SENTENCES + 1))
        rng = np.random.default_rng((SEED, self._seed, self.documents))
        weights = rng.poisson(1.0, size=(SUMMARY_DRAWS, len(self._pending))).astype(np.float64)
        self._drawn += weights @ np.stack(self._pending).astype(np.float64)
        self._pending.clear()

    def _draws(self) -> Floats:
        """Return the counts in each draw (draws, labels + 1); if there is one document, its sentences are drawn."""
        rng = np.random.default_rng((SEED, self._seed, 0))
        if self.documents == 1:
            return rng.poisson(self._counts, size=(SUMMARY_DRAWS, SENTENCES + 1)).astype(np.float64)
        if self._pending:
            self._weight_pending()
        singles = rng.poisson(self._singles, size=(SUMMARY_DRAWS, SENTENCES + 1)).astype(np.float64)
        return singles if self._drawn is None else singles + self._drawn


def _shares(draws: Floats) -> Floats:
    """Return the shares of labels in each draw, without the draws that have no document."""
    totals = draws.sum(axis=1, keepdims=True)
    not_empty = totals[:, 0] > 0
    shares: Floats = draws[not_empty] / totals[not_empty]
    return shares


def _intervals(point: Floats, draws: Floats) -> list[Score]:
    """Return percentile intervals that contain the point."""
    scores = percentiles(point, draws)
    return [Score(score.value, min(score.low, score.value), max(score.high, score.value)) for score in scores]
