"""Label one shard to one part: the function that every runner calls, wherever it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from hedgerow.classifier import Classifier
from hedgerow.errors import RejectedRowError, RunError
from hedgerow.io.atomic import put, sha256
from hedgerow.labelling.counts import Counts
from hedgerow.labelling.layout import PARTS, TEXTS, WORK
from hedgerow.labelling.manifest import ShardResult
from hedgerow.labelling.options import Options
from hedgerow.labelling.shards import InputSlice, Shard
from hedgerow.labelling.stream import Follower, label_texts
from hedgerow.readers import compression
from hedgerow.readers.finding import InputFile
from hedgerow.readers.formats import read_texts
from hedgerow.readers.input_text import InputText, Item, Rejected, Skipped
from hedgerow.readers.layout import Source
from hedgerow.writers.files import make_writer
from hedgerow.writers.jsonl import write_line
from hedgerow.writers.rejected import rejected_row
from hedgerow.writers.texts import keep_in


@dataclass(frozen=True, slots=True)
class Run:
    """What a process needs to label any shard of a run: its folder, its options, and its inputs.

    `passed_over` counts what was passed over in folders, by kind.
    """

    folder: Path
    options: Options
    inputs: tuple[InputFile, ...]
    passed_over: Mapping[str, int] = field(default_factory=dict)

    def part_path(self, number: int) -> Path:
        """Return the path of a shard's part."""
        return self.folder / PARTS / f"part-{number:05}.{self.options.parts}"

    def texts_path(self, number: int) -> Path:
        """Return the path of the texts of a shard."""
        return self.folder / TEXTS / f"part-{number:05}.jsonl"


def label_shard(classifier: Classifier, run: Run, shard: Shard, whole: Counts | None = None) -> ShardResult:
    """Label a shard to its part, which appears whole or not at all, with its rejected rows in the work folder.

    `whole` follows along. Raises RejectedRowError at the first rejected row of a strict run, and RunError if rows were
    lost.
    """
    files = _ShardFiles(run, shard.number)
    counts = Counts(whole=whole)
    try:
        rejected_lines, read = _write(classifier, run, shard, counts, files)
        result = ShardResult(
            part=shard.number,
            rows=shard.rows,
            documents=counts.documents,
            sentences=counts.sentences,
            rejected=counts.rejected,
            skipped=counts.skipped,
            decoded=counts.decoded,
            rejected_lines=rejected_lines,
            reasons=dict(counts.reasons),
            read=read,
            sha256=sha256(files.temporary(files.part)),
        )
        if result.rows != counts.rows:
            raise RunError(
                f"{files.part.name}: {result.rows} rows in, but {counts.documents} labelled, {counts.rejected} rejected"
                f" and {counts.skipped} skipped; an input changed while it was read"
            )
        files.publish()
    finally:
        files.remove_temporary()
    return result


class _ShardFiles:
    """The files of a shard: its rejected rows, its texts if they are kept, and its part, in the order they appear."""

    def __init__(self, run: Run, number: int) -> None:
        self.part = run.part_path(number)
        self.rejected = shard_rejected_path(run.folder, number)
        self.texts = run.texts_path(number) if run.options.keep_text else None
        self._work = run.folder / WORK

    def _all(self) -> list[Path]:
        return [self.rejected, *([] if self.texts is None else [self.texts]), self.part]

    def temporary(self, path: Path) -> Path:
        """Return the name under which a file is written."""
        return self._work / f"{path.parent.name}-{path.name}.{os.getpid()}.tmp"

    def publish(self) -> None:
        """Give all files their names; a shard is done once its part has its name."""
        for path in self._all():
            put(self.temporary(path), path)

    def remove_temporary(self) -> None:
        """Remove what is left of an interrupted shard."""
        for path in self._all():
            self.temporary(path).unlink(missing_ok=True)


def shard_rejected_path(folder: Path, number: int) -> Path:
    """Return where the rejected rows of a shard wait for the end of the run."""
    return folder / WORK / f"rejected-{number:05}.jsonl"


def _write(
    classifier: Classifier, run: Run, shard: Shard, counts: Counts, files: _ShardFiles
) -> tuple[int, list[list[int]]]:
    """Write the files of the shard, flushed; return the lines of its rejected rows, and what each slice gave."""
    lines = 0
    read = [[0, 0, 0] for _ in shard.slices]
    with ExitStack() as stack:
        part = stack.enter_context(_flushed(files.temporary(files.part)))
        rejected_rows = stack.enter_context(_flushed(files.temporary(files.rejected)))

        def reject(rejected: Rejected) -> None:
            nonlocal lines
            if run.options.strict:
                raise RejectedRowError(f"rejected {rejected}")
            write_line(rejected_rows, rejected_row(rejected))
            lines += 1

        follower = Follower(reject, counts)
        if files.texts is not None:
            texts = stack.enter_context(_flushed(files.temporary(files.texts)))
            follower = replace(follower, keep=keep_in(texts))
        writer = make_writer(f".{run.options.parts}", part, classifier.heads)
        for sentence in label_texts(classifier, _read_shard(run, shard, read), run.options, follower):
            writer.write(sentence)
        writer.close()
    return lines, read


@contextmanager
def _flushed(path: Path) -> Iterator[TextIO]:
    """Open a text file for writing; what was written is on disk afterwards."""
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _read_shard(run: Run, shard: Shard, read: Sequence[list[int]]) -> Iterator[Item]:
    """Yield what the slices hold; `read` counts, for each, its texts, rejected and skipped rows."""
    for one, counts in zip(shard.slices, read, strict=True):
        for item in _read_slice(run, one):
            counts[0] += isinstance(item, InputText)
            counts[1] += item.rows if isinstance(item, Rejected) else 0
            counts[2] += isinstance(item, Skipped)
            yield item


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
