"""Scores of every label head that a model and the rows have, and of spans."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from evaluation.label_heads import gold_label, predicted_label
from hedgerow.labels import SPANS, Example
from hedgerow.metrics import SEED, label_scores, measurable_spans, strict_span_f1
from hedgerow.metrics.labelled import is_ordered
from hedgerow.metrics.ordered import level_scores
from hedgerow.report import with_interval
from hedgerow.results import Prediction

Figures = dict[str, dict[str, float]]
Stated = tuple[list[str], list[str], list[str]]


def head_scores(
    gold: Sequence[Example], predicted: Sequence[Prediction], known: Collection[str] | None = None
) -> dict[str, Any]:
    """Return `heads`, the scores of each label head as `label_scores` gives them, and the strict F1 of spans.

    An ordered head of one's own has `levels` too, as `level_scores` gives them.

    That is `spans` of the codebook's, None if no row is labelled with them, and `own_spans` by span head of one's own.

    A head counts the rows that are labelled on it. Heads that only the model or only the rows have are left out, as are
    those that are not among the `known` names of the model's heads: a model without spans gives none.
    """
    heads = {}
    for name in predicted[0].label_heads:
        truths, labels, groups = stated(gold, predicted, name)
        if truths:
            heads[name] = label_scores(truths, labels, labels_of(predicted[0], name, truths), groups)
            if is_ordered(predicted, name):
                heads[name]["levels"] = level_scores(gold, predicted, name, seed=SEED)
    found = [name for name in measurable_spans(gold, predicted) if known is None or name in known]
    own = [name for name in found if name != SPANS]
    return {
        "heads": heads,
        "spans": strict_span_f1(gold, predicted).to_dict() if SPANS in found else None,
        "own_spans": {name: strict_span_f1(gold, predicted, name).to_dict() for name in own},
    }


def main_figures(metrics: Mapping[str, Any]) -> Figures:
    """Return the main figure of each head in a part of metrics.json: macro-F1, of spans their strict F1."""
    figures: Figures = {}
    for head, scores in metrics.items():
        if isinstance(scores, Mapping) and "macro_f1" in scores:
            figures[head] = scores["macro_f1"]
        elif isinstance(scores, Mapping) and "strict" in scores:
            figures[head] = {"value": scores["strict"]["f1"]}
    return figures


def measure_of(figures: Mapping[str, Mapping[str, float]], head: str) -> str:
    """Return the name of the main figure of a head: that of spans has no interval."""
    return "macro-F1" if "low" in figures[head] else "F1"


def shown(score: Mapping[str, float]) -> str:
    """Return a main figure as tables show it."""
    return with_interval(score) if "low" in score else f"{score['value']:.3f}"


def stated(gold: Sequence[Example], predicted: Sequence[Prediction], head: str) -> Stated:
    """Return the gold labels, predicted labels and groups of the rows that are labelled on a head."""
    rows = [
        (truth, predicted_label(prediction, head), example.group_key)
        for example, prediction in zip(gold, predicted, strict=True)
        if (truth := gold_label(example, head)) is not None
    ]
    truths, labels, groups = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    return truths, labels, groups


def labels_of(prediction: Prediction, head: str, truths: Sequence[str]) -> list[str]:
    """Return the labels that the model knows, then those that only gold has, which are always missed."""
    known = [str(label) for label in prediction.scores(head)]
    return [*known, *sorted({*truths} - {*known})]
