"""Shards: the units of work of a run, some thousand rows each, cut between rows and nowhere else.

Small files are packed together and large ones are cut, so that a shard is neither so small that its bookkeeping costs
time, nor so large that a machine that dies loses much. The shards depend on the inputs and the settings alone, never on
the number of workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hedgerow.labelling.options import Options
from hedgerow.readers.formats import row_starts
from hedgerow.readers.layout import Format, Slice, Source
from hedgerow.readers.parquet import row_groups


@dataclass(frozen=True, slots=True)
class InputSlice:
    """A slice of the input with number `input`; `rows` it holds, and its size in bytes as far as it is known.

    `reason` says why an input cannot be read at all; it then counts as one row, rejected.
    """

    input: int
    slice: Slice
    rows: int
    bytes: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Shard:
    """The slices that are labelled to one part; `number` is the part's."""

    number: int
    slices: tuple[InputSlice, ...]

    @property
    def rows(self) -> int:
        """How many rows the shard holds."""
        return sum(part.rows for part in self.slices)


def slice_input(file: BinaryIO, number: int, format_: Format, size: int, options: Options) -> Iterator[InputSlice]:
    """Cut the open input `number`, of `size` bytes on disk, between rows.

    A slice has at most `options.shard_rows` rows, and ends with the row that fills it to `options.shard_bytes` bytes.
    """
    source = Source(file, "", options.layout(format_))
    if format_ is Format.PARQUET:
        yield from _row_groups(source, number, size)
        return
    start, line, rows, position = 0, 1, 0, 0
    for position, row_line in row_starts(source):
        if rows and position > start and (rows >= options.shard_rows or position - start >= options.shard_bytes):
            yield InputSlice(number, Slice(start, position, line), rows, position - start)
            start, line, rows = position, row_line, 0
        rows += 1
    # The last slice goes to the end of the file; an empty file counts as one row, which is rejected.
    yield InputSlice(number, Slice(start, None, line), max(rows, 1), max(size, position) - start)


def _row_groups(source: Source, number: int, size: int) -> Iterator[InputSlice]:
    """Yield one slice per row group; for a broken or empty file a single one, which will be rejected."""
    groups = [
        InputSlice(number, Slice(group, group + 1, row), rows, size_) for group, row, rows, size_ in row_groups(source)
    ]
    yield from groups or [InputSlice(number, Slice(), 1, size)]


def pack(slices: Iterable[InputSlice], options: Options) -> Iterator[Shard]:
    """Pack slices in order into shards of at most `options.shard_rows` rows and `options.shard_bytes` bytes."""
    buffer: list[InputSlice] = []
    number, rows, size = 0, 0, 0
    for one in slices:
        if buffer and (rows + one.rows > options.shard_rows or size + one.bytes > options.shard_bytes):
            yield Shard(number, tuple(buffer))
            number, buffer, rows, size = number + 1, [], 0, 0
        buffer.append(one)
        rows += one.rows
        size += one.bytes
    if buffer:
        yield Shard(number, tuple(buffer))
