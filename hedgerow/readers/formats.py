"""Formats: what a file holds by its suffix, how it is read, and where it may be slice_."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.readers import compression, delimited, html, lines, markdown, parquet, text
from hedgerow.readers.input_text import WHOLE, Fields, InputText, Rejected, Slice, Unit


class Format(StrEnum):
    """What a file or standard input holds."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"


_ALIASES = {"ndjson": "jsonl", "htm": "html", "markdown": "md"}
_DELIMITERS = {Format.CSV: ",", Format.TSV: "\t"}


def suffix_of(path: Path) -> str:
    """The suffix that tells the format, that of a compression left out: "jsonl" for a.jsonl.gz."""
    named = path.with_suffix("") if path.suffix.lower() in compression.SUFFIXES else path
    suffix = named.suffix.lower().removeprefix(".")
    return _ALIASES.get(suffix, suffix)


def format_of(path: Path) -> Format:
    """The format by a file's suffix. Raises InputError for a suffix that is not known, or no file."""
    if not path.exists():
        raise InputError(f"{path}: no such file")
    try:
        return Format(suffix_of(path))
    except ValueError:
        known = ", ".join(f".{format_}" for format_ in Format)
        raise InputError(
            f"{path}: suffix {path.suffix!r} is not one of {known} (or these with .gz or .zst);"
            " say what it holds with --as"
        ) from None


def read_documents(
    file: BinaryIO, name: str, format_: Format, unit: Unit, fields: Fields | None = None, slice_: Slice = WHOLE
) -> Iterator[InputText | Rejected]:
    """The documents of an open file that can seek, or of a `cut` of it, and what was rejected, in order."""
    empty = True
    for document in _read(file, name, format_, unit, fields or Fields(), slice_):
        empty = False
        yield document
    if empty:
        yield Rejected(name, None, "holds no text")


def _read(
    file: BinaryIO, name: str, format_: Format, unit: Unit, fields: Fields, slice_: Slice
) -> Iterator[InputText | Rejected]:
    if format_ is Format.JSONL:
        return lines.read(file, name, fields, slice_, lines.json_row)
    if format_ in _DELIMITERS:
        return delimited.read(file, name, fields, slice_, _DELIMITERS[format_])
    if format_ is Format.PARQUET:
        return parquet.read(file, name, fields, slice_)
    if unit is Unit.SENTENCE and format_ in (Format.HTML, Format.MD):
        raise InputError(f"a .{format_} file is a text to split, not sentences; leave out --unit sentence")
    if format_ is Format.HTML:
        return html.read(file, name)
    if unit is Unit.SENTENCE:
        return lines.read(file, name, Fields(), slice_, lines.plain_row)
    return text.read(file, name, markdown.prose if format_ is Format.MD else iter)


def row_starts(file: BinaryIO, format_: Format, unit: Unit, fields: Fields) -> Iterator[tuple[int, int]]:
    """Where each row begins, (byte, line), in order: the places where a file may be slice_. A text is one row."""
    if format_ in _DELIMITERS:
        return delimited.row_starts(file, fields, _DELIMITERS[format_])
    if format_ is Format.JSONL or (unit is Unit.SENTENCE and format_ is not Format.HTML):
        return lines.row_starts(file)
    return iter([(0, 1)])


def check_libraries(format_: Format, path: Path) -> None:
    """Raise InputError where a library that reads the file is not installed, before anything is begun."""
    if format_ is Format.PARQUET:
        parquet.pyarrow()
    if format_ is Format.HTML:
        html.extractor()
    if path.suffix.lower() == ".zst":
        compression.zstandard()
