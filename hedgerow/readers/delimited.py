"""CSV and TSV with a header. A row may span lines; a fault costs the line where its row begins, and no other."""

from __future__ import annotations

import csv
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES, Line, skip_rest_of_line
from hedgerow.io.text_checks import invalid_utf8, surrogate_error
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import WHOLE, Fields, InputText, Rejected, Slice, to_input_text


@dataclass(frozen=True, slots=True)
class _Row:
    """The lines that a row takes, its cells, or what is wrong with it."""

    lines: tuple[Line, ...]
    cells: tuple[str, ...] = ()
    fault: str | None = None

    def rejected(self, name: str, reason: str) -> Rejected:
        whole = sum(line.size for line in self.lines) <= MAX_ROW_BYTES
        first = self.lines[0]
        return Rejected(name, first.number, reason, self.raw if whole else None, first.offset)

    @property
    def raw(self) -> bytes:
        return b"".join(line.raw for line in self.lines)


def row_starts(file: BinaryIO, fields: Fields, delimiter: str) -> Iterator[tuple[int, int]]:
    """Where each row after the header begins: (byte, line), in order. None where the header is rejected."""
    rows = _rows(file, WHOLE, delimiter)
    header = next(rows, None)
    if header is None or header.fault is not None or _header_fault(header.cells, fields) is not None:
        return
    for row in rows:
        yield row.lines[0].offset, row.lines[0].number


def read(file: BinaryIO, name: str, fields: Fields, slice_: Slice, delimiter: str) -> Iterator[InputText | Rejected]:
    rows = _rows(file, WHOLE, delimiter)
    header = next(rows, None)
    if header is None:
        return
    fault = header.fault or _header_fault(header.cells, fields)
    if fault is not None:
        yield header.rejected(name, fault)
        return
    last = header.lines[-1]
    after_header = Slice(last.offset + last.size, slice_.end, last.number + 1)
    for row in _rows(file, slice_ if slice_.start else after_header, delimiter):
        yield _document(row, name, header.cells, fields)


def _document(row: _Row, name: str, header: tuple[str, ...], fields: Fields) -> InputText | Rejected:
    if row.fault is not None:
        return row.rejected(name, row.fault)
    try:
        row.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return row.rejected(name, invalid_utf8(error))
    if len(row.cells) != len(header):
        return row.rejected(name, f"{len(row.cells)} columns where the header has {len(header)}")
    try:
        return to_input_text(dict(zip(header, row.cells, strict=True)), f"{name}:{row.lines[0].number}", fields)
    except InputError as error:
        return row.rejected(name, str(error))


def _header_fault(header: tuple[str, ...], fields: Fields) -> str | None:
    shown = ", ".join(repr(cell) for cell in header)
    if surrogate_error("".join(header)) is not None:
        return "invalid UTF-8 in the header; save the file as UTF-8"
    for wanted in (fields.text, fields.id):
        if wanted is not None and wanted not in header:
            return f"the header has no column {wanted!r}, only {shown}; name one just so, commas between columns"
    if len(set(header)) < len(header):
        return f"the header names a column twice: {shown}; give each its own name"
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
            lines.give_back_all_but_one()
            reason = f"broken CSV ({error}); quote fields with commas, double quotes in them"
            yield _Row(tuple(lines.taken), fault=lines.fault or reason)
            continue
        if cells:
            yield _Row(tuple(lines.taken), cells, lines.fault)
    if (fault := read_error(file)) is not None and not lines.cut_off:
        yield _Row((lines.end(),), fault=fault)


class _Lines:
    """Physical lines of a CSV file as text, those of the row at hand kept in `taken`.

    Raises csv.Error where a row grows over the limit. Bytes that are not UTF-8 come through as lone surrogates, so that
    they cost their own row alone. (An iterator, not a generator: it must go on after it has raised.)
    """

    def __init__(self, file: BinaryIO, slice_: Slice) -> None:
        file.seek(slice_.start)
        self._file = file
        self._number, self._offset, self._end = slice_.line - 1, slice_.start, slice_.end
        self._size = 0
        self._again: deque[Line] = deque()
        self.taken: list[Line] = []
        self.cut_off = False  # a compressed file broke off within a line

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        self.taken.append(line)
        self._size += line.size
        if self._size > MAX_ROW_BYTES:
            raise csv.Error(f"a row over {MAX_ROW_BYTES // 2**20} MB, perhaps a quote that is never closed")
        text = line.raw.decode("utf-8", "surrogateescape")
        return text.removeprefix("\ufeff") if line.number == 1 else text

    def _read(self) -> Line:
        if self._end is not None and self._offset >= self._end:
            raise StopIteration
        raw = self._file.readline(MAX_ROW_BYTES + 2)
        if not raw:
            raise StopIteration
        offset, size = self._offset, len(raw) + skip_rest_of_line(self._file, raw)
        self._number += 1
        self._offset += size
        return Line(self._number, raw, size, offset=offset, ended=len(raw) > MAX_ROW_BYTES or raw.endswith(b"\n"))

    @property
    def fault(self) -> str | None:
        """What broke the file off within the row at hand, or None."""
        if not self.taken or self.taken[-1].ended:
            return None
        fault = read_error(self._file)
        self.cut_off = fault is not None
        return fault

    def end(self) -> Line:
        """An empty line where the file ends."""
        return Line(self._number + 1, b"", 0, offset=self._offset)

    def next_row(self) -> None:
        self.taken.clear()
        self._size = 0

    def give_back_all_but_one(self) -> None:
        """After a fault: the row at hand is its first line alone, and what it had swallowed is read again."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
