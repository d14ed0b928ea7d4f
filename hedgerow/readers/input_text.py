"""Documents: what is labelled, what could not be, and which part of a file is read.

A document is one text to be split (or, unit `sentence`, one sentence as it stands). What cannot be labelled comes out
as a `Rejected` with file, place and reason, in its place among the documents: nothing is lost without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.text_checks import text_error

TOO_LONG = f"at most {MAX_ROW_BYTES // 2**20} MB a row"


class Unit(StrEnum):
    """What one row, or one line of a text, is."""

    DOCUMENT = "document"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a row that hold its text and its own id; an id that is named must be there."""

    text: str = "text"
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a file that begins and ends between rows: from `start` to before `end` (None: the file's end).

    Both are bytes, after decompression, and `line` is the first line's number; of Parquet they are row groups, and
    `line` is the first row's number.
    """

    start: int = 0
    end: int | None = None
    line: int = 1


WHOLE = Slice()


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that was not labelled. `raw` is what stood there, None where it is too much to keep, or where
    it is a file as it lies there (no text in it, not to be opened).

    `offset` is the byte, after decompression, at which its line begins; `row` is its number in a Parquet file. `rows`
    is how many rows are lost with it, more than one only where a row group cannot be read.
    """

    file: str
    line: int | None
    reason: str
    raw: bytes | None = None
    offset: int | None = None
    row: int | None = None
    rows: int = 1

    def __str__(self) -> str:
        place = self.line or self.row
        return f"{self.file}:{place}: {self.reason}" if place else f"{self.file}: {self.reason}"


@dataclass(frozen=True, slots=True)
class InputText:
    """One document: its text in pieces (read as they are asked for), the row it came from."""

    name: str
    chunks: Iterator[str]
    id: Any = None
    row: Mapping[str, Any] = field(default_factory=dict)


def to_input_text(row: dict[str, Any], name: str, fields: Fields) -> InputText:
    """The row as a document. Raises InputError where its text cannot be labelled."""
    for wanted in (fields.text, fields.id):
        if wanted is not None and wanted not in row:
            there = ", ".join(map(repr, row)) or "none"
            raise InputError(f"no field {wanted!r}; the row's fields are {there}")
    fault = text_error(row[fields.text], f"field {fields.text!r}")
    if fault is not None:
        raise InputError(fault)
    id_field = fields.id or "id"
    rest = {key: value for key, value in row.items() if key not in (fields.text, id_field)}
    return InputText(name, iter([row[fields.text]]), row.get(id_field), rest)
