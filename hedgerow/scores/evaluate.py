"""Gold and predictions to scores: everything a report says of a model on a corpus, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hedgerow.labels import AXES, Example, Prediction, SpanType
from hedgerow.scores import metrics
from hedgerow.scores.spans import SpanCounts, overlapping, strict

SEED = 13  # of the bootstrap


def axis_scores(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> dict[str, Any]:
    """One axis: per-class precision, recall, F1 and support, the totals, each with its interval, and the
    matrix of counts, whose rows are gold and whose columns are predicted."""
    labels = [str(label) for label in AXES[axis]]
    stack = metrics.confusion_by_group(
        [str(getattr(example, axis)) for example in gold],
        [str(getattr(prediction, axis)) for prediction in predicted],
        labels,
        [example.unit for example in gold],
    )
    matrix = stack.sum(axis=0)
    by_class = {
        name: metrics.interval(stack, metric, seed=SEED)
        for name, metric in (("precision", metrics.precision), ("recall", metrics.recall), ("f1", metrics.f1))
    }
    totals = (("macro_f1", metrics.macro_f1), ("accuracy", metrics.accuracy), ("kappa", metrics.kappa))
    return {
        **{name: metrics.interval(stack, metric, seed=SEED)[0].to_dict() for name, metric in totals},
        "classes": {
            label: {name: by_class[name][at].to_dict() for name in by_class} | {"support": int(matrix[at].sum())}
            for at, label in enumerate(labels)
        },
        "confusion": {"labels": labels, "counts": matrix.tolist()},
    }


def span_scores(gold: Sequence[Example], predicted: Sequence[Prediction]) -> dict[str, Any]:
    """Spans by type and together: strict (same offsets and type) and overlapping (same type)."""
    table: dict[str, Any] = {}
    for kind in (*SpanType, None):
        counts = {"strict": SpanCounts(), "overlapping": SpanCounts()}
        for example, prediction in zip(gold, predicted, strict=True):
            there = [span for span in example.spans if kind in (None, span.type)]
            found = [span for span in prediction.spans if kind in (None, span.type)]
            counts["strict"] += strict(there, found)
            counts["overlapping"] += overlapping(there, found)
        table[str(kind or "all")] = {name: count.to_dict() for name, count in counts.items()}
    return table
