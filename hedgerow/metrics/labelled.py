"""The heads that can be measured, and the rows to measure each on: those that are labelled on it.

A head is an axis of the codebook, its "spans", or a head of the user's own, whose labels are in a field of the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from hedgerow.errors import CorpusError, ModelError
from hedgerow.head import label_text
from hedgerow.labels import AXES, SPANS, Example, Span
from hedgerow.results import Prediction


def labelled_pairs(
    gold: Sequence[Example], predicted: Sequence[Prediction], head: str
) -> tuple[list[Example], list[Prediction]]:
    """Return the rows that are labelled on `head` and their predictions, in order.

    Raises CorpusError if no row is labelled on it, ModelError if a prediction has no label, or spans, of it.
    """
    kept = [pair for pair in zip(gold, predicted, strict=True) if pair[0].is_labelled_on(head)]
    if not kept:
        raise CorpusError(f"no row is labelled on {head!r}; measure on rows that are, or leave {head} out")
    if not all(_has_head(prediction, head) for _, prediction in kept):
        raise ModelError(f"the model has no head {head!r}; measure a model that has it, or leave {head} out")
    return [example for example, _ in kept], [prediction for _, prediction in kept]


def _has_head(prediction: Prediction, head: str) -> bool:
    return head == SPANS or head in prediction.label_heads or head in prediction.other_spans


def measurable_heads(
    gold: Sequence[Example], predicted: Sequence[Prediction], known: Collection[str] | None = None
) -> tuple[str, ...]:
    """Return the heads that some row is labelled on and all predictions have: axes, own labels, spans, own spans.

    A model without a head for spans gives none, like one that finds none: `known` are the names of the model's heads,
    and others are left out.
    """
    heads = (*measurable_labels(gold, predicted), *measurable_spans(gold, predicted))
    return tuple(head for head in heads if known is None or head in known)


def measurable_labels(gold: Sequence[Example], predicted: Sequence[Prediction]) -> tuple[str, ...]:
    """Return the label heads that can be measured: the axes in the codebook's order, then the user's own."""
    names = dict.fromkeys((*AXES, *(name for prediction in predicted[:1] for name in prediction.other_scores)))
    shared = [name for name in names if all(name in prediction.label_heads for prediction in predicted)]
    return tuple(name for name in shared if any(example.is_labelled_on(name) for example in gold))


def measurable_spans(gold: Sequence[Example], predicted: Sequence[Prediction]) -> tuple[str, ...]:
    """Return the span heads that can be measured: the codebook's, then the user's own."""
    own = [name for prediction in predicted[:1] for name in prediction.other_spans]
    shared = [name for name in own if all(name in prediction.other_spans for prediction in predicted)]
    return tuple(name for name in (SPANS, *shared) if any(example.is_labelled_on(name) for example in gold))


def gold_label(example: Example, head: str) -> str:
    """Return the label of a row that is labelled on `head`; raise CorpusError if it holds no single label."""
    value = getattr(example, head) if head in AXES else example.extra[head]
    label = str(value) if head in AXES else label_text(value)
    if label is None:
        raise CorpusError(f"row {example.id!r}: {head} {value!r} is not a label; write a text, number or boolean")
    return label


def predicted_label(prediction: Prediction, head: str) -> str:
    """Return the label that a prediction gives of a label head: of the user's own, that with the best score."""
    if head in AXES:
        return str(getattr(prediction, head))
    scores = prediction.other_scores[head]
    return str(max(scores, key=scores.__getitem__))


def labels_of(gold: Sequence[Example], predicted: Sequence[Prediction], head: str) -> list[str]:
    """Return the labels of a head in order: the model's, then those that only gold has, which are always missed."""
    if head in AXES:
        return [str(label) for label in AXES[head]]
    known = list(predicted[0].other_scores[head])
    return [*known, *sorted({gold_label(example, head) for example in gold} - {*known})]


def is_ordered(predicted: Sequence[Prediction], head: str) -> bool:
    """Return whether the labels of a head of the user's own are in order, the lowest first."""
    return bool(predicted) and head in predicted[0].levels


def gold_spans(example: Example, head: str) -> tuple[Span, ...]:
    """Return the spans of a row, none if it is not labelled with them; raise CorpusError if a field holds others."""
    if head == SPANS:
        return example.spans or ()
    return tuple(_to_span(example, head, one) for one in example.extra.get(head) or ())


def predicted_spans(prediction: Prediction, head: str) -> tuple[Span, ...]:
    """Return the spans that a prediction gives of a span head."""
    return prediction.spans if head == SPANS else prediction.other_spans[head]


def _to_span(example: Example, head: str, value: Any) -> Span:
    try:
        start, end, kind = value["start"], value["end"], str(value["type"])
    except (TypeError, KeyError):
        raise CorpusError(f"row {example.id!r}: {head} {value!r} is not a span; write {{start, end, type}}") from None
    return Span(start, end, kind, example.text[start:end])
