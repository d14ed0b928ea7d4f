"""Blocks: the stretches of a text that no sentence crosses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from hedgerow.sentences.words import NO_HEADING_WORDS, SMALL_WORDS

BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\u2029")
LINE_END = re.compile(r"[\n\u2029]")
# Tried only after a line break, so that it is linear; a list mark needs a space and something after it. "v." and "c."
# begin no item: Roe v. Wade, c. 1200.
_LIST_ITEM = re.compile(
    r"\n(?=[^\S\n\u2029]{0,8}(?:[-+*•‣◦▪●·∙○■□►▶➢➤✓✔✗✘]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})\)|(?:\d{1,3}|[ivx]{2,5})\.|[abdei]\.(?=\s+[A-Z]))"
    r"[^\S\n\u2029]+\S)"
)
_RULE = re.compile(r"\n[^\S\n]*(?:={3,}|-{3,}|_{3,}|~{3,}|\*{3,}|#{3,})[^\S\n]*(?=\n)")
_MAX_LINE = 72  # characters of a heading
_HEADING_START = re.compile(r"(?:#{1,6}[ ])?[\"“‘'(]?[A-Z0-9]")
_SENTENCE_START = re.compile(r"[\"“‘'(\[]?[A-Z0-9]|#{1,6}[ ]")
_NO_HEADING_END = frozenset(".!?:;,…-–—&")
_MAX_HEADING = 0.6  # of the paragraph's longest line
_MAX_FITTING = 0.8  # of it, with the next word
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-Z]")
_FULL_SENTENCE = re.compile(r"[.!?…][\"”’')\]]*(?:\s|\Z)")
_MIN_WIDTH = 60  # of lines that show where lines wrap


def find_blocks(text: str, starts: Iterable[int], *, lines: bool) -> Iterator[tuple[int, int, bool]]:
    """Yield the blocks of a text that are not blank, and whether each starts a paragraph.

    Parameters
    ----------
    text : str
        With line feeds as its only line ends.
    starts : iterable of int
        Where else a block starts: the turns of speakers.
    lines : bool
        Whether every line is a paragraph.
    """
    if "\n" not in text and "\u2029" not in text:
        paragraphs = {0, len(text)}
    else:
        paragraphs = {0, len(text), *(match.end() for match in (LINE_END if lines else BLANK_LINE).finditer(text))}
    labelled = set(starts)
    edges = paragraphs | labelled
    if not lines and "\n" in text:
        edges.update(match.start() for match in _LIST_ITEM.finditer(text))
        edges.update(match.end() for match in _RULE.finditer(text))
        for start, end in pairwise(sorted(paragraphs)):
            ends = (start + place for place in _heading_ends(text[start:end].rstrip()))
            edges.update(place for place in ends if text.rfind("\n", 0, place - 1) + 1 not in labelled)
    begins_paragraph = True
    for start, end in pairwise(sorted(edges)):
        begins_paragraph = begins_paragraph or start in paragraphs
        if not text[start:end].isspace():
            yield start, end, begins_paragraph
            begins_paragraph = False


def _heading_ends(paragraph: str) -> Iterator[int]:
    """Yield the ends of lines of a paragraph that are headings of the lines after them."""
    if "\n" not in paragraph:
        return
    end = 0
    lines = paragraph.split("\n")
    width = max(map(len, lines))
    longest = _MAX_LINE if width < _MIN_WIDTH else min(_MAX_LINE, _MAX_HEADING * width)
    for line, following in pairwise(lines):
        end += len(line) + 1
        may_be = len(line) <= longest or (len(line) <= _MAX_LINE and line.isupper()) or "#" in (line[:1], following[:1])
        if may_be and _is_heading(line.strip(), following.strip(), width):
            yield end


def _is_heading(line: str, following: str, width: int) -> bool:
    """Whether a line is a heading of the `following` in a paragraph whose longest line has `width` characters.

    A line of a wrapped paragraph is never one: the next word would not have fitted on it.
    """
    if len(line) < 2 or line[-1] in _NO_HEADING_END or not _HEADING_START.match(line):
        return False
    if not _SENTENCE_START.match(following):
        return False
    if line.startswith("#") or following.startswith("#") or (line.isupper() and not following.isupper()):
        return True
    if line.rsplit(None, 1)[-1].lower() in NO_HEADING_WORDS:
        return False
    if width < _MIN_WIDTH:
        is_title = _NUMBER.match(line) is not None or _is_title(line)
        return is_title and _FULL_SENTENCE.search(following) is not None
    next_word = following.split(None, 1)[0]
    return len(line) <= _MAX_HEADING * width and len(line) + 1 + len(next_word) <= _MAX_FITTING * width


def _is_title(line: str) -> bool:
    """Whether a line has three words or more, and all but small ones begin with a capital."""
    words = line.split()
    return len(words) > 2 and all(not word[0].islower() or word in SMALL_WORDS for word in words)
