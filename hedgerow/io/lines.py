"""Read a file line by line, each line with its number, byte offset and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_ROW_BYTES = 10 * 1024 * 1024
_UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of a file, as bytes.

    `number` counts from 1. `raw` is the line's content, truncated if the line is `too_long`; `size` is the size of the
    whole line in bytes, its line end included. `offset` is the byte of the file at which it starts. `ended` is whether
    a line end (\n) follows: only the last line of a file may lack one.
    """

    number: int
    raw: bytes
    size: int
    too_long: bool = False
    offset: int = 0
    ended: bool = True

    def empty_next(self) -> Line:
        """Return an empty line that starts where this one ends."""
        return Line(self.number + 1, b"", 0, offset=self.offset + self.size)


def read_lines(
    file: BinaryIO, *, limit: int = MAX_ROW_BYTES, number: int = 0, offset: int = 0, end: int | None = None
) -> Iterator[Line]:
    """Yield the lines of an open file that are not blank, without their line ends and without a byte order mark.

    Files that were joined have such a mark in the middle, too. The parameters are those of `read_raw_lines`; of a
    longer line, `raw` is the first `limit` bytes.
    """
    for line in read_raw_lines(file, limit=limit, number=number, offset=offset, end=end):
        content = line.raw.rstrip(b"\r\n").removeprefix(_UTF8_BOM)
        if content.strip():
            too_long = len(content) > limit
            yield Line(line.number, content[:limit], line.size, too_long, line.offset, line.ended)


def read_raw_lines(
    file: BinaryIO, *, limit: int = MAX_ROW_BYTES, number: int = 0, offset: int = 0, end: int | None = None
) -> Iterator[Line]:
    """Yield all lines of an open file from its current position, each with its line end, and lines that are blank.

    A line longer than `limit` bytes is never in memory as a whole. If the file is not read from its start, `number`
    lines and `offset` bytes come before. Lines that start at byte `end` or after it are not read.
    """
    while (end is None or offset < end) and (raw := file.readline(limit + 2)):
        number += 1
        size = len(raw) + _skip_rest_of_line(file, raw)
        yield Line(number, raw, size, offset=offset, ended=len(raw) > limit or raw.endswith(b"\n"))
        offset += size


def _skip_rest_of_line(file: BinaryIO, beginning: bytes) -> int:
    """Skip the rest of the line that starts with `beginning`; return the number of bytes skipped."""
    skipped = 0
    last = beginning
    while not last.endswith(b"\n") and (last := file.readline(1 << 20)):
        skipped += len(last)
    return skipped
