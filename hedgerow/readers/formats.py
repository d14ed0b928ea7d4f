"""File formats: recognise one by its suffix, read it, and find the positions at which a file can be sliced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.readers import compression, delimited, html, lines, markdown, parquet, text
from hedgerow.readers.input_text import WHOLE, Fields, InputText, Rejected, Slice, Unit


class Format(StrEnum):
    """The format of a file or of standard input."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a file: its format, the unit of a row (document or sentence), and the fields of a row."""

    format: Format
    unit: Unit = Unit.DOCUMENT
    fields: Fields = field(default_factory=Fields)


_ALIASES = {"ndjson": "jsonl", "htm": "html", "markdown": "md"}
_DELIMITERS = {Format.CSV: ",", Format.TSV: "\t"}


def suffix_of(path: Path) -> str:
    """Return the suffix that names the format, without that of a compression: "jsonl" for a.jsonl.gz."""
    if path.suffix.lower() in compression.SUFFIXES:
        path = path.with_suffix("")
    suffix = path.suffix.lower().removeprefix(".")
    return _ALIASES.get(suffix, suffix)


def format_of(path: Path) -> Format:
    """Return the format that a file's suffix names; raise InputError if it is unknown, or if there is no file."""
    if not path.exists():
        raise InputError(f"{path}: no such file")
    try:
        return Format(suffix_of(path))
    except ValueError:
        known = ", ".join(f".{format_}" for format_ in Format)
        raise InputError(
            f"{path}: suffix {path.suffix!r} is not one of {known} (or these with .gz or .zst);"
            " give its format with --as"
        ) from None


def read_texts(file: BinaryIO, name: str, layout: Layout, slice_: Slice = WHOLE) -> Iterator[InputText | Rejected]:
    """Yield the input texts and the rejected rows of an open file, in order.

    Parameters
    ----------
    file : BinaryIO
        A file that can seek, decompressed.
    name : str
        The name of the file in the output.
    layout : Layout
        The file's format, its unit, and the fields of a row that contain its text and its id.
    slice_ : Slice
        The part of the file to read.

    Raises
    ------
    InputError
        If an optional dependency is missing, or the format has no sentences of its own and `unit` asks for them.
    """
    empty = True
    for item in _read(file, name, layout, slice_):
        empty = False
        yield item
    if empty:
        yield Rejected(name, None, "contains no text")


def _read(file: BinaryIO, name: str, layout: Layout, slice_: Slice) -> Iterator[InputText | Rejected]:
    format_, fields = layout.format, layout.fields
    if format_ is Format.JSONL:
        return lines.read(file, name, fields, slice_, lines.json_row)
    if format_ in _DELIMITERS:
        return delimited.read(file, name, fields, slice_, _DELIMITERS[format_])
    if format_ is Format.PARQUET:
        return parquet.read(file, name, fields, slice_)
    if layout.unit is Unit.SENTENCE and format_ in (Format.HTML, Format.MD):
        raise InputError(f"a .{format_} file is one text to split into sentences; leave out --unit sentence")
    if format_ is Format.HTML:
        return html.read(file, name)
    if layout.unit is Unit.SENTENCE:
        return lines.read(file, name, Fields(), slice_, lines.plain_row)
    return text.read(file, name, markdown.strip_markup if format_ is Format.MD else iter)


def row_starts(file: BinaryIO, layout: Layout) -> Iterator[tuple[int, int]]:
    """Yield where each row starts, in order, as (byte offset, line number): the file can be sliced there.

    A text that is split into sentences is one row. For Parquet, use `parquet.row_groups`.
    """
    if layout.format in _DELIMITERS:
        return delimited.row_starts(file, layout.fields, _DELIMITERS[layout.format])
    if layout.format is Format.JSONL or (layout.unit is Unit.SENTENCE and layout.format is not Format.HTML):
        return lines.row_starts(file)
    return iter([(0, 1)])


def check_dependencies(format_: Format, path: Path) -> None:
    """Raise InputError if an optional dependency that reads the file is not installed."""
    if format_ is Format.PARQUET:
        parquet.pyarrow()
    if format_ is Format.HTML:
        html.extractor()
    if path.suffix.lower() == ".zst":
        compression.zstandard()
