"""Gold and predictions to scores: everything a report says of a model on a corpus, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hedgerow.labels import AXES, Example, Prediction, SpanType
from hedgerow.scores import metrics
from hedgerow.scores.spans import SpanCounts, overlapping, strict

SEED = 13  # of the bootstrap


def axis_scores(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> dict[str, Any]:
    """One axis of the codebook, as `label_scores` gives it."""
    labels = [str(label) for label in AXES[axis]]
    return label_scores(
        [str(getattr(example, axis)) for example in gold],
        [str(getattr(prediction, axis)) for prediction in predicted],
        labels,
        [example.unit for example in gold],
    )


def compare(
    gold: Sequence[Example], ours: Sequence[Prediction], theirs: Sequence[Prediction], axis: str
) -> dict[str, Any]:
    """Two models on the same rows: exact McNemar p of accuracy, and the paired difference of macro-F1."""
    labels = [str(label) for label in AXES[axis]]
    truth = [str(getattr(example, axis)) for example in gold]
    found = [[str(getattr(prediction, axis)) for prediction in side] for side in (ours, theirs)]
    units = [example.unit for example in gold]
    stacks = [metrics.confusion_by_group(truth, side, labels, units) for side in found]
    right = [[said == wanted for said, wanted in zip(side, truth, strict=True)] for side in found]
    difference = metrics.paired_difference(stacks[0], stacks[1], metrics.macro_f1, seed=SEED)
    return {"mcnemar p": metrics.mcnemar(right[0], right[1]), "macro_f1 difference": difference.to_dict()}


def label_scores(
    gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str], groups: Sequence[str]
) -> dict[str, Any]:
    """One set of labels: per-class precision, recall, F1 and support, the totals, each with its interval, and the
    matrix of counts, whose rows are gold and whose columns are predicted."""
    stack = metrics.confusion_by_group(gold, predicted, labels, groups)
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
