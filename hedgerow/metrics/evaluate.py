"""Gold and predictions to scores: everything a report says of a model on a corpus, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hedgerow.labels import AXES, Example, Prediction, SpanType
from hedgerow.metrics import measures
from hedgerow.metrics.confidence import confidence_scores
from hedgerow.metrics.ordered import order_scores
from hedgerow.metrics.spans import SpanCounts, overlapping, span_figures, span_sums, strict

SEED = 13  # of the bootstrap


def axis_scores(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> dict[str, Any]:
    """One axis of the codebook, as `label_scores` gives it."""
    labels = [str(label) for label in AXES[axis]]
    return label_scores(
        [str(getattr(example, axis)) for example in gold],
        [str(getattr(prediction, axis)) for prediction in predicted],
        labels,
        [example.group_key for example in gold],
    )


def compare(
    gold: Sequence[Example], ours: Sequence[Prediction], theirs: Sequence[Prediction], axis: str
) -> dict[str, Any]:
    """Two models on the same rows: exact McNemar p of accuracy, the paired difference of macro-F1 and its p."""
    labels = [str(label) for label in AXES[axis]]
    truth = [str(getattr(example, axis)) for example in gold]
    found = [[str(getattr(prediction, axis)) for prediction in side] for side in (ours, theirs)]
    units = [example.group_key for example in gold]
    stacks = [measures.confusion_by_group(truth, side, labels, units) for side in found]
    right = [[said == wanted for said, wanted in zip(side, truth, strict=True)] for side in found]
    difference = measures.paired_difference(stacks[0], stacks[1], measures.macro_f1, seed=SEED)
    return {
        "mcnemar p": measures.mcnemar(right[0], right[1]),
        "macro_f1 difference": difference.to_dict(),
        "macro_f1 p": measures.paired_p(stacks[0], stacks[1], measures.macro_f1, seed=SEED),
    }


def label_scores(
    gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str], groups: Sequence[str]
) -> dict[str, Any]:
    """One set of labels: per-class precision, recall, F1 and support, the totals, each with its interval, and the
    matrix of counts, whose rows are gold and whose columns are predicted."""
    stack = measures.confusion_by_group(gold, predicted, labels, groups)
    matrix = stack.sum(axis=0)
    by_class = {
        name: measures.interval(stack, metric, seed=SEED)
        for name, metric in (("precision", measures.precision), ("recall", measures.recall), ("f1", measures.f1))
    }
    totals = (("macro_f1", measures.macro_f1), ("accuracy", measures.accuracy), ("kappa", measures.kappa))
    return {
        **{name: measures.interval(stack, metric, seed=SEED)[0].to_dict() for name, metric in totals},
        "classes": {
            label: {name: by_class[name][at].to_dict() for name in by_class} | {"support": int(matrix[at].sum())}
            for at, label in enumerate(labels)
        },
        "confusion": {"labels": labels, "counts": matrix.tolist()},
    }


def full_scores(gold: Sequence[Example], predicted: Sequence[Prediction]) -> dict[str, Any]:
    """All that a report says of one model: `axis_scores` and more of each axis, and the spans with intervals."""
    axes = {
        axis: axis_scores(gold, predicted, axis)
        | confidence_scores(gold, predicted, axis, seed=SEED)
        | {"shares": label_shares(gold, predicted, axis)}
        for axis in AXES
    }
    axes["certainty"]["order"] = order_scores(gold, predicted, seed=SEED)
    return {**axes, "spans": span_intervals(gold, predicted)}


def label_shares(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> dict[str, Any]:
    """By label its share of gold and of what was predicted, and the difference, each with its interval."""
    labels = [str(label) for label in AXES[axis]]
    truth = [str(getattr(example, axis)) for example in gold]
    found = [str(getattr(prediction, axis)) for prediction in predicted]
    stack = measures.confusion_by_group(truth, found, labels, [example.group_key for example in gold])
    figures = measures.interval(stack, measures.shares, seed=SEED)
    rows = (figures[at :: len(labels)] for at in range(len(labels)))
    return {
        label: dict(zip(("gold", "predicted", "difference"), (figure.to_dict() for figure in row), strict=True))
        for label, row in zip(labels, rows, strict=True)
    }


def span_scores(gold: Sequence[Example], predicted: Sequence[Prediction]) -> dict[str, Any]:
    """Spans by type and together: strict (same offsets and type) and overlapping (same type)."""
    return {
        kind: {name: sum(counts, SpanCounts()).to_dict() for name, counts in ways.items()}
        for kind, ways in _span_counts(gold, predicted)
    }


def span_intervals(gold: Sequence[Example], predicted: Sequence[Prediction]) -> dict[str, Any]:
    """As `span_scores`, with an `interval` beside the figures: [low, high] of precision, recall and F1."""
    units = [example.group_key for example in gold]
    table: dict[str, Any] = {}
    for kind, ways in _span_counts(gold, predicted):
        table[kind] = {}
        for name, counts in ways.items():
            found = measures.interval(span_sums(counts, units), span_figures, seed=SEED)
            interval = {
                figure: [score.to_dict()["low"], score.to_dict()["high"]]
                for figure, score in zip(("precision", "recall", "f1"), found, strict=True)
            }
            table[kind][name] = sum(counts, SpanCounts()).to_dict() | {"interval": interval}
    return table


def _span_counts(
    gold: Sequence[Example], predicted: Sequence[Prediction]
) -> Iterator[tuple[str, dict[str, list[SpanCounts]]]]:
    """For each type, and for all: the counts of every sentence, strict and overlapping."""
    for kind in (*SpanType, None):
        pairs = [
            (
                [span for span in example.spans if kind in (None, span.type)],
                [span for span in prediction.spans if kind in (None, span.type)],
            )
            for example, prediction in zip(gold, predicted, strict=True)
        ]
        ways = {"strict": strict, "overlapping": overlapping}
        yield str(kind or "all"), {name: [way(*pair) for pair in pairs] for name, way in ways.items()}
