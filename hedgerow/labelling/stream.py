"""Input texts to labelled sentences: split, labelled, read in context, abstained from. Files and runs both use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import tee

from hedgerow import sentences
from hedgerow.classifier import Classifier
from hedgerow.classifier.context import DocumentContext
from hedgerow.classifier.turns import place, to_read
from hedgerow.labelling.options import Options
from hedgerow.readers.input_text import InputText, Rejected, Unit
from hedgerow.sentences import Sentence
from hedgerow.writers.records import LabelledSentence


@dataclass(slots=True)
class Counts:
    """What a labelling has done so far."""

    documents: int = 0
    sentences: int = 0
    rejected: int = 0


Reject = Callable[[Rejected], None]


def label_texts(
    classifier: Classifier, texts: Iterable[InputText | Rejected], options: Options, reject: Reject, counts: Counts
) -> Iterator[LabelledSentence]:
    """Yield the labelled sentences of all documents, in order; batches run across documents.

    `reject` gets every input that cannot be labelled, and `counts` follows along. Both run ahead of the sentences by
    what the classifier prefetches.
    """
    ahead, placed = tee(_split_all(texts, options.unit, reject, counts))
    predictions = classifier.stream(
        one.sentence.text if one.context is None else to_read(one.sentence) for one in ahead
    )
    for one, prediction in zip(placed, predictions, strict=True):
        counts.sentences += 1
        if one.context is None:
            located = replace(prediction, start=one.sentence.start)
        else:
            located = one.context.read(place(prediction, one.sentence), one.sentence)
        labelled = LabelledSentence(one.source.name, one.index, located, one.source.id, one.source.row)
        yield labelled.abstaining(options.abstain)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence and its place; `context` is that of its document, None if the sentence was given alone."""

    source: InputText
    index: int
    sentence: Sentence
    context: DocumentContext | None


def _split_all(texts: Iterable[InputText | Rejected], unit: Unit, reject: Reject, counts: Counts) -> Iterator[_Place]:
    for text in texts:
        if isinstance(text, Rejected):
            counts.rejected += text.rows
            reject(text)
            continue
        places = iter(_one_sentence(text) if unit is Unit.SENTENCE else _split(text))
        first = next(places, None)
        if first is None:
            counts.rejected += 1
            reject(Rejected(text.name, None, "holds no sentence"))
            continue
        counts.documents += 1
        yield first
        yield from places


def _one_sentence(text: InputText) -> Iterator[_Place]:
    """Take the text as it is, without the white space around it."""
    whole = "".join(text.chunks)
    yield _Place(text, 0, Sentence(len(whole) - len(whole.lstrip()), whole.strip(), True), None)


def _split(text: InputText) -> Iterator[_Place]:
    context = DocumentContext()
    for index, sentence in enumerate(sentences.stream(text.chunks)):
        yield _Place(text, index, sentence, context)
