"""Files that are read at once: pages and documents, whose text is not in the order of their bytes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.optional import library
from hedgerow.io.text_checks import invalid_utf8, text_error
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Source


def quiet_library(name: str, *, needed_for: str, loggers: Sequence[str]) -> Any:
    """Return an optional library whose log does not go to the terminal if the program has set up no logging.

    A rejected file is reported once, by its reason.
    """
    module = library(name, needed_for=needed_for)
    for logger in map(logging.getLogger, loggers):
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    return module


def read_whole(source: Source, limit: int) -> bytes | Rejected:
    """Return the content of the file, or why it is rejected: over `limit` bytes, compressed data broken, or empty."""
    source.file.seek(0)
    raw = source.file.read(limit + 1)
    if len(raw) > limit:
        return Rejected(source.name, None, f"a file too large; at most {limit / 2**20:,.0f} MB of this format")
    if (truncated := read_error(source.file)) is not None:
        return rejected(source, truncated, raw)
    return raw if raw.strip() else rejected(source, "the file is empty", raw)


def read_text(source: Source) -> tuple[bytes, str] | Rejected:
    r"""Return the content of a file and its text, with \n for all line ends, or why it is rejected."""
    raw = read_whole(source, MAX_ROW_BYTES)
    if isinstance(raw, Rejected):
        return raw
    text = _decode(source, raw)
    return text if isinstance(text, Rejected) else (raw, text)


def rejected(source: Source, reason: str, raw: bytes) -> Rejected:
    """Return the rejection of the whole file, with its content unless that is over the size limit of a row."""
    return Rejected(source.name, None, reason, raw if len(raw) <= MAX_ROW_BYTES else None)


def _decode(source: Source, raw: bytes) -> str | Rejected:
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        return rejected(source, invalid_utf8(error), raw)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return Rejected(source.name, line, "NUL character; remove it, or convert the file to text first", raw)
    return text


def one_text(source: Source, raw: bytes, text: str, row: Mapping[str, Any]) -> Iterator[Item]:
    """Yield the text that was extracted from the file, or why it is rejected."""
    text = writable(text).strip()
    error = text_error(text, "the extracted text") if text else "contains no text"
    yield InputText(source.name, iter([text]), row=row) if error is None else rejected(source, error, raw)


def writable(text: str) -> str:
    """Return an extracted text without NUL characters, and with U+FFFD for surrogates: the output cannot have them."""
    return text.replace("\0", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def columns(**values: Any) -> dict[str, str]:
    """Return those columns of a text that have a value, each in one line of writable text."""
    lines = {name: " ".join(writable(str(value)).split()) for name, value in values.items() if value}
    return {name: line for name, line in lines.items() if line}
