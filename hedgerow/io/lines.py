"""Read a file line by line, each line with its number, byte offset and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_ROW_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its bytes `raw`, without the line end and cut at the limit, and the `size` of the whole line.

    `offset` is the byte of the file at which it begins. `ended` is whether a line end closes it.
    """

    number: int
    raw: bytes
    size: int
    too_long: bool = False
    offset: int = 0
    ended: bool = True


def read_lines(file: BinaryIO, *, limit: int = MAX_ROW_BYTES, number: int = 0, offset: int = 0) -> Iterator[Line]:
    """Yield the lines of an open file, without the blank ones.

    No more than `limit` bytes of a line are in memory at once. If the file does not begin at its first byte, `number`
    lines and `offset` bytes precede it.
    """
    while raw := file.readline(limit + 2):
        number += 1
        ended = len(raw) > limit or raw.endswith(b"\n")
        size = len(raw) + skip_rest_of_line(file, raw)
        content = raw.rstrip(b"\r\n")
        if number == 1:
            content = content.removeprefix(b"\xef\xbb\xbf")
        if content.strip():
            yield Line(number, content[:limit], size, len(content) > limit, offset, ended)
        offset += size


def skip_rest_of_line(file: BinaryIO, read: bytes) -> int:
    """Skip the rest of the line that begins with `read`; return the number of bytes skipped."""
    skipped = 0
    while not read.endswith(b"\n") and (read := file.readline(1 << 20)):
        skipped += len(read)
    return skipped
