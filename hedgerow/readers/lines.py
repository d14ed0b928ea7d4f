"""Files with one row per line: JSON Lines, and plain texts with one sentence per line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.lines import Line, read_lines
from hedgerow.io.strict_json import parse_row
from hedgerow.readers import json_values
from hedgerow.readers.compression import read_error
from hedgerow.readers.encoding import invalid
from hedgerow.readers.input_text import Item
from hedgerow.readers.layout import TOO_LONG, WHOLE, Fields, Slice, Source
from hedgerow.readers.row_texts import Place, RowReader

_Parse = Callable[[str], dict[str, Any]]


def read_json(source: Source) -> Iterator[Item]:
    """Yield the input texts of each line of JSON that is not blank, or why it is rejected.

    A file whose JSON is not one object a line, such as an array, is read as `json_values` does.
    """
    if json_values.is_one_per_line(source.file):
        return _read(source, RowReader(source.layout), parse_row)
    return json_values.read(source)


def read_plain(source: Source) -> Iterator[Item]:
    """Yield one input text per line of text that is not blank, or why it is rejected."""
    return _read(source, _plain_reader(source), _plain_row)


def json_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where the row of each item of `read_json` starts: its byte offset and its line number."""
    if not json_values.is_one_per_line(source.file):
        yield from json_values.row_starts(source)
        return
    reader = RowReader(source.layout)
    for line, error in _lines(source.file, WHOLE):
        items = 1 if reader.is_one_per_row else len(_items((line, error), source, reader, parse_row))
        for _ in range(items):
            yield line.offset, line.number


def plain_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where each line that is not blank starts, in order: its byte offset and its line number."""
    for line, _ in _lines(source.file, WHOLE):
        yield line.offset, line.number


def _plain_reader(source: Source) -> RowReader:
    return RowReader(replace(source.layout, fields=Fields()))


def _plain_row(text: str) -> dict[str, Any]:
    return {Fields().text: text}


def _read(source: Source, reader: RowReader, parse: _Parse) -> Iterator[Item]:
    for line in _lines(source.file, source.slice):
        yield from _items(line, source, reader, parse)


def _items(line_and_error: tuple[Line, str | None], source: Source, reader: RowReader, parse: _Parse) -> Sequence[Item]:
    """Return the texts of a line, or why it is rejected; with an error at which the file ended, that."""
    line, error = line_and_error
    if error is None and line.too_long:
        place = Place(source.name, line.number, line.offset)
        return (place.rejected(f"a row of {line.size:,} bytes; {TOO_LONG}"),)
    place = Place(source.name, line.number, line.offset, line.raw)
    if error is not None:
        return (place.rejected(error),)
    try:
        row = parse(line.raw.decode("utf-8"))
    except UnicodeDecodeError as undecoded:
        return (place.rejected(invalid(source.encoded, undecoded)),)
    except InputError as broken:
        return (place.rejected(str(broken)),)
    return reader.read(row, place)


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
    error = read_error(file) if slice_.end is None else None
    if error is not None and not reported:
        yield following, error
