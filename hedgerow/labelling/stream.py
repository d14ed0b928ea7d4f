"""Input texts to labelled sentences: split, labelled, read in context, abstained from. Files and runs both use it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import tee
from math import inf

from hedgerow import sentences
from hedgerow.classifier import Classifier
from hedgerow.classifier.context import DocumentContext
from hedgerow.labelling.options import Options
from hedgerow.readers.input_text import InputText, Item, Rejected, Skipped
from hedgerow.readers.layout import Unit
from hedgerow.writers.records import LabelledSentence


@dataclass(slots=True)
class Counts:
    """What a labelling has done so far."""

    documents: int = 0
    sentences: int = 0
    rejected: int = 0
    skipped: int = 0


Reject = Callable[[Rejected], None]


def label_texts(
    classifier: Classifier, texts: Iterable[Item], options: Options, reject: Reject, counts: Counts
) -> Iterator[LabelledSentence]:
    """Yield the labelled sentences of all documents, in order; batches run across documents.

    `reject` gets every input that cannot be labelled, and `counts` follows along. Both run ahead of the sentences by
    what the classifier prefetches.
    """
    ahead, placed = tee(_split_all(texts, options, reject, counts))
    predictions = classifier.stream(place.text for place in ahead)
    for place, prediction in zip(placed, predictions, strict=True):
        counts.sentences += 1
        located = replace(prediction, start=place.start)
        if place.context is not None:
            located = place.context.read(located, starts_block=place.starts_block)
        source = place.source
        time = _time(source, place.start)
        labelled = LabelledSentence(source.name, place.index, located, source.id, source.row, time)
        yield labelled.abstaining(options.abstain)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence and its place; `context` is that of its document, None if the sentence was given alone."""

    source: InputText
    index: int
    start: int
    text: str
    starts_block: bool
    context: DocumentContext | None


def _split_all(texts: Iterable[Item], options: Options, reject: Reject, counts: Counts) -> Iterator[_Place]:
    for text in texts:
        if isinstance(text, Rejected):
            counts.rejected += text.rows
            reject(text)
            continue
        if isinstance(text, Skipped):
            counts.skipped += 1
            continue
        places = iter(_one_sentence(text) if options.unit is Unit.SENTENCE else _split(text))
        first = next(places, None)
        if first is None:
            counts.rejected += 1
            reject(Rejected(text.name, None, "holds no sentence"))
            continue
        counts.documents += 1
        yield first
        yield from places


def _time(source: InputText, start: int) -> float | None:
    """Return the seconds at which the sentence that begins at `start` is said, None in a text without times."""
    if not source.times:
        return None
    return source.times[max(0, bisect_right(source.times, (start, inf)) - 1)][1]


def _one_sentence(text: InputText) -> Iterator[_Place]:
    """Take the text as it is, without the white space around it."""
    whole = "".join(text.chunks)
    yield _Place(text, 0, len(whole) - len(whole.lstrip()), whole.strip(), True, None)


def _split(text: InputText) -> Iterator[_Place]:
    context = DocumentContext()
    for index, sentence in enumerate(sentences.stream(text.chunks)):
        yield _Place(text, index, *sentence, context)
