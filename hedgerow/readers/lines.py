"""A row a line: JSON lines, and plain texts of a sentence a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.lines import Line, read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import invalid_utf8
from hedgerow.readers.compression import fault_of
from hedgerow.readers.input_text import TOO_LONG, Cut, Fields, Refusal, Source, source_of

Parse = Callable[[bytes, Fields], dict[str, Any]]


def json_row(raw: bytes, _: Fields) -> dict[str, Any]:
    return parse_object(raw)


def plain_row(raw: bytes, fields: Fields) -> dict[str, Any]:
    """A line as a row of one field, its text."""
    try:
        return {fields.text: raw.decode("utf-8")}
    except UnicodeDecodeError as error:
        raise InputError(invalid_utf8(error)) from None


def lines(file: BinaryIO, cut: Cut) -> Iterator[tuple[Line, str | None]]:
    """The lines of the cut that are not blank, each with what is wrong with the file there, if anything is.

    Where a compressed file breaks off, its last line is not to be trusted: it carries the reason, or, if it was whole,
    an empty line after it does.
    """
    file.seek(cut.start)
    number, offset, told = cut.line, cut.start, False
    for line in read_lines(file, number=cut.line - 1, offset=cut.start):
        if cut.end is not None and line.offset >= cut.end:
            return
        fault = None if line.ended else fault_of(file)
        told = fault is not None
        number, offset = line.number + 1, line.offset + line.size
        yield line, fault
    fault = fault_of(file)
    if fault is not None and not told:
        yield Line(number, b"", 0, offset=offset), fault


def row_starts(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where each row begins: (byte, line), in order."""
    for line, _ in lines(file, Cut()):
        yield line.offset, line.number


def read(file: BinaryIO, name: str, fields: Fields, cut: Cut, parse: Parse) -> Iterator[Source | Refusal]:
    for line, fault in lines(file, cut):
        if fault is None:
            yield _document(line, name, fields, parse)
        else:
            yield Refusal(name, line.number, fault, line.raw, line.offset)


def _document(line: Line, name: str, fields: Fields, parse: Parse) -> Source | Refusal:
    if line.too_long:
        return Refusal(name, line.number, f"a row of {line.size:,} bytes; {TOO_LONG}", None, line.offset)
    try:
        return source_of(parse(line.raw, fields), f"{name}:{line.number}", fields)
    except InputError as error:
        return Refusal(name, line.number, str(error), line.raw, line.offset)
