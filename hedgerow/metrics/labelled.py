"""The rows to measure a head on: those that are labelled on it."""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.errors import CorpusError, ModelError
from hedgerow.labels import AXES, SPANS, Example, labelled_axes
from hedgerow.results import Prediction


def labelled_pairs(
    gold: Sequence[Example], predicted: Sequence[Prediction], head: str
) -> tuple[list[Example], list[Prediction]]:
    """Return the rows that are labelled on `head`, an axis or "spans", and their predictions, in order.

    Raises CorpusError if no row is labelled on it, ModelError if it is an axis that a prediction has no label of.
    """
    kept = [pair for pair in zip(gold, predicted, strict=True) if pair[0].is_labelled_on(head)]
    if not kept:
        raise CorpusError(f"no row is labelled on {head!r}; measure on rows that are, or leave {head} out")
    if head in AXES and any(head not in prediction.axes for _, prediction in kept):
        raise ModelError(f"the model has no head {head!r}; measure a model that has it, or leave {head} out")
    return [example for example, _ in kept], [prediction for _, prediction in kept]


def measurable_heads(gold: Sequence[Example], predicted: Sequence[Prediction]) -> tuple[str, ...]:
    """Return the codebook's heads that some row is labelled on and the predictions have, in the codebook's order.

    A model without a head for spans finds none, so "spans" only depends on the rows.
    """
    axes = tuple(axis for axis in labelled_axes(gold) if all(axis in prediction.axes for prediction in predicted))
    return (*axes, SPANS) if any(example.is_labelled_on(SPANS) for example in gold) else axes
