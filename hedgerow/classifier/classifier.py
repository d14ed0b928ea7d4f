"""The runtime: any model behind one face, over single sentences, whole texts, or texts that stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from hedgerow import sentence
from hedgerow.classifier import folder
from hedgerow.classifier.lexicon import lexicon
from hedgerow.classifier.linear import load_linear
from hedgerow.classifier.reading import Reader
from hedgerow.errors import InputError
from hedgerow.files import surrogate_fault
from hedgerow.labels import Document, Prediction

BATCH = 64  # sentences handed over at once, unless a model likes more
DEFAULT = "base"


class Model(Protocol):
    """What labels sentences: majority, lexicon, linear, a network."""

    @property
    def name(self) -> str: ...

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction for each text, in order; a text's own does not hang on its neighbours."""
        ...


class Classifier:
    """A loaded model. `predict` takes sentences as they are; `read` splits a text into sentences first."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @property
    def name(self) -> str:
        return self.model.name

    def predict(self, texts: Iterable[str]) -> Iterator[Prediction]:
        """One prediction for each sentence, streamed: `texts` may be endless.

        Raises InputError for a bare string, and for anything among `texts` that is no string or no whole text.
        """
        if isinstance(texts, str):
            raise InputError("predict takes an iterable of sentences, not one string; use [text], or read(text)")
        return self._predict(texts)

    def _predict(self, texts: Iterable[str]) -> Iterator[Prediction]:
        for batch in _batches(texts, self.window):
            yield from self.model.label(batch)

    @property
    def window(self) -> int:
        """How many sentences are handed over at once; a network sorts them by length."""
        window: int = getattr(self.model, "window", BATCH)
        return window

    def read(self, text: str, *, name: str | None = None) -> Document:
        """`text` split into sentences and labelled; each prediction's start and end are offsets in `text`.

        Unlike `predict` it knows what stands before a sentence: that a quotation is still open, whom a pronoun means.
        """
        if not isinstance(text, str):
            raise InputError(f"read takes a text, not {type(text).__name__}")
        if (fault := surrogate_fault(text)) is not None:
            raise InputError(fault)
        return Document(tuple(self.stream([text])), name)

    def stream(self, chunks: Iterable[str]) -> Iterator[Prediction]:
        """As `read`, for a text that comes in pieces; holds a paragraph and a batch of sentences at a time."""
        sentences = sentence.stream(chunks)
        reader = Reader()
        while batch := list(islice(sentences, self.window)):
            predictions = self.model.label([found.text for found in batch])
            for found, prediction in zip(batch, predictions, strict=True):
                yield reader.read(replace(prediction, start=found.start), opens=found.opens)


def load(model: str | Path = DEFAULT, *, threads: int | None = None) -> Classifier:
    """A classifier: a shipped model by name, the `lexicon`, or a model folder that training wrote.

    `threads` are those of a network's sums (by default one a core). Raises ModelError where there is none, or where
    its files are not what its manifest says.
    """
    if str(model) == "lexicon":
        return Classifier(lexicon())
    place = folder.find(model)
    manifest = folder.read_manifest(place)
    if manifest["kind"] == "linear":
        return Classifier(load_linear(place, manifest))
    from hedgerow.classifier.network import load_network  # brings ONNX Runtime, which the others do not need

    return Classifier(load_network(place, manifest, threads=threads))


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"sentence {number} is {type(text).__name__}, not a string")
        if (fault := surrogate_fault(text)) is not None:
            raise InputError(f"sentence {number}: {fault}")
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
