"""CSV and TSV files with a header. A row may span lines; an error costs the line where its row starts, and no other."""

from __future__ import annotations

import csv
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES, Line, read_raw_lines
from hedgerow.io.text_checks import invalid_utf8, surrogate_error
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import InputText, Item, Rejected, to_input_text
from hedgerow.readers.layout import WHOLE, Fields, Format, Slice, Source


@dataclass(frozen=True, slots=True)
class _Row:
    """The lines of a row, and either its cells or the error that it was rejected for."""

    lines: tuple[Line, ...]
    cells: tuple[str, ...] = ()
    error: str | None = None

    @property
    def raw(self) -> bytes:
        return b"".join(line.raw for line in self.lines)

    def rejected(self, name: str, reason: str) -> Rejected:
        first = self.lines[0]
        size = sum(line.size for line in self.lines)
        return Rejected(name, first.number, reason, self.raw if size <= MAX_ROW_BYTES else None, first.offset)


_DELIMITERS = {Format.CSV: ",", Format.TSV: "\t"}


def row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where each row after the header starts: its byte offset and its line number.

    Nothing is yielded if the header is rejected.
    """
    rows = _rows(source.file, WHOLE, _DELIMITERS[source.layout.format])
    header = next(rows, None)
    if header is None or _header_error(header, source.layout.fields) is not None:
        return
    for row in rows:
        yield row.lines[0].offset, row.lines[0].number


def read(source: Source) -> Iterator[Item]:
    """Yield one input text per row of the slice, or why it is rejected; the header is read from the file's start."""
    file, name, slice_ = source.file, source.name, source.slice
    fields, delimiter = source.layout.fields, _DELIMITERS[source.layout.format]
    header = next(_rows(file, WHOLE, delimiter), None)
    if header is None:
        return
    error = _header_error(header, fields)
    if error is not None:
        yield header.rejected(name, error)
        return
    if not slice_.start:
        first = header.lines[-1].empty_next()
        slice_ = Slice(first.offset, slice_.end, first.number)
    for row in _rows(file, slice_, delimiter):
        yield _input_text(row, name, header.cells, fields)


def _input_text(row: _Row, name: str, header: tuple[str, ...], fields: Fields) -> InputText | Rejected:
    if row.error is not None:
        return row.rejected(name, row.error)
    try:
        row.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return row.rejected(name, invalid_utf8(error))
    if len(row.cells) != len(header):
        return row.rejected(name, f"{len(row.cells)} columns, but the header has {len(header)}")
    try:
        return to_input_text(dict(zip(header, row.cells, strict=True)), f"{name}:{row.lines[0].number}", fields)
    except InputError as error:
        return row.rejected(name, str(error))


def _header_error(header: _Row, fields: Fields) -> str | None:
    if header.error is not None:
        return header.error
    columns = header.cells
    if surrogate_error("".join(columns)) is not None:
        return "invalid UTF-8 in the header; save the file as UTF-8"
    names = ", ".join(map(repr, columns))
    for name, option in ((fields.text, "--text-field"), (fields.id, "--id-field")):
        if name is not None and name not in columns:
            hint = f"choose a column with {option}, or check the delimiter"
            return f"the header has no column {name!r}, only {names}; {hint}"
    if len(set(columns)) < len(columns):
        return f"two columns of the header have the same name: {names}; give each its own name"
    return None


def _rows(file: BinaryIO, slice_: Slice, delimiter: str) -> Iterator[_Row]:
    csv.field_size_limit(sys.maxsize)
    lines = _Lines(file, slice_)
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    while True:
        lines.next_row()
        try:
            cells = tuple(next(reader))
        except StopIteration:
            break
        except csv.Error as error:
            lines.unread_all_but_first()
            reason = f"broken CSV ({error}); quote fields that contain the delimiter, and double the quotes in them"
            yield _Row(tuple(lines.current), error=lines.error or reason)
            continue
        if cells:
            yield _Row(tuple(lines.current), cells, lines.error)
    if (truncated := read_error(file)) is not None and not lines.error_reported:
        yield _Row((lines.following,), error=truncated)


class _Lines:
    """The lines of a CSV file as text, for `csv.reader`; `current` has those of the row that is being read.

    It raises csv.Error if a row exceeds the size limit. Bytes that are not UTF-8 become lone surrogates, so that only
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
        if self._row_size > MAX_ROW_BYTES:
            raise csv.Error(f"a row over {MAX_ROW_BYTES // 2**20} MB, perhaps a quote that is never closed")
        text = line.raw.decode("utf-8", "surrogateescape")
        return text.removeprefix("\ufeff") if line.number == 1 else text

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
