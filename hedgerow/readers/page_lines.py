"""Lines of printed pages to paragraphs: without running headers, footers and page numbers, divided words joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

_EDGE = 3  # lines at the top and at the bottom of a page that may be running
_RUNNING = 3  # pages on which a running line stands, or all of fewer pages, but at least two
_PAGE_NUMBER = re.compile(r"\W*(?:page|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*", re.I)
_DIGITS = re.compile(r"\d+|\b[ivxl]+\b")
_STOP = re.compile(r"[.!?:;…][\"'”’)\]]*\d{0,2}\Z")
_CONTENTS = re.compile(r".*(?:\. ?){4,}\s*(?:\d+|[ivxl]+)?\s*")  # an entry of a table of contents
_BULLET = re.compile(r"(?:[•●▪■◦‣·*–—-]|\(?\d{1,2}[.)]|\([a-z]\))\s+\S")
_NUMBERED_HEADING = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+[A-Z]")
_CAPITAL = re.compile(r"[\"'“‘(\[]?[A-Z0-9]")
_DIVIDED = re.compile(r"(\w+)[-\u00ad\u2010]\Z")
_LINE_END = 200  # characters in which a divided word is looked for
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_KEPT_PREFIXES = frozenset(
    """all anti co cross ex half high long low mid multi non post pre pro self semi short so two well""".split()  # noqa: SIM905
)
_SHORT_END = 0.75  # of a full line: a shorter one with a stop ends a paragraph
_SHORT_LINE = 0.6  # of a full line: a shorter one before a capital is a heading
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the lines of the pages without those that repeat at their edges, digits aside, and page numbers."""
    seen = Counter(line for page in pages for line in {_key(line) for line in (*page[:_EDGE], *page[-_EDGE:])})
    least = max(2, min(_RUNNING, len(pages)))
    running = {line for line, count in seen.items() if count >= least}
    return [_inner(list(page), running) for page in pages]


def to_paragraphs(pages: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the paragraphs of the pages, each in one line; a paragraph may go over pages."""
    lines = [line.translate(_LIGATURES) for page in pages for line in page if not _CONTENTS.fullmatch(line[-200:])]
    if not lines:
        return
    lengths = sorted(len(line) for line in lines)
    full = lengths[int(0.9 * (len(lengths) - 1))]
    words = Counter(word for line in lines for word in _WORD.findall(line.lower()))
    pieces = [lines[0]]  # of the paragraph: one is faster to change than the whole
    for line, following in pairwise(lines):
        if _ends(line, following, full):
            yield "".join(pieces)
            pieces = [following]
        else:
            pieces[-1:] = _joined(pieces[-1], following, words)
    yield "".join(pieces)


def _key(line: str) -> str:
    return _DIGITS.sub("#", line.lower())


def _inner(page: list[str], running: set[str]) -> list[str]:
    """Return the lines of a page between the running ones at its top and bottom."""
    for end in (0, -1):
        for _ in range(_EDGE):
            if page and (_key(page[end]) in running or _PAGE_NUMBER.fullmatch(page[end])):
                del page[end]
    return page


def _ends(line: str, following: str, full: int) -> bool:
    """Return whether a paragraph, a heading or an entry of a list ends with a line."""
    if _BULLET.match(following):
        return not _divided(line)
    if _STOP.search(line):
        short = len(following) < _SHORT_LINE * full and _CAPITAL.match(following) is not None
        heading = short and (not _STOP.search(following) or _NUMBERED_HEADING.match(following))
        return bool(heading) or len(line) < _SHORT_END * full
    if _divided(line) or line.endswith(","):
        return False
    heading = _NUMBERED_HEADING.match(line) and len(line) < _SHORT_END * full
    return bool(heading or len(line) < _SHORT_LINE * full) and _CAPITAL.match(following) is not None


def _divided(line: str) -> re.Match[str] | None:
    return _DIVIDED.search(line[-_LINE_END:])


def _joined(line: str, following: str, words: Counter[str]) -> tuple[str, str]:
    """Return two lines as pieces of a paragraph; a word that the end of the first divides is made whole."""
    divided = _divided(line)
    if divided is None:
        return line, f" {following}"
    first, second = divided[1].lower(), re.match(r"\w*", following)
    rest = second[0] if second is not None else ""
    if not rest.islower():
        return (line.rstrip("\u00ad"), following) if rest else (line, f" {following}")
    hyphenated, whole = f"{first}-{rest}", first + rest
    keep = words[hyphenated] > words[whole] or (first in _KEPT_PREFIXES and not words[whole])
    if keep and not line.endswith("\u00ad"):
        return line, following
    return line[:-1], following
