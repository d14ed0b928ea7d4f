"""How good predictions are, and how far to trust the figure."""

from hedgerow.metrics.confident_mistakes import mistakes
from hedgerow.metrics.evaluate import SEED, axis_scores, compare, full_scores, label_scores, span_intervals, span_scores
from hedgerow.metrics.measures import Score, wilson
from hedgerow.metrics.slices import FEW, slice_scores
from hedgerow.metrics.spans import SpanCounts, overlapping, strict

__all__ = [
    "FEW",
    "SEED",
    "Score",
    "SpanCounts",
    "axis_scores",
    "compare",
    "full_scores",
    "label_scores",
    "mistakes",
    "overlapping",
    "slice_scores",
    "span_intervals",
    "span_scores",
    "strict",
    "wilson",
]
