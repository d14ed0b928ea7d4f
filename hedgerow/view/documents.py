"""What a page shows: labelled documents with their texts, collected as they are labelled or read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from hedgerow.errors import InputError
from hedgerow.readers.input_text import InputText
from hedgerow.results import Document, Prediction
from hedgerow.writers.records import LabelledSentence

MAX_SENTENCES = 20_000  # on one page: a browser needs seconds to open more


@dataclass(frozen=True, slots=True)
class ViewedDocument:
    """A labelled document: its name, its sentences in order, and the text that their offsets count in, if known."""

    name: str
    sentences: tuple[LabelledSentence, ...]
    text: str | None = None

    @classmethod
    def of(cls, labelled: Document | Prediction) -> ViewedDocument:
        """Return the document, or the sentence as a document of its own."""
        document = labelled if isinstance(labelled, Document) else Document((labelled,))
        name = document.name or ""
        sentences = (LabelledSentence(name, index, sentence) for index, sentence in enumerate(document))
        return cls(name, tuple(sentences), document.text)


class Collector:
    """Collects the labelled sentences that are written to it as documents, with the texts that it was given to keep.

    `check` gets the number of sentences so far, and raises InputError if they are too many; without it a page is meant.
    """

    def __init__(self, texts: Mapping[str, str] | None = None, check: Callable[[int], None] | None = None) -> None:
        self._check = check or _check_page
        self._texts: dict[str, str] = dict(texts or {})
        self._documents: list[list[LabelledSentence]] = []
        self._sentences = 0

    def write(self, sentence: LabelledSentence) -> None:
        """Add a sentence; raise InputError if they are more than a page shows."""
        self._sentences += 1
        self._check(self._sentences)
        last = self._documents[-1][-1] if self._documents else None
        if last is None or last.doc != sentence.doc or sentence.index <= last.index:
            self._documents.append([])
        self._documents[-1].append(sentence)

    def close(self) -> None:
        """Do nothing: the sentences stay in memory."""

    def keep(self, text: InputText) -> InputText:
        """Return an input text that is kept while it is consumed."""
        return replace(text, chunks=self._kept(text))

    def _kept(self, text: InputText) -> Iterator[str]:
        pieces = []
        for chunk in text.chunks:
            pieces.append(chunk)
            yield chunk
        self._texts[text.name] = "".join(pieces)

    @property
    def documents(self) -> list[ViewedDocument]:
        """The documents so far."""
        return [self._document(tuple(sentences)) for sentences in self._documents]

    def _document(self, sentences: tuple[LabelledSentence, ...]) -> ViewedDocument:
        name = sentences[0].doc
        text = self._texts.get(name)
        if text is not None and any(text[p.start : p.end] != p.text for p in (one.prediction for one in sentences)):
            text = None  # a text of another document of that name
        return ViewedDocument(name, sentences, text)


def _check_page(sentences: int) -> None:
    if sentences > MAX_SENTENCES:
        raise InputError(
            f"more than {MAX_SENTENCES:,} sentences are too many for one page; view fewer inputs, or label them "
            "to a file and roll it up with hedgerow summary"
        )
