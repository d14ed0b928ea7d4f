"""Text exports of Nexis: many articles a file, each one text, its headers as columns.

Old exports begin each article with "3 of 12 DOCUMENTS" (or "Document 3 of 12"); new ones end it with "End of
Document". A .txt file is an export if its first lines say so (`is_export`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES, Line, read_raw_lines
from hedgerow.io.text_checks import invalid_utf8
from hedgerow.readers import compression
from hedgerow.readers.compression import read_error
from hedgerow.readers.gathered import Gathered
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import TOO_LONG, WHOLE, Slice, Source
from hedgerow.readers.nexis_article import to_article

_START = re.compile(rb"[\s\f\xef\xbb\xbf]*(?:Document )?\d{1,6} of \d{1,6}(?: DOCUMENTS?)?\s*", re.I)
_START_TEXT = re.compile(r"^[\s\f\ufeff]*(?:Document \d{1,6} of \d{1,6}|\d{1,6} of \d{1,6} DOCUMENTS?)\s*$", re.M)
_END = re.compile(rb"[\s\f]*End of Document\s*", re.I)
_BODY_TEXT = re.compile(r"^\s*Body\s*$", re.M)
_LENGTH_TEXT = re.compile(r"^\s*Length:\s*[\d,]+ words", re.M | re.I)
_HEAD = 1 << 16  # bytes in which an export shows that it is one


def is_export(path: Path) -> bool:
    """Return whether a text file is an export of Nexis, by its first lines."""
    try:
        with compression.opened(path) as file:
            head = file.read(_HEAD)
    except (InputError, OSError):
        return False  # what reads the file says why
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if utf16 else "utf-8", "ignore").replace("\r", "\n")
    first = _START_TEXT.search(text)
    if first is not None:
        return bool(re.search(r"^\s*(?:LENGTH:|BYLINE:|SECTION:|BODY:|Copyright )", text[first.end() :], re.M))
    return bool(_BODY_TEXT.search(text) and _LENGTH_TEXT.search(text))


def read(source: Source) -> Iterator[Item]:
    """Yield one input text per article of the slice, or why it is rejected."""
    for document in _documents(source, source.slice):
        yield _item(document, source.name)


def row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where each article starts: its byte offset and its line number."""
    for document in _documents(source, WHOLE):
        yield document.first.offset, document.first.number


def _item(document: Gathered, name: str) -> Item:
    line, raw = document.first, document.raw
    if document.error is not None:
        return Rejected(name, line.number, document.error, raw, line.offset)
    if document.size > MAX_ROW_BYTES:
        return Rejected(name, line.number, f"an article of {document.size:,} bytes; {TOO_LONG}", None, line.offset)
    try:
        text, row = to_article(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Rejected(name, line.number, invalid_utf8(error, before=line.offset), raw, line.offset)
    if not text:
        return Rejected(name, line.number, "an article without a text", raw, line.offset)
    if "\0" in text:
        return Rejected(name, line.number, "NUL character; remove it", raw, line.offset)
    return InputText(f"{name}:{line.number}", iter([text]), row=row)


def _documents(source: Source, slice_: Slice) -> Iterator[Gathered]:
    """Yield the articles of the slice. What comes before the first mark, such as a list of the articles, is none."""
    starts_with_mark = _has_start_marks(source)
    source.file.seek(slice_.start)
    document: Gathered | None = None
    ended, found = False, False
    for line in read_raw_lines(source.file, number=slice_.line - 1, offset=slice_.start, end=slice_.end):
        if starts_with_mark and _START.fullmatch(line.raw):
            if document is not None:
                yield document
            document, ended, found = Gathered(line, MAX_ROW_BYTES), False, True
        elif _END.fullmatch(line.raw):
            if document is not None and not starts_with_mark:
                yield document
                document = None
            ended = True
        elif document is None and not starts_with_mark and line.raw.strip(b"\xef\xbb\xbf \t\f\r\n"):
            document, found = Gathered(line, MAX_ROW_BYTES), True
            document.add(line)
        elif document is not None and not (starts_with_mark and ended):
            document.add(line)
    error = read_error(source.file)
    if document is None and (error is not None or not found):
        document = Gathered(
            Line(slice_.line, b"", 0, offset=slice_.start), MAX_ROW_BYTES, error=error or "contains no article"
        )
    if document is not None:
        document.error = error or document.error
        yield document


def _has_start_marks(source: Source) -> bool:
    """Return whether the articles of the file begin with a mark, rather than end with one."""
    source.file.seek(0)
    for line in read_raw_lines(source.file):
        if _START.fullmatch(line.raw):
            return True
        if _END.fullmatch(line.raw):
            return False
    return False
