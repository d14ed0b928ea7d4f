"""The layout of an input: its format, what a row is, which fields hold its text, and the limits on one document."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from hedgerow.io.lines import MAX_ROW_BYTES

TOO_LONG = f"at most {MAX_ROW_BYTES // 2**20} MB a row"


class Format(StrEnum):
    """The format of a file or of standard input."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    DOCX = "docx"
    PDF = "pdf"
    EPUB = "epub"
    EML = "eml"
    MBOX = "mbox"
    SRT = "srt"
    VTT = "vtt"
    NEXIS = "nexis"


class Unit(StrEnum):
    """The unit of one row of a table, or of one line of a plain text."""

    DOCUMENT = "document"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a row that hold its text and its id; a row without a named `id` field is rejected.

    `text` may be a path into nested JSON, such as "data.text" or "messages[].content". With a `role`, only the elements
    of a chat that have this role are read.
    """

    text: str = "text"
    id: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: bytes after unpacking, pages, and seconds of reading."""

    bytes: int = 500 * 2**20
    pages: int = 5000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is read.

    `encoding` and `delimiter` are None to be found from the file. `keep_missing` is whether a text such as "n/a" is a
    text like any other, and `keep_entities` whether HTML entities in a field stay as they are.
    """

    format: Format = Format.TXT
    unit: Unit = Unit.DOCUMENT
    fields: Fields = field(default_factory=Fields)
    encoding: str | None = None
    delimiter: str | None = None
    keep_missing: bool = False
    keep_entities: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a file that starts and ends between rows.

    `start` and `end` (exclusive; None: the end of the file) are bytes after decompression, and `line` is the number of
    the first line, from 1. In a Parquet file they are row groups, from 0, and `line` is the number of the first row.
    """

    start: int = 0
    end: int | None = None
    line: int = 1


WHOLE = Slice()


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: open, able to seek, decompressed; its name in the output, its layout, and the part to read."""

    file: BinaryIO
    name: str
    layout: Layout
    slice: Slice = WHOLE
