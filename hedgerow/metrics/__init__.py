"""How good predictions are, and how far to trust the figure."""

from hedgerow.metrics.confident_mistakes import mistakes
from hedgerow.metrics.labelled import labelled_pairs, measurable_heads, measurable_labels, measurable_spans
from hedgerow.metrics.measures import SEED, Score, wilson
from hedgerow.metrics.paired import compare
from hedgerow.metrics.scoring import axis_scores, full_scores, label_scores, span_intervals, span_scores, strict_span_f1
from hedgerow.metrics.slices import TOO_FEW, slice_scores
from hedgerow.metrics.spans import SpanCounts, overlapping, strict

__all__ = [
    "SEED",
    "TOO_FEW",
    "Score",
    "SpanCounts",
    "axis_scores",
    "compare",
    "full_scores",
    "label_scores",
    "labelled_pairs",
    "measurable_heads",
    "measurable_labels",
    "measurable_spans",
    "mistakes",
    "overlapping",
    "slice_scores",
    "span_intervals",
    "span_scores",
    "strict",
    "strict_span_f1",
    "wilson",
]
