"""Labelling files: documents in, rows out, rejected beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from hedgerow import sentences
from hedgerow.classifier import Classifier
from hedgerow.classifier.context import Reader
from hedgerow.labels import AXES, Prediction
from hedgerow.readers.input_text import InputText, Rejected, Unit


@dataclass(slots=True)
class Counts:
    """What a run has done so far."""

    documents: int = 0
    sentences: int = 0
    rejected: int = 0


def label(
    classifier: Classifier,
    found: Iterable[InputText | Rejected],
    unit: Unit,
    reject: Callable[[Rejected], None],
    counts: Counts,
) -> Iterator[dict[str, Any]]:
    """The rows of all documents, in order, labelled in batches that run across documents."""
    sentences = _sentences(found, unit, reject, counts)
    while batch := list(islice(sentences, classifier.preferred_batch_size)):
        predictions = classifier.predict(place.text for place in batch)
        for place, prediction in zip(batch, predictions, strict=True):
            counts.sentences += 1
            located = replace(prediction, start=place.start)
            read = located if place.reader is None else place.reader.read(located, opens=place.opens)
            yield _row(place.source, place.index, read)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence and where it stands; the reader of its document knows what went before."""

    source: InputText
    index: int
    start: int
    text: str
    opens: bool
    reader: Reader | None


def _sentences(
    found: Iterable[InputText | Rejected], unit: Unit, reject: Callable[[Rejected], None], counts: Counts
) -> Iterator[_Place]:
    for document in found:
        if isinstance(document, Rejected):
            counts.rejected += document.rows
            reject(document)
            continue
        places = iter(_one_sentence(document) if unit is Unit.SENTENCE else _split(document))
        first = next(places, None)
        if first is None:
            counts.rejected += 1
            reject(Rejected(document.name, None, "holds no sentence"))
            continue
        counts.documents += 1
        yield first
        yield from places


def _one_sentence(document: InputText) -> Iterator[_Place]:
    """The document as it stands, but for the white space around it."""
    text = "".join(document.chunks)
    yield _Place(document, 0, len(text) - len(text.lstrip()), text.strip(), True, None)


def _split(document: InputText) -> Iterator[_Place]:
    reader = Reader()
    for index, found in enumerate(sentences.stream(document.chunks)):
        yield _Place(document, index, *found, reader)


def abstaining(row: dict[str, Any], threshold: float) -> dict[str, Any]:
    """The row, each label whose score is under `threshold` null; the scores stay."""
    for axis in AXES:
        if threshold and max(row[f"{axis}_scores"].values()) < threshold:
            row[axis] = None
    return row


def _row(source: InputText, index: int, prediction: Prediction) -> dict[str, Any]:
    row: dict[str, Any] = {"doc": source.name}
    if source.id is not None:
        row["id"] = source.id
    row |= {"index": index, **prediction.to_dict()}
    if source.row:
        row["row"] = dict(source.row)
    return row
