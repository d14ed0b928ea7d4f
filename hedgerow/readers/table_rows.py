"""The rows of CSV and TSV with the lines that they span. An error costs the line where its row starts, and no other."""

from __future__ import annotations

import csv
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hedgerow.io.lines import MAX_ROW_BYTES, Line, read_raw_lines
from hedgerow.readers.compression import read_error
from hedgerow.readers.layout import Slice
from hedgerow.readers.row_texts import Place

_BOM = "\ufeff"
_MAX_LINES = 500_000  # lines in a row: short ones cost more than their bytes


@dataclass(frozen=True, slots=True)
class Dialect:
    """The delimiter of a table, whether fields are quoted (in TSV they are not), whether a space after it is none."""

    delimiter: str = ","
    is_quoted: bool = True
    skips_space: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """The lines of a row, and either its cells or the error that it was rejected for."""

    lines: tuple[Line, ...]
    cells: tuple[str, ...] = ()
    error: str | None = None

    @property
    def raw(self) -> bytes:
        """The bytes of the row."""
        return self.lines[0].raw if len(self.lines) == 1 else b"".join(line.raw for line in self.lines)

    def place(self, file: str) -> Place:
        """Return where the row is in a file of this name; its content is left out if it is over the size limit."""
        first = self.lines[0]
        size = first.size if len(self.lines) == 1 else sum(line.size for line in self.lines)
        return Place(file, first.number, first.offset, self.raw if size <= MAX_ROW_BYTES else None)


def read_rows(file: BinaryIO, slice_: Slice, dialect: Dialect) -> Iterator[TableRow]:
    """Yield the rows of a slice that are not blank. A file that is truncated ends with a row that has the error."""
    csv.field_size_limit(sys.maxsize)
    lines = _Lines(file, slice_)
    reader = csv.reader(
        lines,
        strict=True,
        delimiter=dialect.delimiter,
        skipinitialspace=dialect.skips_space,
        quoting=csv.QUOTE_MINIMAL if dialect.is_quoted else csv.QUOTE_NONE,
    )
    while True:
        lines.next_row()
        try:
            cells = tuple(next(reader))
        except StopIteration:
            break
        except csv.Error as error:
            lines.unread_all_but_first()
            yield TableRow(tuple(lines.current), error=lines.error or _broken(error))
            continue
        if cells:
            yield TableRow(tuple(lines.current), cells, lines.error)
    truncated = read_error(file) if slice_.end is None else None
    if truncated is not None and not lines.error_reported:
        yield TableRow((lines.following,), error=truncated)


def _broken(error: csv.Error) -> str:
    if "new-line character" in str(error):
        return "broken CSV (a line end of another kind within the row); save the table again, or quote the field"
    reason = str(error) if "a row over" in str(error) else "a quote within a field, or one that is never closed"
    return f"broken CSV ({reason}); quote fields that contain the delimiter, and double the quotes in them"


class _Lines:
    """The lines of a table as text, for `csv.reader`; `current` has those of the row that is being read.

    It raises csv.Error if a row exceeds a limit. Bytes that are not UTF-8 become lone surrogates, so that only
    their own row is rejected. This is an iterator and not a generator, because it must continue after it has raised.
    """

    def __init__(self, file: BinaryIO, slice_: Slice) -> None:
        file.seek(slice_.start)
        self._file = file
        self._lines = read_raw_lines(file, number=slice_.line - 1, offset=slice_.start, end=slice_.end)
        self._unread: deque[Line] = deque()
        self._row_size = 0  # bytes
        self.current: list[Line] = []
        self.following = Line(slice_.line, b"", 0, offset=slice_.start)  # an empty line after the last one read
        self.error_reported = False  # whether a truncated file was reported with its incomplete last line

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._unread.popleft() if self._unread else self._read()
        self.current.append(line)
        self._row_size += line.size
        if self._row_size > MAX_ROW_BYTES or len(self.current) > _MAX_LINES:
            limit = f"{MAX_ROW_BYTES // 2**20} MB or {_MAX_LINES:,} lines"
            raise csv.Error(f"a row over {limit}, perhaps a quote that is never closed")
        text = line.raw.decode("utf-8", "surrogateescape")
        return text.removeprefix(_BOM) if len(self.current) == 1 else text

    def _read(self) -> Line:
        line = next(self._lines)
        self.following = line.empty_next()
        return line

    @property
    def error(self) -> str | None:
        """The error that truncated the file within the current row, or None."""
        if not self.current or self.current[-1].ended:
            return None
        error = read_error(self._file)
        self.error_reported = error is not None
        return error

    def next_row(self) -> None:
        """Begin a new row."""
        self.current.clear()
        self._row_size = 0

    def unread_all_but_first(self) -> None:
        """After an error, reduce the current row to its first line; the other lines are read again."""
        self._unread.extendleft(reversed(self.current[1:]))
        del self.current[1:]
