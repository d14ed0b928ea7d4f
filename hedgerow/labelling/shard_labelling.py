"""One shard to one part: the function that every runner calls, wherever it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hedgerow.classifier import Classifier
from hedgerow.errors import RefusedRow, RunError
from hedgerow.io.atomic import sha256
from hedgerow.labelling.layout import PARTS, WORK
from hedgerow.labelling.manifest import Record, Settings, part_name, put
from hedgerow.labelling.shards import Piece, Shard
from hedgerow.labelling.stream import Tally, abstaining, label
from hedgerow.readers import compression
from hedgerow.readers.formats import read_documents
from hedgerow.readers.input_text import Fields, Refusal, Source, Unit
from hedgerow.readers.inputs import Input
from hedgerow.writers.files import jsonl_writer, part_writer, refused_row


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to know to label any shard of a run. `model` is what to load, by name or folder."""

    folder: Path
    model: str
    settings: Settings
    inputs: tuple[Input, ...]
    strict: bool = False


def label_shard(classifier: Classifier, job: Job, shard: Shard, tally: Tally | None = None) -> Record:
    """Label the shard to its part, which appears whole or not at all, and what was refused beside it.

    `tally` follows along. Raises RefusedRow at the first refusal of a strict job, RunError where rows were lost.
    """
    tally = tally or Tally()
    before = Tally(tally.documents, tally.sentences, tally.refused)
    part = job.folder / PARTS / part_name(shard.number, job.settings)
    beside = job.folder / WORK / f"{part.name}.{os.getpid()}.tmp"
    refused = refused_of(job.folder, shard.number)
    refused_beside = refused.with_name(f"{refused.name}.{os.getpid()}.tmp")
    try:
        documents = _label(classifier, job, shard, tally, beside, refused_beside)
        record = Record(
            part=shard.number,
            rows=shard.rows,
            documents=documents,
            sentences=tally.sentences - before.sentences,
            refused=tally.refused - before.refused,
            sha256=sha256(beside),
        )
        if record.rows != record.documents + record.refused:
            raise RunError(
                f"{part.name}: {record.rows} rows in, but {record.documents} labelled and {record.refused} refused;"
                " an input changed while it was read"
            )
        put(refused_beside, refused)
        put(beside, part)
    finally:
        beside.unlink(missing_ok=True)
        refused_beside.unlink(missing_ok=True)
    return record


def refused_of(folder: Path, number: int) -> Path:
    """Where the refusals of a shard wait for the end of the run."""
    return folder / WORK / f"refused-{number:05}.jsonl"


def _label(classifier: Classifier, job: Job, shard: Shard, tally: Tally, part: Path, refused: Path) -> int:
    """Write part and refusals, flushed to disk; returns how many documents the part holds."""
    documents = 0
    with (
        part.open("w", encoding="utf-8", newline="") as rows,
        refused.open("w", encoding="utf-8", newline="") as refusals,
    ):
        write_refused = jsonl_writer(refusals)

        def refuse(refusal: Refusal) -> None:
            if job.strict:
                raise RefusedRow(f"refused {refusal}")
            write_refused(refused_row(refusal))

        with part_writer(f".{job.settings.parts}", rows) as write:
            for row in label(classifier, _documents(job, shard), Unit(job.settings.unit), refuse, tally):
                documents += row["index"] == 0
                write(abstaining(row, job.settings.abstain))
        for file in (rows, refusals):
            file.flush()
            os.fsync(file.fileno())
    return documents


def _documents(job: Job, shard: Shard) -> Iterator[Source | Refusal]:
    for piece in shard.pieces:
        yield from _read(job, piece)


def _read(job: Job, piece: Piece) -> Iterator[Source | Refusal]:
    given, settings = job.inputs[piece.input], job.settings
    if piece.reason is not None or given.format is None:
        yield Refusal(given.name, None, piece.reason or "cannot be read")
        return
    fields = Fields(settings.text_field, settings.id_field)
    try:
        with compression.opened(given.path) as file:
            yield from read_documents(file, given.name, given.format, Unit(settings.unit), fields, piece.cut)
    except OSError as error:
        raise RunError(f"{given.name}: {error.strerror or error}; put it back and run the same command again") from None
