"""Markdown as prose: markup is replaced with spaces, so that offsets in the result are offsets in the file.

Front matter, fenced code, tables, rules and comments become spaces, as do the marks of headings and quotations. A
heading ends a paragraph, whether or not a blank line follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hedgerow.readers import text
from hedgerow.readers.input_text import Item
from hedgerow.readers.layout import Source

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})")
_TABLE_OR_RULE = re.compile(r"\s*(?:\|.*|[-=*_](?:\s*[-=*_]){2,})\s*\Z")  # also the underline of a heading
_MARKS = re.compile(r"\A {0,3}(?:#{1,6}(?=\s)|(?:>\s?)+)")
_SETTING = re.compile(r"[\w-]+\s*:|#")  # the second line of front matter; before any other, "---" is a rule
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_MAX_BUFFER = 1 << 20  # characters without a line end that are buffered
_PARAGRAPH_END = "\u2029"  # paragraph separator: one character, like the line end that it replaces


def read(source: Source) -> Iterator[Item]:
    """Yield the whole file as one input text without markup, or why it is rejected."""
    return text.read(source, strip_markup)


def strip_markup(chunks: Iterable[str]) -> Iterator[str]:
    """Yield the text in chunks, as long as it was, with spaces in place of non-prose."""
    stripper = _Stripper()
    buffer = ""
    for chunk in chunks:
        *lines, buffer = (buffer + chunk).split("\n")
        yield "".join(stripper.strip(line) for line in lines)
        if len(buffer) > _MAX_BUFFER:
            yield buffer
            buffer = ""
    yield stripper.strip(buffer)[: len(buffer)]


class _Stripper:
    """Strip the lines of a file in order; the lines before decide whether a line is in a block of non-prose."""

    def __init__(self) -> None:
        self._number = 0
        self._block_end: str | None = None  # how the line begins that ends the current block of non-prose
        self._in_comment = False

    def strip(self, line: str) -> str:
        """Return the line with spaces in place of non-prose, and with its line end."""
        self._number += 1
        if self._number == 2 and self._block_end == "---" and not _SETTING.match(line):
            self._block_end = None
        if self._is_non_prose(line):
            return " " * len(line) + "\n"
        line = self._without_comments(line)
        stripped = _MARKS.sub(lambda match: " " * len(match[0]), line)
        return stripped + (_PARAGRAPH_END if _HEADING.match(line) else "\n")

    def _without_comments(self, line: str) -> str:
        """Replace comments, which may span lines, with spaces."""
        parts = []
        start = 0
        while start < len(line):
            mark = "-->" if self._in_comment else "<!--"
            position = line.find(mark, start)
            end = len(line) if position < 0 else position + (len(mark) if self._in_comment else 0)
            parts.append(" " * (end - start) if self._in_comment else line[start:end])
            start = end
            if position >= 0:
                self._in_comment = not self._in_comment
        return "".join(parts)

    def _is_non_prose(self, line: str) -> bool:
        if self._block_end is not None:
            if line.strip().startswith(self._block_end):
                self._block_end = None
            return True
        if fence := _FENCE.match(line):
            self._block_end = fence[1]
            return True
        if self._number == 1 and line.rstrip() == "---":
            self._block_end = "---"
            return True
        return _TABLE_OR_RULE.match(line) is not None
