"""The layout of an input: its format, what a row is, which fields hold its text, and the limits on one document."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES

_NO_FILES = {"charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
TOO_LONG = f"at most {MAX_ROW_BYTES // 2**20} MB a row"


class Format(StrEnum):
    """The format of a file or of standard input."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    JSONL = "jsonl"
    JSON = "json"
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
    text like any other, and `keep_entities` whether HTML entities in a field stay as they are. Raises InputError for an
    encoding that Python does not have, and for a delimiter that is not one character.
    """

    format: Format = Format.TXT
    unit: Unit = Unit.DOCUMENT
    fields: Fields = field(default_factory=Fields)
    encoding: str | None = None
    delimiter: str | None = None
    keep_missing: bool = False
    keep_entities: bool = False
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Check what the user named."""
        if self.encoding is not None and not _is_text_encoding(self.encoding):
            raise InputError(f"--encoding {self.encoding}: no such encoding; try cp1252 or utf-16")
        if self.delimiter is not None and (len(self.column_delimiter) != 1 or self.column_delimiter in '"\r\n\0'):
            raise InputError(f"--delimiter {self.delimiter!r}: not one character; give one such as ';', or tab")

    @property
    def column_delimiter(self) -> str:
        """The delimiter that the user named, with a tab for "tab" and backslash t; "" if it is to be found."""
        return "\t" if self.delimiter in ("tab", "\\t") else self.delimiter or ""


def _is_text_encoding(name: str) -> bool:
    """Return whether Python has this encoding, and files of text are written in it."""
    try:
        codecs.getincrementaldecoder(name)().decode("".encode(name))
        return codecs.lookup(name).name.replace("_", "-") not in _NO_FILES
    except (LookupError, UnicodeError, ValueError):
        return False


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
class Encoded:
    """The encoding of a text file, and its first bytes, by which a message suggests another one."""

    name: str = "utf-8"
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: open, able to seek, decompressed; its name in the output, its layout, and the part to read."""

    file: BinaryIO
    name: str
    layout: Layout
    slice: Slice = WHOLE
    encoded: Encoded = Encoded()
