"""Scores of predictions against gold, as the plain data of a report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from hedgerow.labels import SPANS, Example
from hedgerow.metrics import measures
from hedgerow.metrics.confidence import confidence_scores
from hedgerow.metrics.labelled import (
    gold_label,
    gold_spans,
    is_ordered,
    labelled_pairs,
    labels_of,
    measurable_heads,
    measurable_labels,
    measurable_spans,
    predicted_label,
    predicted_spans,
)
from hedgerow.metrics.measures import SEED, Floats, Ints, Score
from hedgerow.metrics.ordered import level_scores, order_scores
from hedgerow.metrics.spans import SpanCounts, counts_by_type, span_f1, span_figures, span_sums, strict
from hedgerow.results import Prediction


def axis_scores(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> dict[str, Any]:
    """Return the scores of an axis of the codebook, or a label head of the user's own, each figure with its interval.

    Parameters
    ----------
    gold : sequence of Example
        Labelled rows; those that are labelled on the axis count.
    predicted : sequence of Prediction
        One per row, in order.
    axis : str
        "certainty", "stance", or the name of a label head of the user's own.

    Returns
    -------
    dict
        `macro_f1`, `accuracy` and `kappa`; `classes`, the precision, recall, F1 and support of each label; and
        `confusion`, the matrix of counts, whose rows are gold and whose columns are predicted. Intervals draw groups.

    Raises
    ------
    CorpusError
        If no row is labelled on the axis.
    ModelError
        If the model has no head for it.

    Examples
    --------
    >>> from pathlib import Path
    >>> import hedgerow
    >>> from hedgerow import corpus
    >>> from hedgerow.metrics import axis_scores
    >>> gold = corpus.load([Path("data/examples/article.jsonl")])
    >>> predicted = hedgerow.load("lexicon").predict([row.text for row in gold])
    >>> 0.5 < axis_scores(gold, predicted, "certainty")["accuracy"]["value"] < 1
    True
    """
    gold, predicted = labelled_pairs(gold, predicted, axis)
    return label_scores(
        [gold_label(example, axis) for example in gold],
        [predicted_label(prediction, axis) for prediction in predicted],
        labels_of(gold, predicted, axis),
        [example.group_key for example in gold],
    )


def axis_confusion(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> Ints:
    """Return the confusion matrices of a label head, (groups, labels, labels), with the labels of `labels_of`.

    They are of the rows that are labelled on it.
    """
    gold, predicted = labelled_pairs(gold, predicted, axis)
    return measures.confusion_by_group(
        [gold_label(example, axis) for example in gold],
        [predicted_label(prediction, axis) for prediction in predicted],
        labels_of(gold, predicted, axis),
        [example.group_key for example in gold],
    )


def label_scores(
    gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str], groups: Sequence[str]
) -> dict[str, Any]:
    """Return the scores of one set of labels, each figure with its interval.

    They are macro-F1, accuracy and kappa; precision, recall, F1 and support by label; and the confusion matrix of
    counts, whose rows are gold and whose columns are predicted.
    """
    stack = measures.confusion_by_group(gold, predicted, labels, groups)
    matrix = stack.sum(axis=0)
    totals = {"macro_f1": measures.macro_f1, "accuracy": measures.accuracy, "kappa": measures.kappa}
    by_label = {"precision": measures.precision, "recall": measures.recall, "f1": measures.f1}
    figures = {name: measures.interval(stack, metric, seed=SEED) for name, metric in by_label.items()}
    return {
        **{name: measures.interval(stack, metric, seed=SEED)[0].to_dict() for name, metric in totals.items()},
        "classes": {
            label: {name: figures[name][at].to_dict() for name in figures} | {"support": int(matrix[at].sum())}
            for at, label in enumerate(labels)
        },
        "confusion": {"labels": labels, "counts": matrix.tolist()},
    }


def macro_f1(stack: Ints, *, seed: int = SEED) -> Score:
    """Return macro-F1 over all labels, with its interval; `stack` is (groups, labels, labels)."""
    return measures.interval(stack, measures.macro_f1, seed=seed)[0]


def present_macro_f1(stack: Ints, *, seed: int = SEED) -> dict[str, Any]:
    """Return the mean F1 of the labels that gold has, with its interval, and `labels`, their number.

    `stack` is (groups, labels, labels), as `axis_confusion` gives it.
    """
    present = stack.sum(axis=(0, 2)) > 0

    def mean_f1(matrix: Ints) -> Floats:
        score: Floats = measures.f1(matrix)[..., present].mean(axis=-1)
        return score

    return measures.interval(stack, mean_f1, seed=seed)[0].to_dict() | {"labels": int(np.sum(present))}


def full_scores(
    gold: Sequence[Example], predicted: Sequence[Prediction], known: Collection[str] | None = None
) -> dict[str, Any]:
    """Return everything that a report says of one model: each label head in full, and the spans with intervals.

    A head that no row is labelled on or that the model does not have (see `measurable_heads`) is not there.
    """
    heads = measurable_heads(gold, predicted, known)
    labels = {
        head: axis_scores(gold, predicted, head)
        | confidence_scores(gold, predicted, head, seed=SEED)
        | {"label_distribution": label_distribution(gold, predicted, head)}
        | _order(gold, predicted, head)
        for head in measurable_labels(gold, predicted)
        if head in heads
    }
    spans = [head for head in measurable_spans(gold, predicted) if head in heads]
    return labels | {head: span_intervals(gold, predicted, head) for head in spans}


def _order(gold: Sequence[Example], predicted: Sequence[Prediction], head: str) -> dict[str, Any]:
    """Return the scores of the order of the labels, if they have one."""
    if head == "certainty":
        return {"order": order_scores(gold, predicted, seed=SEED)}
    return {"levels": level_scores(gold, predicted, head, seed=SEED)} if is_ordered(predicted, head) else {}


def label_distribution(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str) -> dict[str, Any]:
    """Return each label's share of gold and of the predictions, and the difference, each with its interval."""
    labels = labels_of(*labelled_pairs(gold, predicted, axis), axis)
    figures = measures.interval(axis_confusion(gold, predicted, axis), measures.label_distribution, seed=SEED)
    rows = (figures[at :: len(labels)] for at in range(len(labels)))
    return {
        label: dict(zip(("gold", "predicted", "difference"), (figure.to_dict() for figure in row), strict=True))
        for label, row in zip(labels, rows, strict=True)
    }


def span_scores(gold: Sequence[Example], predicted: Sequence[Prediction], head: str = SPANS) -> dict[str, Any]:
    """Return the figures of spans by type and for all: strict (same offsets and type) and overlapping (same type).

    Parameters
    ----------
    gold : sequence of Example
        Labelled rows.
    predicted : sequence of Prediction
        One per row, in order.
    head : str
        "spans", or the name of a span head of the user's own.

    Returns
    -------
    dict
        By type, and for "all": `strict` and `overlapping`, each with `precision`, `recall` and `f1`, 0..1, and
        `support`.

    Examples
    --------
    >>> import hedgerow
    >>> from hedgerow import Certainty, Example, Span, SpanType, Stance
    >>> from hedgerow.metrics import span_scores
    >>> spans = (Span(3, 6, SpanType.MODAL, "may"),)
    >>> gold = [Example("a", "He may resign.", Certainty.POSSIBLE, Stance.ASSERTED, spans)]
    >>> predicted = hedgerow.load("lexicon").predict(["He may resign."])
    >>> span_scores(gold, predicted)["all"]["strict"]["f1"]
    1.0
    """
    gold, predicted = labelled_pairs(gold, predicted, head)
    return {
        kind: {name: sum(counts, SpanCounts()).to_dict() for name, counts in by_method.items()}
        for kind, by_method in counts_by_type(gold, predicted, head)
    }


def strict_span_f1(
    gold: Sequence[Example], predicted: Sequence[Prediction], head: str = SPANS, *, seed: int = SEED
) -> Score:
    """Return the strict F1 of the spans of all types, with its interval."""
    gold, predicted = labelled_pairs(gold, predicted, head)
    counts = [
        strict(gold_spans(example, head), predicted_spans(prediction, head))
        for example, prediction in zip(gold, predicted, strict=True)
    ]
    sums = span_sums(counts, [example.group_key for example in gold])
    return measures.interval(sums, span_f1, seed=seed)[0]


def span_intervals(gold: Sequence[Example], predicted: Sequence[Prediction], head: str = SPANS) -> dict[str, Any]:
    """Return `span_scores` with an `interval` beside the figures: [low, high] of precision, recall and F1."""
    gold, predicted = labelled_pairs(gold, predicted, head)
    groups = [example.group_key for example in gold]
    table: dict[str, Any] = {}
    for kind, by_method in counts_by_type(gold, predicted, head):
        table[kind] = {}
        for name, counts in by_method.items():
            scores = measures.interval(span_sums(counts, groups), span_figures, seed=SEED)
            interval = {
                figure: [score.to_dict()["low"], score.to_dict()["high"]]
                for figure, score in zip(("precision", "recall", "f1"), scores, strict=True)
            }
            table[kind][name] = sum(counts, SpanCounts()).to_dict() | {"interval": interval}
    return table
