"""Tokens: words and punctuation marks with their offsets, as the lexicon matches them."""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENING_QUOTES = frozenset("\"“'‘«")
CLOSING_QUOTES = frozenset("\"”'’»")

# Words with their hyphens; clitics as tokens of their own (do n't, it 's); each mark alone.
_CLITIC = r"['’](?:s|d|ve|re|ll|m)\b"
_TOKEN = re.compile(rf"\w+?(?=n['’]t\b)|n['’]t\b|(?<=\w){_CLITIC}|\w+(?:(?!{_CLITIC})['’-]\w+)*|[^\w\s]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark: `text` from code point `start` to `end` (exclusive).

    `lower` is the form that is looked up, in lower case and with straight apostrophes.
    """

    start: int
    end: int
    text: str
    lower: str


def tokenise(text: str) -> list[Token]:
    """Return the tokens of `text`, in order."""
    return [
        Token(match.start(), match.end(), match[0], match[0].casefold().replace("’", "'"))
        for match in _TOKEN.finditer(text)
    ]
