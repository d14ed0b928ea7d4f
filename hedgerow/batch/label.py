"""Labelling files: documents in, rows out, refusals beside."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from hedgerow import sentence
from hedgerow.batch.documents import Format, Refusal, Source, Unit, format_of, read_documents
from hedgerow.classifier import Classifier
from hedgerow.classifier.reading import Reader
from hedgerow.errors import InputError
from hedgerow.labels import Prediction

STDIN = Path("-")
_IN_MEMORY = 64 * 2**20  # bytes of standard input kept in memory; more goes to a temporary file


@dataclass(slots=True)
class Tally:
    """What a run has done so far."""

    documents: int = 0
    sentences: int = 0
    refused: int = 0


def read_inputs(paths: Iterable[Path], unit: Unit, as_: Format | None) -> Iterator[Source | Refusal]:
    """The documents of all `paths` ("-" is standard input), read as `as_` or by their suffix; a path that cannot be
    read is a refusal too."""
    for path in paths:
        # A name that is not UTF-8 is shown as far as it can be, or it could not be written to the output.
        name = "stdin" if path == STDIN else os.fsencode(path).decode("utf-8", "replace")
        try:
            format_ = as_ or (Format.TXT if path == STDIN else format_of(path))
            with _opened(path) as file:
                yield from read_documents(file, name, format_, unit)
        except InputError as error:
            yield Refusal(name, None, str(error).removeprefix(f"{name}: "))
        except OSError as error:
            yield Refusal(name, None, f"{error.strerror or error}; check the path and its permissions")


def label(
    classifier: Classifier,
    found: Iterable[Source | Refusal],
    unit: Unit,
    refuse: Callable[[Refusal], None],
    tally: Tally,
) -> Iterator[dict[str, Any]]:
    """The rows of all documents, in order, labelled in batches that run across documents."""
    sentences = _sentences(found, unit, refuse, tally)
    while batch := list(islice(sentences, classifier.window)):
        predictions = classifier.predict(place.text for place in batch)
        for place, prediction in zip(batch, predictions, strict=True):
            tally.sentences += 1
            located = replace(prediction, start=place.start)
            read = located if place.reader is None else place.reader.read(located, opens=place.opens)
            yield _row(place.source, place.index, read)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence and where it stands; the reader of its document knows what went before."""

    source: Source
    index: int
    start: int
    text: str
    opens: bool
    reader: Reader | None


def _sentences(
    found: Iterable[Source | Refusal], unit: Unit, refuse: Callable[[Refusal], None], tally: Tally
) -> Iterator[_Place]:
    for document in found:
        if isinstance(document, Refusal):
            tally.refused += 1
            refuse(document)
            continue
        tally.documents += 1
        if unit is Unit.SENTENCE:  # as it stands, but for the white space around it
            text = "".join(document.chunks)
            yield _Place(document, 0, len(text) - len(text.lstrip()), text.strip(), True, None)
            continue
        reader = Reader()
        for index, sentence_ in enumerate(sentence.stream(document.chunks)):
            yield _Place(document, index, *sentence_, reader)


def _row(source: Source, index: int, prediction: Prediction) -> dict[str, Any]:
    row: dict[str, Any] = {"doc": source.name}
    if source.id is not None:
        row["id"] = source.id
    row |= {"index": index, **prediction.to_dict()}
    if source.row:
        row["row"] = dict(source.row)
    return row


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, or a copy of a pipe or standard input: a text is read twice and so must be kept."""
    if path == STDIN and sys.stdin is None:
        raise InputError("standard input is closed; give it a text, or name a file")
    with nullcontext(sys.stdin.buffer) if path == STDIN else path.open("rb") as file:
        if path != STDIN and file.seekable():
            yield file
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
            shutil.copyfileobj(file, kept)
            kept.seek(0)
            yield kept  # type: ignore[misc]  # a spooled file has all of BinaryIO but the name
