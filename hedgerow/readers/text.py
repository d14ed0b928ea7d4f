"""A file that is one text, plain or Markdown, read in chunks."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.readers.compression import is_packed, read_error
from hedgerow.readers.encoding import invalid
from hedgerow.readers.entities import decode_all, has_entities
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import TOO_LONG, Source

_CHUNK = 1 << 20  # bytes per read
_ENTITY = 256  # characters: no entity or tag that is decoded is longer


def read_plain(source: Source) -> Iterator[Item]:
    """Yield the whole file as one input text, or why it is rejected.

    HTML entities are decoded, unless the layout keeps them; offsets are in the decoded text.
    """
    check = _Check(source)
    for item in _read(source, check, iter):
        if isinstance(item, InputText) and check.has_entities and not source.layout.keep_entities:
            item = replace(item, chunks=decode_all(item.chunks), decoded=True)
        yield item


def read(source: Source, strip_markup: Callable[[Iterator[str]], Iterator[str]]) -> Iterator[Item]:
    """Yield the whole file as one input text, or why it is rejected.

    `strip_markup` replaces non-prose with spaces, so that offsets stay valid.
    """
    return _read(source, _Check(source), strip_markup)


def _read(source: Source, check: _Check, convert: Callable[[Iterator[str]], Iterator[str]]) -> Iterator[Item]:
    """Read the file twice: once to check that all of it can be labelled, and once as the text is consumed."""
    rejection = check.run()
    if rejection is None:
        yield InputText(source.name, convert(_decoded(source.file)))
    else:
        yield replace(rejection, raw=_raw_content(source.file))


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


class _Check:
    """Checks that all of a file can be labelled; `has_entities` is whether it has HTML entities so far."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._line = 1
        self._is_blank = True
        self._run = 0  # characters without white space up to here
        self._end = ""  # the last characters
        self.has_entities = False

    def run(self) -> Rejected | None:
        """Return why the file is rejected, or None."""
        file, name, encoded = self._source.file, self._source.name, self._source.encoded
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        size = 0
        for chunk in _chunks(file):
            size += len(chunk)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                start = size - len(error.object)  # the decoder holds back the bytes of an incomplete character
                line = self._line + error.object[: error.start].count(b"\n")
                reason = read_error(file) or invalid(encoded, error, before=start)
                return Rejected(name, line, reason, offset=start + error.start)
            if (problem := self._problem(text) or self._too_large(size)) is not None:
                return Rejected(name, self._line, problem)
        if (truncated := read_error(file)) is not None:
            return Rejected(name, self._line, truncated, offset=size)
        return Rejected(name, None, "contains no text") if self._is_blank else None

    def _problem(self, text: str) -> str | None:
        """Take up the next piece of the text; return what is wrong with it, in the line `self._line`, or None."""
        if "\0" in text:
            self._line += text[: text.index("\0")].count("\n")
            return "NUL character; remove it, or convert the file to text first"
        reach, self._run = _runs(self._run, text)
        if reach > MAX_ROW_BYTES:
            return f"over {MAX_ROW_BYTES // 2**20} MB without white space; {TOO_LONG}"
        self._line += text.count("\n")
        self._is_blank = self._is_blank and not text.strip()
        self.has_entities = self.has_entities or has_entities(self._end + text)
        self._end = text[-_ENTITY:]
        return None

    def _too_large(self, size: int) -> str | None:
        """Return that a compressed text is larger than its limit, or None; one that is so on disk is streamed."""
        limit = self._source.layout.limits.bytes
        if size <= limit or not is_packed(self._source.file):
            return None
        return f"over {limit:,} bytes unpacked; raise --max-bytes, or unpack it first"


def _runs(run: int, text: str) -> tuple[int, int]:
    """Return how long a run without white space gets that reaches into the text, and the run at the text's end."""
    if not text:
        return run, run
    first, last = text.split(None, 1)[:1], text.rsplit(None, 1)[-1:]
    if first and len(first[0]) == len(text):
        return run + len(text), run + len(text)
    before = 0 if not first or text[0].isspace() else len(first[0])
    after = 0 if not last or text[-1].isspace() else len(last[0])
    return run + before, after
