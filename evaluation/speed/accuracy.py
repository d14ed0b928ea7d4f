"""Accuracy to set beside speed: macro-F1 of both axes on parts of a corpus, pooled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hedgerow.classifier import Classifier
from hedgerow.labels import AXES, Example
from hedgerow.metrics.measures import confusion_by_group
from hedgerow.metrics.scoring import macro_f1

Labeller = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]  # texts to labels by axis


def labels_of(classifier: Classifier) -> Labeller:
    """Return a function that gives a model's labels by axis."""

    def label(texts: Sequence[str]) -> dict[str, list[str]]:
        predictions = classifier.predict(texts)
        return {axis: [str(getattr(prediction, axis)) for prediction in predictions] for axis in AXES}

    return label


def accuracy(name: str, label: Labeller, gold: Sequence[Example]) -> dict[str, Any]:
    """Return the macro-F1 of each axis with its interval (draws of whole groups)."""
    predicted = label([example.text for example in gold])
    groups = [example.group_key for example in gold]
    figures: dict[str, Any] = {"name": name}
    for axis, enum in AXES.items():
        labels = [str(label) for label in enum]
        stack = confusion_by_group([str(getattr(row, axis)) for row in gold], predicted[axis], labels, groups)
        figures[axis] = macro_f1(stack).to_dict()
    return figures
