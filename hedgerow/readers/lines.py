"""A row a line: JSON lines, and plain texts of a sentence a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.lines import Line, read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import invalid_utf8
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import TOO_LONG, Fields, InputText, Rejected, Slice, to_input_text

Parse = Callable[[bytes, Fields], dict[str, Any]]


def json_row(raw: bytes, _: Fields) -> dict[str, Any]:
    return parse_object(raw)


def plain_row(raw: bytes, fields: Fields) -> dict[str, Any]:
    """A line as a row of one field, its text."""
    try:
        return {fields.text: raw.decode("utf-8")}
    except UnicodeDecodeError as error:
        raise InputError(invalid_utf8(error)) from None


def lines(file: BinaryIO, slice_: Slice) -> Iterator[tuple[Line, str | None]]:
    """The lines of the cut that are not blank, each with what is wrong with the file there, if anything is.

    Where a compressed file breaks off, its last line is not to be trusted: it carries the reason, or, if it was whole,
    an empty line after it does.
    """
    file.seek(slice_.start)
    number, offset, told = slice_.line, slice_.start, False
    for line in read_lines(file, number=slice_.line - 1, offset=slice_.start):
        if slice_.end is not None and line.offset >= slice_.end:
            return
        fault = None if line.ended else read_error(file)
        told = fault is not None
        number, offset = line.number + 1, line.offset + line.size
        yield line, fault
    fault = read_error(file)
    if fault is not None and not told:
        yield Line(number, b"", 0, offset=offset), fault


def row_starts(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where each row begins: (byte, line), in order."""
    for line, _ in lines(file, Slice()):
        yield line.offset, line.number


def read(file: BinaryIO, name: str, fields: Fields, slice_: Slice, parse: Parse) -> Iterator[InputText | Rejected]:
    for line, fault in lines(file, slice_):
        if fault is None:
            yield _document(line, name, fields, parse)
        else:
            yield Rejected(name, line.number, fault, line.raw, line.offset)


def _document(line: Line, name: str, fields: Fields, parse: Parse) -> InputText | Rejected:
    if line.too_long:
        return Rejected(name, line.number, f"a row of {line.size:,} bytes; {TOO_LONG}", None, line.offset)
    try:
        return to_input_text(parse(line.raw, fields), f"{name}:{line.number}", fields)
    except InputError as error:
        return Rejected(name, line.number, str(error), line.raw, line.offset)
