"""Whose words: the noun phrase beside a cue, found without a parser, for the lexicon.

Looks a few words back from "said" or "denied", or on from "according to" and “...,” said. Good enough to name a source
in plain news prose; it sees no syntax.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgerow.labels import SpanType

if TYPE_CHECKING:
    from hedgerow.predictors.lexicon.tokens import Token

Source = tuple[int, int, SpanType]  # start and end in code points

_LONGEST = 7  # words in a source; longer ones are mostly wrong
_LONGEST_APPOSITION = 20
_JOINERS = frozenset({"of", "de", "van", "von", "al", "'s"})


def find_source(
    tokens: list[Token], first: int, last: int, side: str | None, words: dict[str, frozenset[str]]
) -> Source | None:
    """Whose words the cue `tokens[first:last]` marks, looked for on its `side` (before or after), or None."""
    if side is None:
        return None
    inverted = side == "before" and first > 0 and tokens[first - 1].text in "\"”’'"
    if side == "after" or inverted:
        start, end = last, _end_of_phrase(tokens, last, words)
    else:
        end = _before_apposition(tokens, _skip_back(tokens, first, words))
        start = _start_of_phrase(tokens, end, words)
    if start >= end or tokens[end - 1].lower in words["ends"]:
        return None
    if end - start == 1 and tokens[start].lower in words["never"]:
        return None
    return tokens[start].start, tokens[end - 1].end, _type(tokens[start:end], words)


def _end_of_phrase(tokens: list[Token], first: int, words: dict[str, frozenset[str]]) -> int:
    at = first
    while at < len(tokens) and at - first < _LONGEST:
        token = tokens[at]
        if not (token.text[0].isalnum() or token.lower == "'s") or (token.lower in words["ends"] and at > first):
            break
        at += 1
        if token.lower in words["pronouns"]:
            break
    return at


def _skip_back(tokens: list[Token], last: int, words: dict[str, frozenset[str]]) -> int:
    while last > 0 and (tokens[last - 1].lower in words["between"] or tokens[last - 1].lower.endswith("ly")):
        last -= 1
    return last


def _before_apposition(tokens: list[Token], last: int) -> int:
    """Over an apposition or relative clause between commas: "Mara Vell, who keeps the ferry, said" ends at Vell."""
    if last == 0 or tokens[last - 1].text != ",":
        return last
    for at in range(last - 2, max(-1, last - 2 - _LONGEST_APPOSITION), -1):
        if tokens[at].text == ",":
            return at
    return last


def _start_of_phrase(tokens: list[Token], last: int, words: dict[str, frozenset[str]]) -> int:
    """Back over names, or over lower-case words until a determiner; with neither, only a known bare plural counts."""
    if last and tokens[last - 1].lower in words["pronouns"]:
        return last - 1
    names = last
    while names > 0 and last - names < _LONGEST and _is_name_part(tokens, names - 1, last):
        names -= 1
    if names < last:
        return names - 1 if names and tokens[names - 1].lower == "the" else names
    opening = words["determiners"] | words["vague_determiners"]
    for first in range(last - 1, max(-1, last - 1 - _LONGEST), -1):
        if tokens[first].lower in opening or _is_owner(tokens, first):
            return first
        if not tokens[first].text[0].isalnum() and tokens[first].lower != "'s":
            break
    bare = last > 0 and tokens[last - 1].lower in words["vague"] | words["unnamed"]
    return last - 1 if bare else last


def _is_owner(tokens: list[Token], at: int) -> bool:
    """A name in the genitive opens a phrase, as a determiner does: "Sorrenia's defence ministry"."""
    return tokens[at].text[0].isupper() and at + 1 < len(tokens) and tokens[at + 1].lower == "'s"


def _is_name_part(tokens: list[Token], at: int, last: int) -> bool:
    token = tokens[at]
    if token.lower in _JOINERS:
        return at + 1 < last and at > 0 and tokens[at - 1].text[0].isupper()
    return token.text[0].isupper() and token.lower not in {"the", "but", "and", "however", "in", "on"}


def _type(phrase: list[Token], words: dict[str, frozenset[str]]) -> SpanType:
    head, first = phrase[-1].lower, phrase[0].lower
    if first in words["vague_determiners"] or (head in words["vague"] and first not in words["determiners"]):
        return SpanType.SOURCE_VAGUE
    capitals = [token for token in phrase[1:] if token.text[0].isupper()]
    alone = len(phrase) == 1 and phrase[0].text[0].isupper() and head not in words["pronouns"] | words["unnamed"]
    return SpanType.SOURCE_NAMED if capitals or alone else SpanType.SOURCE_UNNAMED
