"""Scare quotes: a noun in quotation marks, in any style, that nobody is quoted for ("The ‘fix’ broke the app")."""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.predictors.lexicon.tokens import CLOSING_QUOTES, OPENING_QUOTES, Token
from hedgerow.predictors.lexicon.words import Words

_MAX_WORDS = 2  # between the marks; longer ones quote
_CLAUSE_STARTS = frozenset({",", ";", ":", "and", "but", "so", "while"})


def has_scare_quotes(tokens: Sequence[Token], words: Words) -> bool:
    """Whether a sentence has scare quotes on a noun; `words` has the lists of [quotes] in cues.toml.

    A naming verb in the sentence ("is called the “hub”") makes them a term.
    """
    openings = [position for position, token in enumerate(tokens) if token.text in OPENING_QUOTES]
    if not any(_is_scare_quote(tokens, opening, words) for opening in openings):
        return False
    return not any(token.lower in words["naming"] for token in tokens)


def _is_scare_quote(tokens: Sequence[Token], opening: int, words: Words) -> bool:
    closing = next((at for at in range(opening + 2, opening + _MAX_WORDS + 2) if _is_closing(tokens, at)), None)
    if closing is None or not _is_head(tokens, closing, words):
        return False
    is_common = all(token.text.islower() for token in tokens[opening + 1 : closing])
    return is_common and _is_determined(tokens, opening, words)


def _is_closing(tokens: Sequence[Token], position: int) -> bool:
    return position < len(tokens) and tokens[position].text in CLOSING_QUOTES


def _is_determined(tokens: Sequence[Token], opening: int, words: Words) -> bool:
    """Whether an owner comes before the marks ("her “friends”"), or an article that begins a clause ("The “fix”")."""
    if not opening:
        return False
    if tokens[opening - 1].lower in words["owners"]:
        return True
    begins_clause = opening == 1 or tokens[opening - 2].lower in _CLAUSE_STARTS
    return begins_clause and tokens[opening - 1].lower in words["articles"]


def _is_head(tokens: Sequence[Token], closing: int, words: Words) -> bool:
    """Whether no noun follows the marks, so that they are not on a modifier ("the “sea view” room")."""
    if closing + 1 == len(tokens):
        return True
    after = tokens[closing + 1]
    return not after.text[0].isalnum() or after.lower in words["after"] or after.lower.endswith(("ed", "ly"))
