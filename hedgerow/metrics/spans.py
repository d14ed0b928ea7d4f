"""Predicted spans against gold spans, strictly and by overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hedgerow.labels import SPANS, Example, Span, SpanType
from hedgerow.metrics.labelled import gold_spans, predicted_spans
from hedgerow.metrics.measures import Floats, Ints, ratio
from hedgerow.results import Prediction

ALL = "all"  # the name of all types together, after the names of the types


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """Spans predicted rightly, predicted wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: SpanCounts) -> SpanCounts:
        """Return the counts of both."""
        return SpanCounts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    def to_dict(self) -> dict[str, float]:
        """Return precision, recall, F1 and support (the number of gold spans)."""
        predicted = self.right + self.wrong
        gold = self.right + self.missed
        return {
            "precision": round(self.right / predicted, 4) if predicted else 0.0,
            "recall": round(self.right / gold, 4) if gold else 0.0,
            "f1": round(2 * self.right / (predicted + gold), 4) if predicted + gold else 0.0,
            "support": gold,
        }


def strict(gold: Sequence[Span], predicted: Sequence[Span]) -> SpanCounts:
    """Count a predicted span as right if a gold span has its start, end and type."""
    gold_keys = span_keys(gold)
    predicted_keys = span_keys(predicted)
    both = gold_keys & predicted_keys
    return SpanCounts(len(both), len(predicted_keys - both), len(gold_keys - both))


def span_keys(spans: Sequence[Span]) -> set[tuple[int, int, str]]:
    """Return the start, end and type of each span: two spans are the same if these are."""
    return {(span.start, span.end, str(span.type)) for span in spans}


def overlapping(gold: Sequence[Span], predicted: Sequence[Span]) -> SpanCounts:
    """Count a predicted span as right if it shares a character with a gold span of its type; each is used once."""
    free = sorted(gold, key=lambda span: (span.start, span.end))
    right = 0
    for span in sorted(predicted, key=lambda span: (span.start, span.end)):
        partner = next((g for g in free if g.type == span.type and g.start < span.end and span.start < g.end), None)
        if partner is not None:
            free.remove(partner)
            right += 1
    return SpanCounts(right, len(predicted) - right, len(free))


METHODS = {"strict": strict, "overlapping": overlapping}


def counts_by_type(
    gold: Sequence[Example], predicted: Sequence[Prediction], head: str = SPANS
) -> Iterator[tuple[str, Mapping[str, list[SpanCounts]]]]:
    """Yield each type, and "all" at last, with the counts of every sentence by method.

    The types of a span head of the user's own are those that gold or the predictions have, by the alphabet.
    """
    pairs = [
        (gold_spans(example, head), predicted_spans(prediction, head))
        for example, prediction in zip(gold, predicted, strict=True)
    ]
    own = {str(span.type) for pair in pairs for side in pair for span in side}
    kinds = [str(kind) for kind in SpanType] if head == SPANS else sorted(own)
    for kind in kinds:
        of_kind = [tuple([span for span in side if span.type == kind] for side in pair) for pair in pairs]
        yield kind, {name: [count(gold, said) for gold, said in of_kind] for name, count in METHODS.items()}
    yield ALL, {name: [count(*pair) for pair in pairs] for name, count in METHODS.items()}


def span_sums(counts: Sequence[SpanCounts], groups: Sequence[str]) -> Ints:
    """Return (groups, 3): the right, wrong and missed spans of each group's sentences."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.zeros((len(names), 3), dtype=np.int64)
    np.add.at(sums, group, np.array([(count.right, count.wrong, count.missed) for count in counts]))
    return sums


def span_figures(sums: Ints) -> Floats:
    """Return precision, recall and F1 of (..., 3) sums as `span_sums` gives them: (..., 3)."""
    return np.stack([_precision(sums), _recall(sums), span_f1(sums)], axis=-1)


def span_f1(sums: Ints) -> Floats:
    """Return F1 of (..., 3) sums; 0 if there are neither gold nor predicted spans."""
    right, wrong, missed = sums[..., 0], sums[..., 1], sums[..., 2]
    return ratio(2 * right, 2 * right + wrong + missed)


def _precision(sums: Ints) -> Floats:
    return ratio(sums[..., 0], sums[..., 0] + sums[..., 1])


def _recall(sums: Ints) -> Floats:
    return ratio(sums[..., 0], sums[..., 0] + sums[..., 2])
