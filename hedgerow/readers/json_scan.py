"""The JSON values of a file one by one, however they are laid out; no more than twice `MAX_ROW_BYTES` is in memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.strict_json import TOO_DEEP, decode_value
from hedgerow.readers.compression import read_error
from hedgerow.readers.layout import TOO_LONG, Slice

# What precedes the array in an archive of Twitter: window.YTD.tweets.part0 =
ASSIGNMENT = re.compile(r"\ufeff?\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]*\s*=\s*(?=[\[{])")
_BLANK = re.compile(r"[\s;\ufeff\x1e]*")  # also the record separator of RFC 7464
_CHUNK = 1 << 16  # bytes per read, at least
_CUT = 12  # characters: an error so near to the end of what was read may be only that more was not read
_SPLIT = f"{TOO_LONG}; if it holds a list of rows, write them one a line: jq -c '.NAME[]'"


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a file: its number from 1, its first byte, its text, and what was parsed or an error.

    `parsed` is an InputError if the value is whole, but other readers reject or lose a part of it. `is_last` is whether
    the rest of the file is lost with it.
    """

    number: int
    offset: int
    text: str
    parsed: Any
    error: str | None = None
    is_last: bool = False


def values(file: BinaryIO, slice_: Slice) -> Iterator[Value]:
    """Yield the values of a slice of a file, in order; a broken value is one with an error.

    Commas and brackets between values are skipped; a list in an array is a value. After a broken value, reading goes on
    at the next line that begins with an object and is not indented more than the first one. If there is none, the rest
    of the file is lost with it. `slice_.line` is the number of the first value.
    """
    head = _Head.of(file)
    buffer = _Buffer(file, slice_.start)
    number = slice_.line
    if not slice_.start:
        buffer.take(head.start)
    may_open = not slice_.start  # a later slice starts at a value
    while True:
        between = buffer.take_between(may_open=may_open and not head.has_list_rows)
        may_open = True
        if slice_.end is not None and buffer.offset >= slice_.end:
            return
        if buffer.is_empty:
            break
        value = _next_value(buffer, number, head)
        yield value
        if value.is_last:
            return
        number += 1
    error = read_error(file)
    if error is None and head.is_array and "]" not in between:
        error = "the array is not closed, so the file was cut; copy it again"
    if error is not None:
        yield Value(number, buffer.offset, "", None, error)


@dataclass(frozen=True, slots=True)
class _Head:
    """How a file begins: where its values start, if they are in an array, and where to go on after an error.

    `has_list_rows` is whether it has one list after the other, none of them with objects: then each is a value.
    """

    start: int
    is_array: bool
    has_list_rows: bool
    recovery: re.Pattern[str]

    @classmethod
    def of(cls, file: BinaryIO) -> _Head:
        file.seek(0)
        text = file.read(_CHUNK).decode("utf-8", "replace")
        match = ASSIGNMENT.match(text)
        start = match.end() if match else 0
        at = text.find("{", start)
        before = text[text.rfind("\n", 0, max(at, 0)) + 1 : max(at, 0)]
        indent = len(before) if not before.strip() else 0
        recovery = re.compile(rf"\n[ \t]{{0,{indent}}}(?:\}},?[ \t]*)?(?=\{{)")
        content = text[start:].lstrip("\ufeff \t\r\n")
        has_list_rows = _has_list_rows(content)
        return cls(start, content.startswith("[") and not has_list_rows, has_list_rows, recovery)


def _has_list_rows(text: str) -> bool:
    """Return whether a list without objects begins the text, and another list follows."""
    if not text.startswith("[") or text[1:].lstrip().startswith(("{", "]")):
        return False
    try:
        first, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return not any(isinstance(one, dict) for one in first) and text[end:].lstrip(" \t\r\n,\x1e").startswith("[")


class _Buffer:
    """The text of a file from a byte on, read as it is needed. Bytes that are not UTF-8 become lone surrogates."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        file.seek(offset)
        self.file = file
        self.offset = offset  # the byte of the next character
        self.text = ""
        self.at = 0  # the next character of `text`
        self.ended = False  # whether the file has no more
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.fill()

    @property
    def left(self) -> int:
        return len(self.text) - self.at

    @property
    def is_empty(self) -> bool:
        return self.ended and not self.left

    def fill(self) -> None:
        """Read as much again as is left, so that a long value is read in linear time."""
        chunk = self.file.read(max(_CHUNK, self.left))
        self.ended = not chunk
        self.text = self.text[self.at :] + self._decoder.decode(chunk, final=self.ended)
        self.at = 0

    def take(self, end: int) -> str:
        """Return the text up to `end`, and go on after it."""
        piece = self.text[self.at : end]
        self.at = end
        self.offset += len(piece) if piece.isascii() else len(piece.encode("utf-8", "surrogateescape"))
        return piece

    def take_between(self, *, may_open: bool) -> str:
        """Skip to the next value; return the brackets and commas that were skipped last.

        A "[" opens an array if `may_open`, which it may not again before a "]", nor after a comma within an array.
        """
        between = ""
        while True:
            self.take(_end(_BLANK, self.text, self.at))
            mark = self.text[self.at : self.at + 1]
            if not mark and not self.ended:
                self.fill()
            elif mark == "[" and may_open:
                may_open = False
                between = self.take(self.at + 1)
            elif mark in ("]", ","):
                may_open = mark == "]" or (may_open and "]" in between)
                between = (between + self.take(self.at + 1))[-_CUT:]
            else:
                return between


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _next_value(buffer: _Buffer, number: int, head: _Head) -> Value:
    offset = buffer.offset
    while True:
        try:
            parsed, end = decode_value(buffer.text, buffer.at)
        except json.JSONDecodeError as error:
            if buffer.ended or not _is_cut(error, buffer):
                what = error.msg.removesuffix(" starting at")
                reason = f"broken JSON ({what} at character {error.pos - buffer.at} of the row)"
                reason = (read_error(buffer.file) if buffer.ended else None) or reason
                return _broken(buffer, number, head, reason)
        except RecursionError:
            return _broken(buffer, number, head, f"broken JSON ({TOO_DEEP})")
        else:
            if end < len(buffer.text) or buffer.ended or buffer.text[end - 1] in '}]"':
                text = buffer.take(end)
                if buffer.offset - offset > MAX_ROW_BYTES:
                    return Value(number, offset, "", None, f"a value of {buffer.offset - offset:,} bytes; {_SPLIT}")
                return Value(number, offset, text, parsed)
        if buffer.left > MAX_ROW_BYTES:
            return _broken(buffer, number, head, f"a value of over {MAX_ROW_BYTES // 2**20} MB; {_SPLIT}")
        buffer.fill()


def _is_cut(error: json.JSONDecodeError, buffer: _Buffer) -> bool:
    """Return whether the value may only be incomplete so far."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(buffer.text) - _CUT


def _broken(buffer: _Buffer, number: int, head: _Head, reason: str) -> Value:
    """Skip to where reading can go on; return what was skipped as a value with the error."""
    offset = buffer.offset
    pieces: list[str] = []
    while (match := head.recovery.search(buffer.text, buffer.at)) is None and not buffer.ended:
        line = buffer.text.rfind("\n", buffer.at)
        may_match = line >= 0 and len(buffer.text) - line < _CHUNK and not buffer.text[line:].strip(" \t\n},")
        pieces.append(buffer.take(line if may_match else len(buffer.text)))
        if buffer.offset - offset > MAX_ROW_BYTES:
            pieces.clear()
        buffer.fill()
    pieces.append(buffer.take(match.end() if match else len(buffer.text)))
    text = "" if buffer.offset - offset > MAX_ROW_BYTES else "".join(pieces)
    reason = reason if match else f"{reason}; nothing after it can be read"
    return Value(number, offset, text, None, reason, is_last=match is None)
