"""Whose words: the noun phrase beside a cue, found without a parser, for the lexicon.

Looks a few words back from "said" or "denied", or on from "according to" and “...,” said. Good enough to name a source
in plain news prose; the network (model/base) reads sources properly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hedgerow.labels import SpanType

if TYPE_CHECKING:
    from hedgerow.classifier.lexicon import Hit, Token

_LONGEST = 7  # words in a source; longer ones are mostly wrong
_JOINERS = frozenset({"of", "de", "van", "von", "al", "'s"})


def find_source(tokens: list[Token], hit: Hit, words: dict[str, frozenset[str]]) -> tuple[int, int, SpanType] | None:
    """The source of the cue `hit` as (start, end, type), offsets in code points, or None."""
    inverted = hit.first > 0 and tokens[hit.first - 1].text in "\"”’'" and hit.rule.source == "before"
    if hit.rule.source == "after" or inverted:
        first, last = hit.last, _end_of_phrase(tokens, hit.last, words)
    else:
        last = _skip_back(tokens, hit.first, words)
        first = _start_of_phrase(tokens, last, words)
    if first >= last or tokens[last - 1].lower in words["ends"]:
        return None
    if last - first == 1 and tokens[first].lower in words["never"]:
        return None
    return tokens[first].start, tokens[last - 1].end, _type(tokens[first:last], words)


def _end_of_phrase(tokens: list[Token], first: int, words: dict[str, frozenset[str]]) -> int:
    at = first
    while at < len(tokens) and at - first < _LONGEST:
        token = tokens[at]
        if not token.text[0].isalnum() or (token.lower in words["ends"] and at > first):
            break
        at += 1
        if token.lower in words["pronouns"]:
            break
    return at


def _skip_back(tokens: list[Token], last: int, words: dict[str, frozenset[str]]) -> int:
    while last > 0 and (tokens[last - 1].lower in words["between"] or tokens[last - 1].lower.endswith("ly")):
        last -= 1
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
        if tokens[first].lower in opening:
            return first
        if not tokens[first].text[0].isalnum():
            break
    bare = last > 0 and tokens[last - 1].lower in words["vague"] | words["unnamed"]
    return last - 1 if bare else last


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
