"""The runtime: any model behind one face, over single sentences, whole texts, or texts that stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, tee
from pathlib import Path

from hedgerow import sentences
from hedgerow.classifier.cache import SENTENCES, Memory
from hedgerow.classifier.context import Reader
from hedgerow.classifier.prefetch import mapped_ahead
from hedgerow.errors import InputError
from hedgerow.io.text_checks import surrogate_fault
from hedgerow.labels import Document, Prediction
from hedgerow.models import folder
from hedgerow.models.base import Model
from hedgerow.models.lexicon.lexicon import lexicon
from hedgerow.models.linear import load_linear

BATCH = 64  # sentences handed over at once, unless a model likes more
DEFAULT = "base"


class Classifier:
    """A loaded model. `predict` takes sentences as they are; `read` splits a text into sentences first.

    A sentence that comes again is answered from memory, which holds `remember` of them (0: every one is labelled).
    """

    def __init__(self, model: Model, *, remember: int = SENTENCES) -> None:
        self.model = model
        self._memory = Memory(remember) if remember else None

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def repeated(self) -> int:
        """How many sentences were answered from memory so far."""
        return 0 if self._memory is None else self._memory.repeated

    def predict(self, texts: Iterable[str]) -> Iterator[Prediction]:
        """One prediction for each sentence, streamed: `texts` may be endless.

        Raises InputError for a bare string, and for anything among `texts` that is no string or no whole text.
        """
        if isinstance(texts, str):
            raise InputError("predict takes an iterable of sentences, not one string; use [text], or read(text)")
        return self._predict(texts)

    def _predict(self, texts: Iterable[str]) -> Iterator[Prediction]:
        windows = _batches(texts, self.window)
        ahead: int = getattr(self.model, "ahead", 0)
        if self._memory is None:
            return chain.from_iterable(mapped_ahead(self.model.label, windows, ahead))
        return chain.from_iterable(self._remembering(self._memory, windows, ahead))

    def _remembering(self, memory: Memory, windows: Iterator[list[str]], ahead: int) -> Iterator[Iterator[Prediction]]:
        """Window by window; what is known is looked up before a window is handed over, what is new kept after it."""
        waiting: deque[tuple[list[str], dict[str, Prediction]]] = deque()

        def unknown() -> Iterator[list[str]]:
            for window in windows:
                known, fresh = memory.recall(window)
                waiting.append((window, known))
                yield fresh

        for predictions in mapped_ahead(self.model.label, unknown(), ahead):
            window, known = waiting.popleft()
            memory.keep(predictions)
            found = known | {prediction.text: prediction for prediction in predictions}
            yield (found[text] for text in window)

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
        """As `read`, for a text that comes in pieces; holds a paragraph and a few windows of sentences at a time."""
        places, texts = tee(sentences.stream(chunks))
        reader = Reader()
        for found, prediction in zip(places, self._predict(one.text for one in texts), strict=True):
            yield reader.read(replace(prediction, start=found.start), opens=found.opens)


def load(model: str | Path = DEFAULT, *, threads: int | None = None, remember: int = SENTENCES) -> Classifier:
    """A classifier: a shipped model by name, the `lexicon`, or a model folder that training wrote.

    A network runs `threads` batches side by side (by default one a core); `remember` is how many sentences are kept, so
    that one that comes again is labelled once. Raises ModelError where there is none, or where its files are not what
    its manifest says.
    """
    if str(model) == "lexicon":
        return Classifier(lexicon(), remember=remember)
    place = folder.find(model)
    manifest = folder.read_manifest(place)
    if manifest["kind"] == "linear":
        return Classifier(load_linear(place, manifest), remember=remember)
    from hedgerow.models.network.runtime import load_network  # brings ONNX Runtime, which the others do not need

    return Classifier(load_network(place, manifest, threads=threads), remember=remember)


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
