"""Text in Markdown: what a text says is never markup, and has a backslash only where it could be markup.

It is written for GitHub's dialect, in which `0.5 [0.4, 0.6]`, `a < b` and `a_b` are shown as they are.
"""

from __future__ import annotations

import re

from hedgerow.report.markup import clean
from hedgerow.report.text import pieces

_LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
# `[0.4, 0.6]`, `[over 650, 650]`: no link, because nothing follows; no box to tick, because it has two letters or more.
_BRACKETED = r"\[(?=[^\]]{0,60}\w\w)(?:[^\W_]|[-+−–.,;%∞\ ]){1,60}\](?![\[(:])"
_MARKUP = re.compile(
    rf"""(?P<kept>{_BRACKETED})
    | [`*~\[\]]
    | (?<![^\W_])_+ | _+(?![^\W_])  # an underscore within a word is no markup
    | \\(?=[!-/:-@\[-`{{-~]|$)  # nor is a backslash before a letter
    | <(?=[a-z/!?]) | &(?=\#?\w+;)
    | \$(?=.*?\$)  # one alone begins no formula
    | (?:(?<=http)|(?<=https)|(?<=ftp)):(?=//) | (?<=www)\. | @(?=[\w.-]+\.[a-z])  # an address would be a link
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BLOCK_MARK = re.compile(r"\#{1,6}(?=\s|$)|>|[-+](?=[\s-]|$)")  # at the start of a block
_NUMBER_OF_ITEM = re.compile(r"(\d{1,9})(?=[.)](\s|$))")
_CLOSING = re.compile(r"(^|\s)(?=#+\s*$)")  # signs at the end of a heading, which belong to its mark


def words(text: str) -> str:
    """Return words as Markdown on one line, which shows them as they are."""
    return _MARKUP.sub(_with_backslash, _LINE_BREAK.sub(" ", clean(text)))


def inline(text: str) -> str:
    """Return a text of a page as Markdown on one line; its `words in backquotes` are code."""
    return "".join(_code(piece) if is_code else words(piece) for is_code, piece in pieces(text))


def block(line: str) -> str:
    """Return a line of Markdown as one that begins a paragraph or an item, and no other block."""
    line = _NUMBER_OF_ITEM.sub(r"\1\\", line.strip(), count=1) if line.strip()[:1].isdigit() else line.strip()
    return f"\\{line}" if _BLOCK_MARK.match(line) else line


def heading(level: int, title: str) -> str:
    """Return a heading of words."""
    return f"{'#' * level} {_CLOSING.sub(_before_closing, words(title).strip())}"


def _with_backslash(found: re.Match[str]) -> str:
    return found[0] if found["kept"] else "".join(f"\\{sign}" for sign in found[0])


def _before_closing(found: re.Match[str]) -> str:
    return f"{found[1]}\\"


def _code(text: str) -> str:
    """Return a code span, whose fence is as long as no run of backquotes in it."""
    line = _LINE_BREAK.sub(" ", clean(text))
    lengths = {len(run) for run in re.findall("`+", line)}
    fence = "`" * next(length for length in range(1, len(lengths) + 2) if length not in lengths)
    is_padded = line.startswith("`") or line.endswith("`") or (line[0] == line[-1] == " " and line.strip())
    return f"{fence} {line} {fence}" if is_padded else f"{fence}{line}{fence}"
