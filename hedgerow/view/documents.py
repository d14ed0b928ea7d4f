"""What a page shows: labelled documents with their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from hedgerow.errors import InputError
from hedgerow.results import Document, Prediction
from hedgerow.writers.records import LabelledSentence

MAX_SENTENCES = 20_000  # on one page: more would take a browser seconds to open


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


def collect(sentences: Iterator[LabelledSentence], texts: dict[str, str]) -> list[ViewedDocument]:
    """Return the documents of labelled sentences that come in order; `texts` may fill while they are read.

    Raises InputError if there are more sentences than a page shows.
    """
    documents = []
    for name, run in groupby(_limited(sentences), key=lambda sentence: sentence.doc):
        documents += [ViewedDocument(name, part, texts.get(name)) for part in _restarts(run)]
    return documents


def _restarts(sentences: Iterator[LabelledSentence]) -> Iterator[tuple[LabelledSentence, ...]]:
    """Yield the sentences of one name; a new document begins where their index does not go on."""
    part: list[LabelledSentence] = []
    for sentence in sentences:
        if part and sentence.index <= part[-1].index:
            yield tuple(part)
            part = []
        part.append(sentence)
    yield tuple(part)


def _limited(sentences: Iterator[LabelledSentence]) -> Iterator[LabelledSentence]:
    for number, sentence in enumerate(sentences):
        if number == MAX_SENTENCES:
            raise InputError(
                f"more than {MAX_SENTENCES:,} sentences, which is too much for a page; view fewer inputs, "
                "or roll all of them up with hedgerow summary"
            )
        yield sentence
