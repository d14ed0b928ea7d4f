"""Label the sentences of several texts in one call, each text in its own context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from hedgerow.classifier import Classifier, load
from hedgerow.classifier.context import DocumentContext
from hedgerow.classifier.turns import place, to_read
from hedgerow.predictors.folder import find, model_hash
from hedgerow.results import Prediction
from hedgerow.sentences import Sentence


def read_together(classifier: Classifier, texts: Sequence[Sequence[Sentence]]) -> list[tuple[Prediction, ...]]:
    """Return the labelled sentences of each text, as `Classifier.read` labels them."""
    predictions = iter(classifier.predict([to_read(sentence) for sentences in texts for sentence in sentences]))
    return [tuple(_in_context(sentences, predictions)) for sentences in texts]


def shared_classifier(model: str | Path, *, threads: int | None = None) -> Classifier:
    """Return a classifier that everything in this process shares, with its cache: a model is loaded once.

    Raises ModelError if there is no such model.
    """
    folder = find(model)
    return _load(folder.resolve(), model_hash(folder), threads)


@lru_cache(maxsize=4)
def _load(folder: Path, sha256: str, threads: int | None) -> Classifier:  # noqa: ARG001  # a changed model is another
    return load(folder, threads=threads)


def _in_context(sentences: Sequence[Sentence], predictions: Iterator[Prediction]) -> Iterator[Prediction]:
    context = DocumentContext()
    for sentence in sentences:
        yield context.read(place(next(predictions), sentence), sentence)
