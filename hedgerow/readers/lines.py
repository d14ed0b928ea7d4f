"""Files with one row per line: JSON Lines, and plain texts with one sentence per line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.lines import Line, read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import invalid_utf8
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import InputText, Item, Rejected, to_input_text
from hedgerow.readers.layout import TOO_LONG, WHOLE, Fields, Slice, Source

Parse = Callable[[bytes, Fields], dict[str, Any]]


def read_json(source: Source) -> Iterator[Item]:
    """Yield one input text per line of JSON that is not blank, or why it is rejected."""
    return _read(source, source.layout.fields, _json_row)


def read_plain(source: Source) -> Iterator[Item]:
    """Yield one input text per line of text that is not blank, or why it is rejected."""
    return _read(source, Fields(), _plain_row)


def row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where each row starts, in order: its byte offset and its line number."""
    for line, _ in _lines(source.file, WHOLE):
        yield line.offset, line.number


def _read(source: Source, fields: Fields, parse: Parse) -> Iterator[Item]:
    for line, error in _lines(source.file, source.slice):
        if error is None:
            yield _input_text(line, source.name, fields, parse)
        else:
            yield Rejected(source.name, line.number, error, line.raw, line.offset)


def _json_row(raw: bytes, _: Fields) -> dict[str, Any]:
    """Parse a line of JSON; raise InputError if it is not one strict JSON object."""
    return parse_object(raw)


def _plain_row(raw: bytes, fields: Fields) -> dict[str, Any]:
    """Return a line of text as a row with one field, its text; raise InputError if it is not UTF-8."""
    try:
        return {fields.text: raw.decode("utf-8")}
    except UnicodeDecodeError as error:
        raise InputError(invalid_utf8(error)) from None


def _lines(file: BinaryIO, slice_: Slice) -> Iterator[tuple[Line, str | None]]:
    """Yield the lines of the slice that are not blank, each with the error that made the file end there, or None.

    If a compressed file is truncated, its last line is incomplete and carries the error. If the last line happens to be
    complete, an empty line after it carries the error.
    """
    file.seek(slice_.start)
    following = Line(slice_.line, b"", 0, offset=slice_.start)
    reported = False
    for line in read_lines(file, number=slice_.line - 1, offset=slice_.start, end=slice_.end):
        error = None if line.ended else read_error(file)
        reported = error is not None
        following = line.empty_next()
        yield line, error
    error = read_error(file)
    if error is not None and not reported:
        yield following, error


def _input_text(line: Line, name: str, fields: Fields, parse: Parse) -> InputText | Rejected:
    if line.too_long:
        return Rejected(name, line.number, f"a row of {line.size:,} bytes; {TOO_LONG}", None, line.offset)
    try:
        return to_input_text(parse(line.raw, fields), f"{name}:{line.number}", fields)
    except InputError as error:
        return Rejected(name, line.number, str(error), line.raw, line.offset)
