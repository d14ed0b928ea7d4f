"""Texts of a page: prose in which `words in backquotes` are code, and the words of users, which are never markup.

Words of a user enter a text through `literal`, or as code through `code`; `pieces` gives both back as they were.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\([\\`])|`")  # a character that `literal` passed, or a backquote that begins or ends code


def literal(text: str) -> str:
    """Return words of a user for a text, a note, a fact or a caption: their backquotes are shown, and begin no code."""
    return text.replace("\\", "\\\\").replace("`", "\\`")


def code(text: str) -> str:
    """Return words of a user as code, for a text, a note, a fact or a caption."""
    return f"`{literal(text)}`"


def pieces(text: str) -> list[tuple[bool, str]]:
    """Return a text cut where code begins and ends: (whether it is code, words); none is empty."""
    found = [(False, "")]
    end = 0
    for token in _TOKEN.finditer(text):
        is_code, words = found[-1]
        found[-1] = is_code, f"{words}{text[end : token.start()]}{token[1] or ''}"
        end = token.end()
        if not token[1]:
            found.append((not is_code, ""))
    found[-1] = found[-1][0], found[-1][1] + text[end:]
    return [piece for piece in found if piece[1]]


def plain(text: str) -> str:
    """Return a text for an attribute or a terminal: words of users as they were, and code in backquotes."""
    return "".join(f"`{words}`" if is_code else words for is_code, words in pieces(text))
