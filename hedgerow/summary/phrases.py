"""The most frequent cues and sources, counted in bounded memory."""

from __future__ import annotations

from collections import Counter

from hedgerow.labels import SpanType

KEPT = 50_000  # wordings; beyond twice as many the rarest are forgotten (lossy counting, Manku & Motwani 2002)


class Wordings:
    """Counts (type, wording in lower case). Exact until 100,000 different ones were seen; then rare ones may be low."""

    def __init__(self, kept: int = KEPT) -> None:
        self._counts: Counter[tuple[SpanType, str]] = Counter()
        self._kept = kept
        self.exact = True

    def add(self, kind: SpanType, text: str) -> None:
        self._counts[kind, " ".join(text.casefold().split())] += 1
        if len(self._counts) > 2 * self._kept:
            self._counts = Counter(dict(self._counts.most_common(self._kept)))
            self.exact = False

    def most_frequent(self, most: int, *, sources: bool) -> list[tuple[SpanType, str, int]]:
        """The `most` frequent sources, or cues, as (type, wording, count); ties by alphabet."""
        found = [(kind, text, count) for (kind, text), count in self._counts.items() if kind.is_source is sources]
        return sorted(found, key=lambda one: (-one[2], one[1], one[0]))[:most]
