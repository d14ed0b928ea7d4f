"""A file is a text, plain or Markdown, read in pieces."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.text_checks import invalid_utf8
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import InputText, Rejected

_CHUNK = 1 << 20  # bytes read at a time


def read(
    file: BinaryIO, name: str, prose: Callable[[Iterator[str]], Iterator[str]] = iter
) -> Iterator[InputText | Rejected]:
    """A whole text as one document. It is read twice: once to see that all of it can be labelled, once to do so.

    `prose` blanks out what is none.
    """
    rejection = _fault(file, name)
    if rejection is not None:
        yield replace(rejection, raw=_kept(file))
        return
    yield InputText(name, prose(_decoded(file)))


def _kept(file: BinaryIO) -> bytes | None:
    """What can be read of a text (of a broken .gz, what came before); None where it is too much to keep."""
    file.seek(0)
    raw = file.read(MAX_ROW_BYTES + 1)
    return raw if len(raw) <= MAX_ROW_BYTES else None


def _decoded(file: BinaryIO) -> Iterator[str]:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    while chunk := file.read(_CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _fault(file: BinaryIO, name: str) -> Rejected | None:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line, read, blank, chunk = 1, 0, True, b"-"
    while chunk:
        chunk = file.read(_CHUNK)
        read += len(chunk)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            at = read - len(error.object)
            line += error.object[: error.start].count(b"\n")
            return Rejected(name, line, read_error(file) or invalid_utf8(error, before=at), offset=at + error.start)
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            return Rejected(name, line, "NUL character; remove it, or convert the file to text first")
        line += text.count("\n")
        blank = blank and not text.strip()
    if (broken := read_error(file)) is not None:
        return Rejected(name, line, broken, offset=read)
    return Rejected(name, None, "holds no text") if blank else None
