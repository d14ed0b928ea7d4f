"""Shards: the units of work of a run, a few thousand rows each, cut between rows and nowhere else.

A shard is one or more pieces: small files are packed together, large ones are slice_, so that a shard is neither so small
that its bookkeeping costs time nor so large that a machine that dies loses much. What is in a shard hangs on the inputs
and the settings alone, never on how many processes there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hedgerow.readers.formats import Format, row_starts
from hedgerow.readers.input_text import Fields, Slice, Unit
from hedgerow.readers.parquet import row_groups


@dataclass(frozen=True, slots=True)
class InputSlice:
    """A cut of one input, by its place among the inputs; how many rows it holds, and bytes (as far as they are known).

    `reason` is why an input cannot be read at all; it is then one row, rejected.
    """

    input: int
    slice_: Slice
    rows: int
    bytes: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Shard:
    """What is labelled to one part. `number` is the part's."""

    number: int
    pieces: tuple[InputSlice, ...]

    @property
    def rows(self) -> int:
        return sum(piece.rows for piece in self.pieces)


def pieces(
    file: BinaryIO, number: int, format_: Format, unit: Unit, fields: Fields, size: int, *, rows: int, bytes_: int
) -> Iterator[InputSlice]:
    """The input `number`, of `size` bytes where that is known, cut so that a piece has at most `rows` rows, and ends
    with the row that fills it to `bytes_` bytes."""
    if format_ is Format.PARQUET:
        yield from _row_groups(file, number, size)
        return
    start, line, count, at = 0, 1, 0, 0
    for at, at_line in row_starts(file, format_, unit, fields):
        if count and (count == rows or at - start >= bytes_):
            yield InputSlice(number, Slice(start, at, line), count, at - start)
            start, line, count = at, at_line, 0
        count += 1
    # The last piece goes to the file's end, whatever is there; an empty file counts as one row, which is rejected.
    yield InputSlice(number, Slice(start, None, line), max(count, 1), max(size, at) - start)


def _row_groups(file: BinaryIO, number: int, size: int) -> Iterator[InputSlice]:
    """A piece a row group; of a file that is broken or has no rows one, which will be rejected."""
    groups = [
        InputSlice(number, Slice(group, group + 1, row), rows, bytes_) for group, row, rows, bytes_ in row_groups(file)
    ]
    yield from groups or [InputSlice(number, Slice(), 1, size)]


def pack(found: Iterable[InputSlice], *, rows: int, bytes_: int) -> Iterator[Shard]:
    """Pieces in order, together until a shard has `rows` rows or `bytes_` bytes."""
    held: list[InputSlice] = []
    number, count, size = 0, 0, 0
    for piece in found:
        if held and (count + piece.rows > rows or size + piece.bytes > bytes_):
            yield Shard(number, tuple(held))
            number, held, count, size = number + 1, [], 0, 0
        held.append(piece)
        count += piece.rows
        size += piece.bytes
    if held:
        yield Shard(number, tuple(held))
