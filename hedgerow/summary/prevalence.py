"""Prevalence of labels with 95 % intervals, counted in one pass; memory does not grow with the text.

Sentences of a document are not independent, so documents are drawn, not sentences. A bootstrap in one pass gives every
document a Poisson(1) weight in each draw (Chamandy et al. 2012); the same weight in every group, so that groups can be
compared. Documents of one sentence are counted together, because the weights of m of them sum to Poisson(m).

The variance over the draws gives the effective number of sentences for Wilson's interval. With fewer than ten documents
that variance is too uncertain: there the effective number comes from the intra-document correlation of all documents;
with fewer than thirty the smaller of the two counts, for rare labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hedgerow.metrics.measures import SEED, Score, percentiles, wilson
from hedgerow.summary.correction import SUMMARY_DRAWS, Confusion
from hedgerow.summary.intervals import (
    ENOUGH,
    FEW,
    effective_number,
    intra_document_correlation,
    number_from_variance,
    with_width,
)
from hedgerow.summary.scheme import CODEBOOK, Scheme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BOOTSTRAP = "bootstrap of documents"
SINGLE = "Wilson, a sentence a document"
ONE_DOCUMENT = "Wilson, sentences of one document"
EFFECTIVE = "Wilson, effective number of sentences"


@dataclass(frozen=True, slots=True)
class Estimate:
    """The prevalence of one label in a group.

    Attributes
    ----------
    axis, label : str
        Which label.
    count : int
        How many sentences have it.
    share : Score
        Its share of the labelled sentences, 0..1, with a 95 % interval.
    corrected : Score or None
        The share corrected for the classifier's error, if that is known.
    method : str
        How the interval was made.
    effective : float
        The number of independent sentences that the interval is as wide as.

    Examples
    --------
    >>> from pathlib import Path
    >>> import hedgerow
    >>> from hedgerow.summary import Group, read_labelled, summarise
    >>> counts = hedgerow.label_files("data/examples/article.txt", "summed.csv", model="lexicon")
    >>> summary = summarise(read_labelled([Path("summed.csv")]), Group("doc"))
    >>> possible = summary.groups[0].estimates[2]
    >>> possible.label, possible.count, str(possible.share)
    ('possible', 4, '0.121 [0.048, 0.273]')
    """

    axis: str
    label: str
    count: int
    share: Score
    corrected: Score | None
    method: str
    effective: float


class Counts:
    """The counts of one group: vectors (labels + 1,), see Scheme."""

    def __init__(self, name: str, scheme: Scheme = CODEBOOK, *, is_drawn: bool = True) -> None:
        """Begin at zero; the name seeds the draws, which a group whose every member is one document does without."""
        self.scheme = scheme
        self.documents = 0
        self.counts = np.zeros(scheme.sentences + 1, dtype=np.int64)
        self.singles = np.zeros(scheme.sentences + 1, dtype=np.int64)  # of documents of one sentence
        self._drawn: Floats | None = None  # (draws, labels + 1), of documents of several
        # Of documents with n labelled sentences of an axis in the group and m in all: their number, the sums of n² and
        # n * m, and the number of those that are wholly in the group.
        self._labelled = np.zeros((4, len(scheme.heads)), dtype=np.int64)
        self._wholly = 0  # documents whose sentences are all in the group
        self._seed = crc32(name.encode("utf-8", "replace"))
        self._is_drawn = is_drawn

    def add_single(self, counts: Ints) -> None:
        """Add a document of one sentence."""
        self.documents += 1
        self._wholly += 1
        self.singles += counts

    def add(self, stack: Ints, weights: Floats, whole: Ints | None = None) -> None:
        """Add documents: their counts (documents, labels + 1) and their weights in each draw (draws, documents).

        `whole` are the counts of all their sentences, if some are in other groups.
        """
        whole = stack if whole is None else whole
        self.documents += len(stack)
        self._wholly += int((stack[:, -1] == whole[:, -1]).sum())
        self.counts += stack.sum(axis=0)
        here, in_all = stack @ self.scheme.of_head, whole @ self.scheme.of_head
        sums = [here > 0, here**2, here * in_all, (here > 0) & (here == in_all)]
        self._labelled += np.stack([one.sum(axis=0) for one in sums])
        if self._is_drawn:
            drawn = weights @ stack.astype(np.float64)  # floats, for speed
            if self._drawn is None:
                self._drawn = drawn
            else:
                self._drawn += drawn

    def finish(self) -> None:
        """Add the documents of one sentence to the others."""
        singles = self.singles @ self.scheme.of_head
        self.counts += self.singles
        self._labelled += singles

    def without(self, other: Counts) -> Counts:
        """Return the counts of the rest, if `other` are a part of these; both are finished."""
        rest = Counts("rest", self.scheme, is_drawn=self._is_drawn and other._is_drawn)
        rest.documents = self.documents - other._wholly
        rest.counts = self.counts - other.counts
        rest.singles = self.singles - other.singles
        (documents, squared, *_), (_, inside, across, wholly) = self._labelled, other._labelled
        rest._labelled[:2] = documents - wholly, squared - 2 * across + inside
        if self._drawn is not None:
            rest._drawn = self._drawn - (0 if other._drawn is None else other._drawn)
        return rest

    @property
    def sentences(self) -> int:
        """The number of sentences."""
        return int(self.counts[-1])

    @property
    def labelled(self) -> dict[str, int]:
        """The number of sentences with a label, by axis."""
        return {axis: int(self.counts[part].sum()) for axis, part in self.scheme.slices.items()}

    def size(self, axis: str) -> tuple[int, int, int]:
        """Return the documents and sentences that have a label of the axis, and the sum of the documents' n²."""
        documents, squared, *_ = self._labelled[:, self.scheme.place(axis)]
        return int(documents), self.labelled[axis], int(squared)

    @cached_property
    def drawn(self) -> Floats | None:
        """The counts in each draw (draws, labels + 1); None if the documents are too few to be drawn."""
        if not self._is_drawn or self.documents < FEW:
            return None
        rng = np.random.default_rng((SEED, self._seed, 0))
        singles = rng.poisson(self.singles, size=(SUMMARY_DRAWS, len(self.singles))).astype(np.float64)
        return singles if self._drawn is None else singles + self._drawn

    def shares(self, axis: str) -> Floats | None:
        """Return the shares of the labels of an axis in each draw (draws, labels), nan in a draw without any."""
        if self.drawn is None or self.size(axis)[0] < FEW:
            return None
        drawn = self.drawn[:, self.scheme.slices[axis]]
        totals = drawn.sum(axis=1, keepdims=True)
        shares: Floats = np.divide(drawn, totals, out=np.full(drawn.shape, np.nan), where=totals > 0)
        return shares


@dataclass(frozen=True, slots=True)
class Estimator:
    """Estimates for all groups of a roll-up.

    `correlations` are those within documents, by axis (labels,); `confusions`, by axis, correct for the classifier's
    error; `by_document` is whether a group is one document, so that its sentences are the sample.
    """

    correlations: Mapping[str, Floats]
    confusions: Mapping[str, Confusion] | None = None
    by_document: bool = False

    def estimates(self, counts: Counts, *, by_document: bool | None = None) -> list[Estimate]:
        """Return the prevalence of every label with its interval; nothing for an axis without labels."""
        is_one = self.by_document if by_document is None else by_document
        return [
            one
            for axis in counts.scheme.heads
            if counts.labelled[axis]
            for one in self._axis(counts, axis, is_one=is_one)
        ]

    def _axis(self, counts: Counts, axis: str, *, is_one: bool) -> list[Estimate]:
        hits = counts.counts[counts.scheme.slices[axis]]
        documents, sentences, squared = counts.size(axis)
        size = (sentences, sentences, sentences) if is_one else (documents, sentences, squared)
        draws = None if is_one or documents == sentences else counts.shares(axis)
        variances = np.full(len(hits), np.nan) if draws is None else np.nanvar(draws, axis=0)
        rows = []
        for at, count in enumerate(hits):
            share = count / sentences
            number = effective_number(*size, float(self.correlations[axis][at]))
            method = _method(documents, sentences, is_one=is_one)
            drawn = None if draws is None else number_from_variance(share, variances[at], documents, sentences)
            if drawn is not None:
                number, method = drawn if documents >= ENOUGH else min(drawn, number), BOOTSTRAP
            rows.append((int(count), wilson(share * number, number), method, number))
        corrected = self._corrected(counts, axis, [number for *_, number in rows])
        return [
            Estimate(axis, label, count, share, score, method, number)
            for label, score, (count, share, method, number) in zip(
                counts.scheme.heads[axis], corrected, rows, strict=True
            )
        ]

    def _corrected(self, counts: Counts, axis: str, numbers: list[float]) -> list[Score] | list[None]:
        """Return the corrected shares, if the classifier's error is known; `numbers` are the effective ones."""
        if self.confusions is None or axis not in self.confusions:
            return [None] * len(numbers)
        confusion = self.confusions[axis]
        point = confusion.corrected(counts.counts[counts.scheme.slices[axis]].astype(np.float64))
        drawn = percentiles(point, self.corrected_shares(counts, axis, min(numbers)))
        return [with_width(score, number) for score, number in zip(drawn, numbers, strict=True)]

    def corrected_shares(self, counts: Counts, axis: str, number: float) -> Floats:
        """Return the corrected shares in each draw (draws, labels).

        If there are too few documents to be drawn, shares are drawn that are compatible with `number` sentences: from a
        Dirichlet distribution, with Jeffreys' prior.
        """
        assert self.confusions is not None
        draws = counts.shares(axis)
        hits = counts.counts[counts.scheme.slices[axis]]
        if draws is not None:
            draws = np.where(np.isnan(draws), hits / hits.sum(), draws)
        else:
            rng = np.random.default_rng((SEED, int(counts.counts[-1])))
            draws = rng.dirichlet(number * hits / hits.sum() + 0.5, size=SUMMARY_DRAWS)
        return self.confusions[axis].corrected_draws(draws)


def correlations(whole: Counts, squares: Floats) -> dict[str, Floats]:
    """Return the correlations within documents, by axis; `squares` are sums of hits² / sentences (labels,)."""
    return {
        axis: intra_document_correlation(whole.counts[part], squares[part], whole.size(axis))
        for axis, part in whole.scheme.slices.items()
    }


def hit_squares(stack: Ints, scheme: Scheme = CODEBOOK) -> Floats:
    """Return the sums over documents of hits² / sentences of the axis (labels + 1,), for `correlations`."""
    labelled = np.zeros(stack.shape)
    for part in scheme.slices.values():
        labelled[:, part] = stack[:, part].sum(axis=1, keepdims=True)
    squares: Floats = np.divide(stack**2, labelled, out=np.zeros(stack.shape), where=labelled > 0).sum(axis=0)
    return squares


def draw_weights(batch: int, documents: int) -> Floats:
    """Return the weights of a batch of documents in each draw (draws, documents)."""
    rng = np.random.default_rng((SEED, batch))
    return rng.poisson(1.0, size=(SUMMARY_DRAWS, documents)).astype(np.float64)


def _method(documents: int, sentences: int, *, is_one: bool) -> str:
    if is_one:
        return ONE_DOCUMENT
    return SINGLE if documents == sentences else EFFECTIVE
