"""JSON that is not one object a line: an array, objects over several lines or one after the other, a Twitter archive.

A row is an object in an array or outside of one. An object without the text field is read through its one list of
objects that have it, as APIs answer: {"meta": ..., "data": [{"text": ...}]}. Rows are numbered from 1 in their order
in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from hedgerow.errors import InputError
from hedgerow.readers.encoding import invalid
from hedgerow.readers.input_text import Item
from hedgerow.readers.json_scan import ASSIGNMENT, Value, values
from hedgerow.readers.layout import WHOLE, Source
from hedgerow.readers.paths import parse_path
from hedgerow.readers.row_texts import Place, RowReader

_FIRST_LINE = 1 << 20  # bytes of a line by which a file is recognised


def is_one_per_line(file: BinaryIO) -> bool:
    """Return whether the first lines of a file show one JSON value per line. Broken lines do not count against it."""
    file.seek(0)
    first, second = _first_lines(file)
    file.seek(0)
    if first.startswith("[") or ASSIGNMENT.match(first):
        return False
    if not first.startswith("{"):
        return True
    try:
        end = json.JSONDecoder().raw_decode(first)[1]
    except ValueError:
        return not second or second.startswith(("{", "["))
    except RecursionError:
        return True
    return not first[end:].strip().startswith(("{", ","))


def _first_lines(file: BinaryIO) -> tuple[str, str]:
    """Return the first two lines that are not blank, without white space around them."""
    found: list[str] = []
    while len(found) < 2 and (line := file.readline(_FIRST_LINE)):
        text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
        found += [text] if text else []
    return (*found, "", "")[0], (*found, "", "")[1]


def read(source: Source) -> Iterator[Item]:
    """Yield the input texts of each value of the slice, or why it is rejected."""
    reader = RowReader(source.layout)
    for value in values(source.file, source.slice):
        yield from _items(value, source, reader)


def row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where the value of each item starts, and its number in the file."""
    reader = RowReader(source.layout)
    for value in values(source.file, WHOLE):
        for _ in _items(value, source, reader):
            yield value.offset, value.number


def _items(value: Value, source: Source, reader: RowReader) -> Sequence[Item]:
    raw = value.text.encode("utf-8", "surrogateescape")
    place = Place(source.name, value.number, value.offset, raw or None, by_row=True)
    if value.error is not None:
        return (place.rejected(value.error),)
    if not value.text.isascii():
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return (place.rejected(invalid(source.encoded, error)),)
    parsed = value.parsed
    if isinstance(parsed, InputError):
        return (place.rejected(str(parsed)),)
    if isinstance(parsed, str):
        parsed = {source.layout.fields.text: parsed}
    if not isinstance(parsed, dict):
        return (place.rejected(f"a JSON {type(parsed).__name__}, not an object {{...}}; write one object per row"),)
    name = source.layout.fields.text
    lists = [] if _has(parsed, name) else list(_lists(parsed, name, 2))
    if len(lists) > 1:
        paths = " or ".join(f"--text-field '{path}[].{name}'" for path, _ in lists)
        return (place.rejected(f"several lists have {name!r}; choose one: {paths}"),)
    if not lists:
        return reader.read(parsed, place)
    return [item for n, row in enumerate(lists[0][1], 1) for item in _read_element(row, n, place, reader)]


def _read_element(row: Any, number: int, place: Place, reader: RowReader) -> Sequence[Item]:
    """Return the texts of an element of the one list of a file's object."""
    place = place._replace(raw=None, elements=(number,))
    if not isinstance(row, dict):
        return (place.rejected(f"a JSON {type(row).__name__}, not an object {{...}}"),)
    return reader.read(row, place)


def _has(row: dict[str, Any], name: str) -> bool:
    return name in row or (parse_path(name) or ("",))[0] in row


def _lists(row: dict[str, Any], name: str, depth: int, prefix: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of objects that have the field `name`, in an object and in its objects, with their paths."""
    for key, value in row.items():
        if isinstance(value, list) and any(isinstance(element, dict) and _has(element, name) for element in value):
            yield prefix + key, value
        elif isinstance(value, dict) and depth > 1:
            yield from _lists(value, name, depth - 1, f"{prefix}{key}.")
