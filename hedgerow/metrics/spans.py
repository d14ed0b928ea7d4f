"""Spans found against spans that are there, strictly and by overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hedgerow.labels import Span
from hedgerow.metrics.measures import Floats, Ints, ratio


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """Spans of one type: found rightly, found wrongly, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: SpanCounts) -> SpanCounts:
        return SpanCounts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    def to_dict(self) -> dict[str, float]:
        found, there = self.right + self.wrong, self.right + self.missed
        return {
            "precision": round(self.right / found, 4) if found else 0.0,
            "recall": round(self.right / there, 4) if there else 0.0,
            "f1": round(2 * self.right / (found + there), 4) if found + there else 0.0,
            "support": there,
        }


def strict(gold: Sequence[Span], predicted: Sequence[Span]) -> SpanCounts:
    """A predicted span is right when it has the very start, end and type of a gold span."""
    there = {(span.start, span.end, span.type) for span in gold}
    found = {(span.start, span.end, span.type) for span in predicted}
    return SpanCounts(len(there & found), len(found - there), len(there - found))


def overlapping(gold: Sequence[Span], predicted: Sequence[Span]) -> SpanCounts:
    """A predicted span is right when it shares a character with a gold span of its type that no other has taken."""
    free = sorted(gold, key=lambda span: (span.start, span.end))
    right = 0
    for span in sorted(predicted, key=lambda span: (span.start, span.end)):
        partner = next((g for g in free if g.type == span.type and g.start < span.end and span.start < g.end), None)
        if partner is not None:
            free.remove(partner)
            right += 1
    return SpanCounts(right, len(predicted) - right, len(free))


def span_sums(counts: Sequence[SpanCounts], groups: Sequence[str]) -> Ints:
    """(groups, 3): right, wrong and missed spans of each group's sentences."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.zeros((len(names), 3), dtype=np.int64)
    np.add.at(sums, group, np.array([(count.right, count.wrong, count.missed) for count in counts]))
    return sums


def span_figures(sums: Ints) -> Floats:
    """Precision, recall and F1 of (..., 3) as `span_sums` gives them: (..., 3); 0 where there is nothing."""
    right, wrong, missed = sums[..., 0], sums[..., 1], sums[..., 2]
    ratios = (ratio(right, right + wrong), ratio(right, right + missed), ratio(2 * right, 2 * right + wrong + missed))
    return np.stack(ratios, axis=-1)
