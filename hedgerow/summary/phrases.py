"""Count the most frequent cues and sources in bounded memory."""

from __future__ import annotations

from collections import Counter

from hedgerow.labels import SpanType

KEPT = 50_000  # phrases; beyond twice as many the rarest are dropped (lossy counting, Manku & Motwani 2002)


class PhraseCounts:
    """Counts of (type, phrase in lower case), exact up to 100,000 distinct ones; then those of rare ones may be low."""

    def __init__(self, kept: int = KEPT) -> None:
        """Keep the `kept` most frequent phrases if there are more than twice as many."""
        self._counts: Counter[tuple[SpanType, str]] = Counter()
        self._kept = kept
        self.exact = True

    def add(self, kind: SpanType, text: str) -> None:
        """Count a phrase; case and spaces do not distinguish phrases."""
        self._counts[kind, " ".join(text.casefold().split())] += 1
        if len(self._counts) > 2 * self._kept:
            self._counts = Counter(dict(self._counts.most_common(self._kept)))
            self.exact = False

    def most_frequent(self, most: int, *, sources: bool) -> list[tuple[SpanType, str, int]]:
        """Return the `most` frequent sources, or cues, as (type, phrase, count), ties in alphabetical order."""
        rows = [(kind, text, count) for (kind, text), count in self._counts.items() if kind.is_source is sources]
        return sorted(rows, key=lambda row: (-row[2], row[1], row[0]))[:most]
