"""Files to documents: text, JSON lines, CSV and standard input, read so that a bad row is refused by name and the rest
goes on.

A document is one text to be split (or, unit `sentence`, one sentence as it stands). What cannot be labelled comes out
as a `Refusal` with file, line and reason, in its place among the documents: nothing is lost without a word.
"""

from __future__ import annotations

import codecs
import csv
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from hedgerow.errors import InputError
from hedgerow.files import (
    MAX_ROW_BYTES,
    Line,
    invalid_utf8,
    parse_object,
    read_lines,
    skip_rest_of_line,
    surrogate_fault,
    text_fault,
)

TEXT_FIELD = "text"
_CHUNK = 1 << 20  # bytes of a text file read at a time


class Format(StrEnum):
    """What a file or standard input holds."""

    TXT = "txt"
    JSONL = "jsonl"
    CSV = "csv"


class Unit(StrEnum):
    """What one row, or one line of a text, is."""

    DOCUMENT = "document"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An input that was not labelled. `raw` is what stood there, None where it is too much to keep."""

    file: str
    line: int | None
    reason: str
    raw: bytes | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Source:
    """One document: its text in pieces (read as they are asked for), the row it came from."""

    name: str
    chunks: Iterator[str]
    id: Any = None
    row: Mapping[str, Any] = field(default_factory=dict)


def format_of(path: Path) -> Format:
    """The format by a file's suffix. Raises InputError for a suffix that is not known, a folder, or no file."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name the files in it (folders are not supported yet)")
    if not path.exists():
        raise InputError(f"{path}: no such file")
    try:
        return Format(path.suffix.lower().removeprefix("."))
    except ValueError:
        raise InputError(
            f"{path}: suffix {path.suffix!r} is not one of .txt, .jsonl, .csv; say what it holds with --as"
        ) from None


def read_documents(file: BinaryIO, name: str, format_: Format, unit: Unit) -> Iterator[Source | Refusal]:
    """The documents of an open binary file that can seek, and what was refused, in order."""
    if format_ is Format.TXT and unit is Unit.DOCUMENT:
        found = _read_text(file, name)
    elif format_ is Format.CSV:
        found = _read_csv(file, name)
    else:
        parse = parse_object if format_ is Format.JSONL else _parse_plain
        found = (_document(line, name, parse) for line in read_lines(file))
    empty = True
    for document in found:
        empty = False
        yield document
    if empty:
        yield Refusal(name, None, "holds no text")


def _read_text(file: BinaryIO, name: str) -> Iterator[Source | Refusal]:
    """A whole text as one document. It is read twice: once to see that all of it can be labelled, once to do so."""
    refusal = _fault_in_text(file, name)
    if refusal is not None:
        yield refusal
        return
    file.seek(0)
    yield Source(name, _decoded(file))


def _decoded(file: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    while chunk := file.read(_CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _fault_in_text(file: BinaryIO, name: str) -> Refusal | None:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line, read, blank, chunk = 1, 0, True, b"-"
    while chunk:
        chunk = file.read(_CHUNK)
        read += len(chunk)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            return Refusal(name, line, invalid_utf8(error, before=read - len(error.object)))
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            return Refusal(name, line, "NUL character; remove it, or convert the file to text first")
        line += text.count("\n")
        blank = blank and not text.strip()
    return Refusal(name, None, "holds no text") if blank else None


def _document(line: Line, name: str, parse: Callable[[bytes], dict[str, Any]]) -> Source | Refusal:
    if line.too_long:
        return _too_long(name, line.number, line.size)
    try:
        return _source(name, line.number, parse(line.raw))
    except InputError as error:
        return Refusal(name, line.number, str(error), line.raw)


def _too_long(name: str, line: int, size: int) -> Refusal:
    return Refusal(name, line, f"a row of {size:,} bytes; at most {MAX_ROW_BYTES // 2**20} MB a row")


def _parse_plain(raw: bytes) -> dict[str, Any]:
    try:
        return {TEXT_FIELD: raw.decode("utf-8")}
    except UnicodeDecodeError as error:
        raise InputError(invalid_utf8(error)) from None


def _source(name: str, line: int, row: dict[str, Any]) -> Source:
    """The row as a document. Raises InputError where its text cannot be labelled."""
    if TEXT_FIELD not in row:
        fields = ", ".join(map(repr, row)) or "none"
        raise InputError(f"no field {TEXT_FIELD!r}; the row's fields are {fields}")
    fault = text_fault(row[TEXT_FIELD], TEXT_FIELD)
    if fault is not None:
        raise InputError(fault)
    rest = {key: value for key, value in row.items() if key not in (TEXT_FIELD, "id")}
    return Source(f"{name}:{line}", iter([row[TEXT_FIELD]]), row.get("id"), rest)


class _CsvLines:
    """Physical lines of a CSV file as text, those of the row at hand kept in `taken`.

    Raises csv.Error where a row grows over the limit. Bytes that are not UTF-8 come through as lone surrogates, so that
    they cost their own row alone. (An iterator, not a generator: it must go on after it has raised.)
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._number = 0
        self._size = 0
        self._again: deque[Line] = deque()
        self.taken: list[Line] = []

    def __iter__(self) -> _CsvLines:
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
        raw = self._file.readline(MAX_ROW_BYTES + 2)
        if not raw:
            raise StopIteration
        self._number += 1
        return Line(self._number, raw, len(raw) + skip_rest_of_line(self._file, raw))

    def next_row(self) -> None:
        self.taken.clear()
        self._size = 0

    def give_back_all_but_one(self) -> None:
        """After a fault: the row at hand is its first line alone, and what it had swallowed is read again."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _read_csv(file: BinaryIO, name: str) -> Iterator[Source | Refusal]:
    """CSV with a header. A row may span lines; a fault costs the line where its row begins, and no other."""
    csv.field_size_limit(sys.maxsize)
    lines = _CsvLines(file)
    reader = csv.reader(lines, strict=True)
    header: list[str] = []
    while True:
        lines.next_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.give_back_all_but_one()
            yield _refused(name, lines.taken, f"broken CSV ({error}); quote fields with commas, double quotes in them")
            if not header:
                return
            continue
        if not cells:
            continue
        if header:
            yield _csv_row(name, lines.taken, header, cells)
            continue
        header = cells
        fault = _header_fault(header)
        if fault is not None:
            yield _refused(name, lines.taken, fault)
            return


def _header_fault(header: list[str]) -> str | None:
    fields = ", ".join(repr(cell) for cell in header)
    if surrogate_fault("".join(header)) is not None:
        return "invalid UTF-8 in the header; save the file as UTF-8"
    if TEXT_FIELD not in header:
        return f"the header has no column {TEXT_FIELD!r}, only {fields}; name one just so, commas between columns"
    if len(set(header)) < len(header):
        return f"the header names a column twice: {fields}; give each its own name"
    return None


def _csv_row(name: str, taken: list[Line], header: list[str], cells: list[str]) -> Source | Refusal:
    raw = b"".join(line.raw for line in taken)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _refused(name, taken, invalid_utf8(error))
    if len(cells) != len(header):
        return _refused(name, taken, f"{len(cells)} columns where the header has {len(header)}")
    try:
        return _source(name, taken[0].number, dict(zip(header, cells, strict=True)))
    except InputError as error:
        return _refused(name, taken, str(error))


def _refused(name: str, taken: list[Line], reason: str) -> Refusal:
    whole = sum(line.size for line in taken) <= MAX_ROW_BYTES
    return Refusal(name, taken[0].number, reason, b"".join(line.raw for line in taken) if whole else None)
