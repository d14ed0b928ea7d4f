"""How good predictions are, and how far to trust the figure."""

from hedgerow.scores.evaluate import axis_scores, compare, label_scores, span_scores
from hedgerow.scores.metrics import Score, wilson
from hedgerow.scores.spans import SpanCounts, overlapping, strict

__all__ = [
    "Score",
    "SpanCounts",
    "axis_scores",
    "compare",
    "label_scores",
    "overlapping",
    "span_scores",
    "strict",
    "wilson",
]
