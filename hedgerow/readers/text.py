"""A file that is one text, plain or Markdown, read in chunks."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.text_checks import invalid_utf8
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Source

_CHUNK = 1 << 20  # bytes per read


def read(source: Source, strip_markup: Callable[[Iterator[str]], Iterator[str]] = iter) -> Iterator[Item]:
    """Yield the whole file as one input text, or why it is rejected.

    It is read twice: once to check that all of it can be labelled, and once as the text is consumed. `strip_markup`
    replaces non-prose with spaces, so that offsets stay valid.
    """
    file = source.file
    rejection = _check(file, source.name)
    if rejection is None:
        yield InputText(source.name, strip_markup(_decoded(file)))
    else:
        yield replace(rejection, raw=_raw_content(file))


def _raw_content(file: BinaryIO) -> bytes | None:
    """Return the file's content up to where it is truncated, if it is; None if that is over the size limit."""
    file.seek(0)
    raw = file.read(MAX_ROW_BYTES + 1)
    return raw if len(raw) <= MAX_ROW_BYTES else None


def _decoded(file: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    for chunk in _chunks(file):
        yield decoder.decode(chunk, final=not chunk)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the file from its start; the last chunk is empty."""
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
    yield b""


def _check(file: BinaryIO, name: str) -> Rejected | None:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = 1
    size = 0
    blank = True
    for chunk in _chunks(file):
        size += len(chunk)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            start = size - len(error.object)  # the decoder holds back the bytes of an incomplete character
            line += error.object[: error.start].count(b"\n")
            reason = read_error(file) or invalid_utf8(error, before=start)
            return Rejected(name, line, reason, offset=start + error.start)
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            return Rejected(name, line, "NUL character; remove it, or convert the file to text first")
        line += text.count("\n")
        blank = blank and not text.strip()
    if (truncated := read_error(file)) is not None:
        return Rejected(name, line, truncated, offset=size)
    return Rejected(name, None, "contains no text") if blank else None
