"""Markdown as a text to label: what is no prose is blanked out, so that offsets still lead into the file.

Front matter, fenced code, tables, rules and comments become spaces, as do the marks of headings and quotations. A
heading ends a paragraph, whether or not a blank line follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})")
_NO_PROSE = re.compile(r"\s*(?:\|.*|[-=*_](?:\s*[-=*_]){2,})\s*\Z")  # a row of a table, a rule, a heading's underline
_MARKS = re.compile(r"\A {0,3}(?:#{1,6}(?=\s)|(?:>\s?)+)")
_SETTING = re.compile(r"[\w-]+\s*:|#")  # what front matter begins with: without it three hyphens are a rule
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_HOLD = 1 << 20  # characters without a line end that are kept
_PARAGRAPH_END = "\u2029"  # a paragraph separator: one character, like the line end it stands for


def prose(chunks: Iterable[str]) -> Iterator[str]:
    """The text in pieces, as long as it was, with spaces for what is no prose."""
    blank = _Blanker()
    held = ""
    for chunk in chunks:
        *lines, held = (held + chunk).split("\n")
        yield "".join(blank(line) for line in lines)
        if len(held) > _HOLD:
            yield held
            held = ""
    yield blank(held)[: len(held)]


class _Blanker:
    """Goes through lines in order: what a line is hangs on those before."""

    def __init__(self) -> None:
        self._number = 0
        self._until: str | None = None  # what ends the block that is no prose
        self._in_comment = False

    def __call__(self, line: str) -> str:
        self._number += 1
        if self._number == 2 and self._until == "---" and not _SETTING.match(line):
            self._until = None
        if self._blanked(line):
            return " " * len(line) + "\n"
        line = self._without_comments(line)
        shown = _MARKS.sub(lambda match: " " * len(match[0]), line)
        return shown + (_PARAGRAPH_END if _HEADING.match(line) else "\n")

    def _without_comments(self, line: str) -> str:
        """Comments may span lines."""
        kept, at = [], 0
        while at < len(line):
            mark = "-->" if self._in_comment else "<!--"
            found = line.find(mark, at)
            end = len(line) if found < 0 else found + (len(mark) if self._in_comment else 0)
            kept.append(" " * (end - at) if self._in_comment else line[at:end])
            at = end
            if found >= 0:
                self._in_comment = not self._in_comment
        return "".join(kept)

    def _blanked(self, line: str) -> bool:
        if self._until is not None:
            if line.strip().startswith(self._until):
                self._until = None
            return True
        fence = _FENCE.match(line)
        if fence:
            self._until = fence[1]
        elif self._number == 1 and line.rstrip() == "---":
            self._until = "---"
        else:
            return _NO_PROSE.match(line) is not None
        return True
