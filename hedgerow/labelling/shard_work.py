"""Label one shard to one part: the function that every runner calls, wherever it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hedgerow.classifier import Classifier
from hedgerow.errors import RejectedRowError, RunError
from hedgerow.io.atomic import put, sha256
from hedgerow.labelling.layout import PARTS, WORK
from hedgerow.labelling.manifest import ShardResult
from hedgerow.labelling.options import Options
from hedgerow.labelling.shards import InputSlice, Shard
from hedgerow.labelling.stream import Counts, label_texts
from hedgerow.readers import compression
from hedgerow.readers.formats import read_texts
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.inputs import InputFile
from hedgerow.readers.layout import Source
from hedgerow.writers.files import make_writer
from hedgerow.writers.jsonl import write_line
from hedgerow.writers.rejected import rejected_row


@dataclass(frozen=True, slots=True)
class Run:
    """What a process needs to label any shard of a run: its folder, its options, and its inputs."""

    folder: Path
    options: Options
    inputs: tuple[InputFile, ...]

    def part_path(self, number: int) -> Path:
        """Return the path of a shard's part."""
        return self.folder / PARTS / f"part-{number:05}.{self.options.parts}"


def label_shard(classifier: Classifier, run: Run, shard: Shard, counts: Counts | None = None) -> ShardResult:
    """Label a shard to its part, which appears whole or not at all, with its rejected rows in the work folder.

    `counts` follows along. Raises RejectedRowError at the first rejected row of a strict run, and RunError if rows were
    lost.
    """
    counts = counts or Counts()
    before = replace(counts)
    part = run.part_path(shard.number)
    rejected = shard_rejected_path(run.folder, shard.number)
    temporary_part = run.folder / WORK / f"{part.name}.{os.getpid()}.tmp"
    temporary_rejected = rejected.with_name(f"{rejected.name}.{os.getpid()}.tmp")
    try:
        documents = _write(classifier, run, shard, counts, (temporary_part, temporary_rejected))
        result = ShardResult(
            part=shard.number,
            rows=shard.rows,
            documents=documents,
            sentences=counts.sentences - before.sentences,
            rejected=counts.rejected - before.rejected,
            skipped=counts.skipped - before.skipped,
            sha256=sha256(temporary_part),
        )
        if result.rows != result.documents + result.rejected + result.skipped:
            raise RunError(
                f"{part.name}: {result.rows} rows in, but {result.documents} labelled, {result.rejected} rejected and"
                f" {result.skipped} skipped; an input changed while it was read"
            )
        put(temporary_rejected, rejected)
        put(temporary_part, part)
    finally:
        temporary_part.unlink(missing_ok=True)
        temporary_rejected.unlink(missing_ok=True)
    return result


def shard_rejected_path(folder: Path, number: int) -> Path:
    """Return where the rejected rows of a shard wait for the end of the run."""
    return folder / WORK / f"rejected-{number:05}.jsonl"


def _write(classifier: Classifier, run: Run, shard: Shard, counts: Counts, paths: tuple[Path, Path]) -> int:
    """Write the shard's part and its rejected rows to `paths`, flushed; return how many documents the part holds."""
    documents = 0
    with (
        paths[0].open("w", encoding="utf-8", newline="") as part,
        paths[1].open("w", encoding="utf-8", newline="") as rejected_rows,
    ):

        def reject(rejected: Rejected) -> None:
            if run.options.strict:
                raise RejectedRowError(f"rejected {rejected}")
            write_line(rejected_rows, rejected_row(rejected))

        writer = make_writer(f".{run.options.parts}", part, classifier.heads)
        for sentence in label_texts(classifier, _read_shard(run, shard), run.options, reject, counts):
            documents += sentence.index == 0
            writer.write(sentence)
        writer.close()
        for file in (part, rejected_rows):
            file.flush()
            os.fsync(file.fileno())
    return documents


def _read_shard(run: Run, shard: Shard) -> Iterator[Item]:
    for one in shard.slices:
        yield from _read_slice(run, one)


def _read_slice(run: Run, one: InputSlice) -> Iterator[Item]:
    file_, options = run.inputs[one.input], run.options
    if one.reason is not None or file_.format is None:
        yield Rejected(file_.name, None, one.reason or "cannot be read")
        return
    try:
        with compression.opened(file_.path) as file:
            yield from read_texts(Source(file, file_.name, options.layout(file_.format), one.slice))
    except OSError as error:
        raise RunError(f"{file_.name}: {error.strerror or error}; put it back and run the same command again") from None
