"""File formats: recognise one by its suffix, read it, and find the positions at which a file can be sliced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hedgerow.errors import InputError
from hedgerow.io.optional import library
from hedgerow.readers import (
    article,
    compression,
    delimited,
    docx,
    epub,
    html,
    json_values,
    lines,
    mail,
    markdown,
    nexis,
    parquet,
    pdf,
    subtitles,
    text,
)
from hedgerow.readers.encoding import opened_as_utf8
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.layout import Format, Layout, Source, Unit

_ALIASES = {
    "ndjson": "jsonl", "jsonlines": "jsonl", "ldjson": "jsonl", "tab": "tsv", "htm": "html", "xhtml": "html",
    "markdown": "md", "mbx": "mbox",
}  # fmt: skip
_IN_AN_ENCODING = {
    Format.TXT, Format.MD, Format.CSV, Format.TSV, Format.JSONL, Format.JSON, Format.SRT, Format.VTT, Format.NEXIS,
}  # fmt: skip # read as UTF-8
_PACKED = {".zip", ".7z", ".rar", ".tar", ".tgz"}


def suffix_of(path: Path) -> str:
    """Return the suffix that names the format, without that of a compression: "jsonl" for a.jsonl.gz."""
    if path.suffix.lower() in compression.SUFFIXES:
        path = path.with_suffix("")
    suffix = path.suffix.lower().removeprefix(".")
    return _ALIASES.get(suffix, suffix)


def format_of(path: Path) -> Format:
    """Return the format that a file's suffix names; raise InputError if it is unknown, or if there is no file.

    A text file that is an export of Nexis by its first lines has that format.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if path.suffix.lower() in _PACKED or ".tar" in path.suffixes[-2:]:
        raise InputError(f"{path}: is an archive; unpack it first")
    try:
        format_ = Format(suffix_of(path))
        return Format.NEXIS if format_ is Format.TXT and path.is_file() and nexis.is_export(path) else format_
    except ValueError:
        known = ", ".join(f".{format_}" for format_ in Format)
        raise InputError(
            f"{path}: suffix {path.suffix!r} is not one of {known} (or these with .gz, .zst, .bz2 or .xz);"
            " give its format with --as"
        ) from None


def read_texts(source: Source) -> Iterator[Item]:
    """Yield the input texts, the rejected rows and the skipped rows of an open file, in order.

    Raises InputError if an optional dependency is missing, or if the format has no sentences of its own and the unit
    asks for them.
    """
    reader = _reader(source.layout)
    try:
        source = _decoded(source)
    except InputError as error:
        yield Rejected(source.name, None, str(error))
        return
    empty = True
    for item in reader.read(source):
        empty = False
        yield item
    if empty:
        yield Rejected(source.name, None, "contains no text")


def row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where each row starts, in order, as (byte offset, line number): the file can be sliced there.

    Rows that start at the same place are in one slice. A text that is split into sentences is one row. For Parquet, use
    `parquet.row_groups`. Offsets are bytes of the decompressed file in UTF-8, whatever its own encoding.
    """
    try:
        source = _decoded(source)
    except InputError:
        return _one_row(source)
    return _reader(source.layout).row_starts(source)


def _decoded(source: Source) -> Source:
    """Return the source with its file in UTF-8, if its format is text; raise InputError if the file is not."""
    return opened_as_utf8(source) if source.layout.format in _IN_AN_ENCODING else source


def _one_row(_: Source) -> Iterator[tuple[int, int]]:
    """Yield the start of the file: all of it is one text."""
    return iter([(0, 1)])


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a format is read; `of_sentences` is whether its lines or rows can be sentences."""

    read: Callable[[Source], Iterator[Item]]
    row_starts: Callable[[Source], Iterator[tuple[int, int]]] = _one_row
    of_sentences: bool = False


_SENTENCES = _Reader(lines.read_plain, lines.plain_starts, of_sentences=True)
_READERS = {
    Format.TXT: _Reader(text.read_plain, of_sentences=True),
    Format.MD: _Reader(markdown.read),
    Format.HTML: _Reader(html.read),
    Format.JSONL: _Reader(lines.read_json, lines.json_starts, of_sentences=True),
    Format.JSON: _Reader(json_values.read, json_values.row_starts, of_sentences=True),
    Format.CSV: _Reader(delimited.read, delimited.row_starts, of_sentences=True),
    Format.TSV: _Reader(delimited.read, delimited.row_starts, of_sentences=True),
    Format.PARQUET: _Reader(parquet.read, of_sentences=True),
    Format.DOCX: _Reader(docx.read),
    Format.PDF: _Reader(pdf.read),
    Format.EPUB: _Reader(epub.read, epub.row_starts),
    Format.EML: _Reader(mail.read_message),
    Format.MBOX: _Reader(mail.read_mailbox, mail.row_starts),
    Format.SRT: _Reader(subtitles.read),
    Format.VTT: _Reader(subtitles.read),
    Format.NEXIS: _Reader(nexis.read, nexis.row_starts),
}


def _reader(layout: Layout) -> _Reader:
    if layout.unit is Unit.DOCUMENT:
        return _READERS[layout.format]
    if layout.format is Format.TXT:
        return _SENTENCES
    if not _READERS[layout.format].of_sentences:
        raise InputError(f"a .{layout.format} file is text to split into sentences; leave out --unit sentence")
    return _READERS[layout.format]


def check_dependencies(format_: Format, path: Path) -> None:
    """Raise InputError if an optional dependency that reads the file is not installed."""
    if format_ is Format.PARQUET:
        parquet.pyarrow()
    if format_ is Format.HTML:
        article.extractor()
    if format_ is Format.DOCX:
        docx.python_docx()
    if format_ is Format.PDF:
        pdf.pypdf()
    if format_ in (Format.EPUB, Format.EML, Format.MBOX):  # pages, and mail that has only HTML
        library("lxml.html", needed_for=f".{format_}")
    if path.suffix.lower() == ".zst":
        compression.zstandard()
