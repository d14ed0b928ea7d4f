"""One shard to one part: the function that every runner calls, wherever it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hedgerow.classifier import Classifier
from hedgerow.errors import RejectedRowError, RunError
from hedgerow.io.atomic import sha256
from hedgerow.labelling.layout import PARTS, WORK
from hedgerow.labelling.manifest import Settings, ShardResult, part_name, put
from hedgerow.labelling.shards import InputSlice, Shard
from hedgerow.labelling.stream import Counts, abstaining, label
from hedgerow.readers import compression
from hedgerow.readers.formats import read_documents
from hedgerow.readers.input_text import Fields, InputText, Rejected, Unit
from hedgerow.readers.inputs import InputFile
from hedgerow.writers.files import jsonl_writer, part_writer, rejected_row


@dataclass(frozen=True, slots=True)
class Run:
    """What a process needs to know to label any shard of a run. `model` is what to load, by name or folder."""

    folder: Path
    model: str
    settings: Settings
    inputs: tuple[InputFile, ...]
    strict: bool = False


def label_shard(classifier: Classifier, job: Run, shard: Shard, counts: Counts | None = None) -> ShardResult:
    """Label the shard to its part, which appears whole or not at all, and what was rejected beside it.

    `counts` follows along. Raises RejectedRowError at the first rejection of a strict job, RunError where rows were lost.
    """
    counts = counts or Counts()
    before = Counts(counts.documents, counts.sentences, counts.rejected)
    part = job.folder / PARTS / part_name(shard.number, job.settings)
    beside = job.folder / WORK / f"{part.name}.{os.getpid()}.tmp"
    rejected = shard_rejected_path(job.folder, shard.number)
    rejected_beside = rejected.with_name(f"{rejected.name}.{os.getpid()}.tmp")
    try:
        documents = _label(classifier, job, shard, counts, beside, rejected_beside)
        record = ShardResult(
            part=shard.number,
            rows=shard.rows,
            documents=documents,
            sentences=counts.sentences - before.sentences,
            rejected=counts.rejected - before.rejected,
            sha256=sha256(beside),
        )
        if record.rows != record.documents + record.rejected:
            raise RunError(
                f"{part.name}: {record.rows} rows in, but {record.documents} labelled and {record.rejected} rejected;"
                " an input changed while it was read"
            )
        put(rejected_beside, rejected)
        put(beside, part)
    finally:
        beside.unlink(missing_ok=True)
        rejected_beside.unlink(missing_ok=True)
    return record


def shard_rejected_path(folder: Path, number: int) -> Path:
    """Where the rejected of a shard wait for the end of the run."""
    return folder / WORK / f"rejected-{number:05}.jsonl"


def _label(classifier: Classifier, job: Run, shard: Shard, counts: Counts, part: Path, rejected: Path) -> int:
    """Write part and rejected, flushed to disk; returns how many documents the part holds."""
    documents = 0
    with (
        part.open("w", encoding="utf-8", newline="") as rows,
        rejected.open("w", encoding="utf-8", newline="") as rejected,
    ):
        write_rejected = jsonl_writer(rejected)

        def reject(rejection: Rejected) -> None:
            if job.strict:
                raise RejectedRowError(f"rejected {rejection}")
            write_rejected(rejected_row(rejection))

        with part_writer(f".{job.settings.parts}", rows) as write:
            for row in label(classifier, _documents(job, shard), Unit(job.settings.unit), reject, counts):
                documents += row["index"] == 0
                write(abstaining(row, job.settings.abstain))
        for file in (rows, rejected):
            file.flush()
            os.fsync(file.fileno())
    return documents


def _documents(job: Run, shard: Shard) -> Iterator[InputText | Rejected]:
    for piece in shard.pieces:
        yield from _read(job, piece)


def _read(job: Run, piece: InputSlice) -> Iterator[InputText | Rejected]:
    given, settings = job.inputs[piece.input], job.settings
    if piece.reason is not None or given.format is None:
        yield Rejected(given.name, None, piece.reason or "cannot be read")
        return
    fields = Fields(settings.text_field, settings.id_field)
    try:
        with compression.opened(given.path) as file:
            yield from read_documents(file, given.name, given.format, Unit(settings.unit), fields, piece.slice)
    except OSError as error:
        raise RunError(f"{given.name}: {error.strerror or error}; put it back and run the same command again") from None
