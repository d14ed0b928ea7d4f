"""Input texts to labelled sentences: split, labelled, read in context, abstained from. Files and runs both use it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import tee
from math import inf

from hedgerow import sentences
from hedgerow.classifier import Classifier
from hedgerow.classifier.context import DocumentContext
from hedgerow.classifier.turns import place, to_read
from hedgerow.labelling.counts import Counts, Reject
from hedgerow.labelling.options import Options
from hedgerow.labelling.thresholds import check_thresholds
from hedgerow.readers.input_text import InputText, Item, Rejected, Skipped
from hedgerow.readers.layout import Unit
from hedgerow.sentences import Sentence
from hedgerow.writers.records import LabelledSentence
from hedgerow.writers.texts import Keep


def keep_none(text: InputText) -> InputText:
    """Keep no text."""
    return text


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows the texts of a labelling: `counts` go along, rejected rows are passed on, and texts may be kept.

    Rejected and skipped rows run ahead of the labelled ones by what the classifier prefetches.
    """

    reject: Reject
    counts: Counts = field(default_factory=Counts)
    keep: Keep = keep_none


def label_texts(
    classifier: Classifier, texts: Iterable[Item], options: Options, follower: Follower
) -> Iterator[LabelledSentence]:
    """Yield the labelled sentences of all documents, in order; batches run across documents.

    Raises InputError if the options say to abstain on a head that the model does not have.
    """
    check_thresholds(options.abstain, classifier.heads)
    ahead, placed = tee(_split_all(texts, options, follower))
    predictions = classifier.stream(
        one.sentence.text if one.context is None else to_read(one.sentence) for one in ahead
    )
    for one, prediction in zip(placed, predictions, strict=True):
        source = one.source
        follower.counts.add_sentence(first=one.index == 0, decoded=source.decoded)
        if one.context is None:
            located = replace(prediction, start=one.sentence.start)
        else:
            located = one.context.read(place(prediction, one.sentence), one.sentence)
        time = _time(source, one.sentence.start)
        labelled = LabelledSentence(source.name, one.index, located, source.id, source.row, time)
        yield labelled.abstaining(options.abstain)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence and its place; `context` is that of its document, None if the sentence was given alone."""

    source: InputText
    index: int
    sentence: Sentence
    context: DocumentContext | None


def _split_all(texts: Iterable[Item], options: Options, follower: Follower) -> Iterator[_Place]:
    for item in texts:
        if isinstance(item, Skipped):
            follower.counts.add_skipped(item)
        elif isinstance(item, Rejected):
            _reject(item, follower)
        else:
            text = follower.keep(item)
            places = iter(_one_sentence(text) if options.unit is Unit.SENTENCE else _split(text, lines=options.lines))
            first = next(places, None)
            if first is None:
                _reject(Rejected(text.name, None, "holds no sentence"), follower)
                continue
            yield first
            yield from places


def _reject(rejected: Rejected, follower: Follower) -> None:
    follower.reject(rejected)
    follower.counts.add_rejected(rejected)


def _time(source: InputText, start: int) -> float | None:
    """Return the seconds at which the sentence that begins at `start` is said, None in a text without times."""
    if not source.times:
        return None
    return source.times[max(0, bisect_right(source.times, (start, inf)) - 1)][1]


def _one_sentence(text: InputText) -> Iterator[_Place]:
    """Take the text as it is, without the white space around it."""
    whole = "".join(text.chunks)
    yield _Place(text, 0, Sentence(len(whole) - len(whole.lstrip()), whole.strip(), True), None)


def _split(text: InputText, *, lines: bool) -> Iterator[_Place]:
    context = DocumentContext()
    for index, sentence in enumerate(sentences.stream(text.chunks, lines=lines)):
        yield _Place(text, index, sentence, context)
