"""The classifier: any model behind one interface, over single sentences, whole texts, or endless streams."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import tee
from pathlib import Path
from typing import Literal, overload

from hedgerow import sentences
from hedgerow.classifier.batching import Errors, batch_up, check_chunks, check_texts
from hedgerow.classifier.cache import CACHE_SIZE, PredictionCache
from hedgerow.classifier.context import DocumentContext
from hedgerow.classifier.normalise import restore_offsets, to_nfc
from hedgerow.classifier.prefetch import prefetch_map
from hedgerow.classifier.turns import place, to_read
from hedgerow.errors import InputError
from hedgerow.head import Head
from hedgerow.io.text_checks import text_error
from hedgerow.predictors.base import Model
from hedgerow.predictors.loading import load_model
from hedgerow.results import Document, Prediction

DEFAULT = "base"


class Classifier:
    """A loaded model.

    A classifier can be shared between threads, used after a fork, pickled and copied. A copy loads the model's folder
    again and starts with an empty cache. Predictions never depend on what else is in a batch.

    Parameters
    ----------
    model : Model
        The model that labels the sentences; `hedgerow.load` makes one from a name or a folder.
    cache_size : int
        How many predictions an LRU cache keeps, so that a repeated sentence is labelled once; 0 disables it.

    Examples
    --------
    >>> import hedgerow
    >>> classifier = hedgerow.load("lexicon")
    >>> prediction = classifier("He reportedly may resign.")
    >>> str(prediction.certainty), str(prediction.stance)
    ('possible', 'distanced')
    >>> [cue.text for cue in prediction.cues]
    ['reportedly', 'may']
    """

    def __init__(self, model: Model, *, cache_size: int = CACHE_SIZE) -> None:
        if not isinstance(cache_size, int) or cache_size < 0:
            raise InputError(f"cache_size={cache_size}: give a number of sentences, 0 or more")
        self.model = model
        self.cache_size = cache_size
        self._cache = PredictionCache(cache_size) if cache_size else None

    def __repr__(self) -> str:
        """Return one short line: the model's name."""
        return f"<Classifier {self.name!r}>"

    def __reduce__(self) -> tuple[object, tuple[Model, int]]:
        """Pickle the model and the size of the cache, not its content."""
        return _restore, (self.model, self.cache_size)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def heads(self) -> Sequence[Head]:
        """The heads of the model: those of the codebook, and the user's own."""
        return self.model.heads

    @property
    def cache_hits(self) -> int:
        """How many sentences were served from the cache so far."""
        return 0 if self._cache is None else self._cache.hits

    def __call__(self, text: str) -> Prediction:
        """Label one sentence.

        Parameters
        ----------
        text : str
            The sentence, as it is.

        Returns
        -------
        Prediction
            Its labels, scores and spans.

        Raises
        ------
        InputError
            If `text` is not a string, is blank, or holds NUL characters or lone surrogates.

        Examples
        --------
        >>> import hedgerow
        >>> hedgerow.load("lexicon")("The ferry will probably be late.")
        <Prediction 'The ferry will probably be late.': probable, asserted, 1 spans>
        """
        if not isinstance(text, str):
            raise InputError(f"a classifier takes one sentence, not {type(text).__name__}; use predict for several")
        return self.predict([text])[0]

    @overload
    def predict(self, texts: Iterable[str], *, errors: Literal["raise"] = "raise") -> list[Prediction]: ...
    @overload
    def predict(self, texts: Iterable[str], *, errors: Literal["skip"]) -> list[Prediction | None]: ...
    def predict(self, texts: Iterable[str], *, errors: Errors = "raise") -> list[Prediction] | list[Prediction | None]:
        """Label sentences as they are, without splitting them.

        Parameters
        ----------
        texts : iterable of str
            One sentence each.
        errors : "raise" or "skip"
            For an item that cannot be labelled: raise an error, or put None in its place.

        Returns
        -------
        list of Prediction
            One per text, in order.

        Raises
        ------
        InputError
            For a bare string; and, with `errors="raise"`, for an item that is not a string, is blank, or holds NUL
            characters or lone surrogates.

        Examples
        --------
        >>> import hedgerow
        >>> classifier = hedgerow.load("lexicon")
        >>> first, second = classifier.predict(["It may rain.", "   "], errors="skip")
        >>> str(first.certainty), second
        ('possible', None)
        """
        if isinstance(texts, str):
            raise InputError("predict takes several sentences, not one string; use classifier(text), or read(text)")
        return list(self.stream(texts, errors=errors))

    @overload
    def stream(self, texts: Iterable[str], *, errors: Literal["raise"] = "raise") -> Iterator[Prediction]: ...
    @overload
    def stream(self, texts: Iterable[str], *, errors: Literal["raise", "skip"]) -> Iterator[Prediction | None]: ...
    def stream(self, texts: Iterable[str], *, errors: Errors = "raise") -> Iterator[Prediction | None]:
        """Label sentences lazily, as `predict` does; `texts` may be infinite.

        A network reads some thousand sentences before it yields the first prediction, and prefetches the next batch.

        Parameters
        ----------
        texts : iterable of str
            One sentence each.
        errors : "raise" or "skip"
            For an item that cannot be labelled: raise an error, or yield None in its place.

        Yields
        ------
        Prediction
            One per text, in order.

        Raises
        ------
        InputError
            As `predict`, when the item is reached.

        Examples
        --------
        >>> import itertools
        >>> import hedgerow
        >>> predictions = hedgerow.load("lexicon").stream(itertools.repeat("It may rain."))
        >>> str(next(predictions).certainty)
        'possible'
        """
        if isinstance(texts, str):
            raise InputError("stream takes several sentences, not one string; use classifier(text), or read(text)")
        if not isinstance(texts, Iterable):
            raise InputError(f"stream takes an iterable of sentences, not {type(texts).__name__}")
        if errors not in ("raise", "skip"):
            raise InputError(f"errors={errors!r} is not one of 'raise', 'skip'")
        return self._label(check_texts(texts, errors))

    def read(self, text: str, *, name: str | None = None, lines: bool = False) -> Document:
        """Split `text` into sentences and label them in context.

        Unlike `predict`, this uses the text before a sentence: an open quotation, the source of a pronoun, the speaker.

        Parameters
        ----------
        text : str
            A whole text. Paragraphs are separated by blank lines; see `hedgerow.sentences`.
        name : str, optional
            The name of the document.
        lines : bool
            Whether every line is a paragraph.

        Returns
        -------
        Document
            The sentences in order; their `start` and `end` are offsets in `text`.

        Raises
        ------
        InputError
            If `text` is not a string, is blank, or holds NUL characters or lone surrogates.

        Examples
        --------
        >>> import hedgerow
        >>> document = hedgerow.load("lexicon").read("It rained. Perhaps it will rain again.")
        >>> [(sentence.start, sentence.end, str(sentence.certainty)) for sentence in document]
        [(0, 10, 'certain'), (11, 38, 'possible')]
        """
        if (error := text_error(text, "text")) is not None:
            raise InputError(f"read: {error}")
        return Document(tuple(self.read_stream([text], lines=lines)), name, text)

    def read_stream(self, chunks: Iterable[str], *, lines: bool = False) -> Iterator[Prediction]:
        """Read one text that comes in pieces, as `read` does; keep only a paragraph and some batches in memory.

        Parameters
        ----------
        chunks : iterable of str
            The pieces, which may end anywhere, also in the middle of a word.
        lines : bool
            Whether every line is a paragraph.

        Yields
        ------
        Prediction
            The sentences in order; their `start` and `end` are offsets in the whole text.

        Raises
        ------
        InputError
            For a bare string, or a piece that `read` would reject.
        """
        if isinstance(chunks, str):
            raise InputError("read_stream takes the pieces of one text, not one string; use read(text)")
        found, ahead = tee(sentences.stream(check_chunks(chunks), lines=lines))
        context = DocumentContext()
        for sentence, prediction in zip(found, self.stream(map(to_read, ahead)), strict=True):
            yield context.read(place(prediction, sentence), sentence)

    def _label(self, texts: Iterable[str | None]) -> Iterator[Prediction | None]:
        """Label checked sentences batch by batch, serving cached ones and caching new ones; None stays None."""
        waiting: deque[tuple[list[str | None], dict[str, Prediction]]] = deque()

        def missing() -> Iterator[list[str]]:
            for batch in batch_up(texts, self.model.preferred_batch_size):
                wanted = [text for text in batch if text is not None]
                known, new = ({}, list(dict.fromkeys(wanted))) if self._cache is None else self._cache.get(wanted)
                waiting.append((batch, known))
                yield new

        for predictions in prefetch_map(self._label_nfc, missing(), self.model.prefetch):
            batch, known = waiting.popleft()
            if self._cache is not None:
                self._cache.put(predictions)
            found = known | {prediction.text: prediction for prediction in predictions}
            yield from (None if text is None else found[text] for text in batch)

    def _label_nfc(self, texts: Sequence[str]) -> list[Prediction]:
        """Label the NFC form of each text; offsets are in the texts as given."""
        composed = [to_nfc(text) for text in texts]
        predictions = self.model.label(composed)
        return [
            prediction if nfc is text or nfc == text else restore_offsets(prediction, text)
            for text, nfc, prediction in zip(texts, composed, predictions, strict=True)
        ]


def load(model: str | Path = DEFAULT, *, threads: int | None = None, cache_size: int = CACHE_SIZE) -> Classifier:
    """Load a classifier.

    Parameters
    ----------
    model : str or Path
        A shipped model's name ("base", the default, "small", "linear", "lexicon"), or a model folder.
    threads : int, optional
        How many batches a network runs at the same time; by default one per core.
    cache_size : int
        How many predictions to cache, so that a repeated sentence is labelled once; 0 disables the cache.

    Returns
    -------
    Classifier
        It labels one sentence when it is called, and has `predict`, `stream` and `read`.

    Raises
    ------
    ModelError
        If there is no such model, or its files are not what its manifest says.
    InputError
        If `threads` is less than 1, or `cache_size` is not a number of 0 or more.

    Examples
    --------
    >>> import hedgerow
    >>> classifier = hedgerow.load()
    >>> prediction = classifier("Two officials said the talks could collapse.")
    >>> print(prediction.certainty, prediction.stance)
    possible attributed
    """
    if threads is not None and threads < 1:
        raise InputError(f"threads={threads}: give 1 or more, or None for one per core")
    return Classifier(load_model(model, threads=threads), cache_size=cache_size)


def _restore(model: Model, cache_size: int) -> Classifier:
    return Classifier(model, cache_size=cache_size)
