"""Sources: whose words a cue marks, as the noun phrase beside the cue, without a parser.

The phrase is a few words before "said" or "denied", or after "according to" and “...,” said. This is good enough to
name a source in plain news prose; it knows no syntax.
"""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.labels import SpanType
from hedgerow.predictors.lexicon.tokens import CLOSING_QUOTES, Token
from hedgerow.predictors.lexicon.words import Words

Source = tuple[int, int, SpanType]  # start and end (exclusive) in code points, and type

_MAX_WORDS = 7  # of a source; longer ones are mostly wrong
_MAX_APPOSITION = 20  # tokens between the commas of an apposition
_JOINERS = frozenset({"of", "de", "van", "von", "al", "'s"})


_ARTICLES = frozenset({"the", "a", "an"})  # one of these alone names nobody


def find_source(tokens: Sequence[Token], first: int, last: int, side: str | None, words: Words) -> Source | None:
    """Return the source of the cue `tokens[first:last]`, or None.

    `side` is where to look for it: "before" the cue, "after" it, or None for a cue that takes no source.
    """
    if side is None:
        return None
    is_inverted = side == "before" and first > 0 and tokens[first - 1].text in CLOSING_QUOTES  # “...” said Vell
    if side == "after" or is_inverted:
        start = last
        end = _end_of_phrase(tokens, last, words)
    else:
        end = _before_apposition(tokens, _before_adverbs(tokens, first, words))
        start = _start_of_phrase(tokens, end, words)
    if start >= end or tokens[end - 1].lower in words["ends"]:
        return None
    if end - start == 1 and tokens[start].lower in words["never"] | _ARTICLES:
        return None
    return tokens[start].start, tokens[end - 1].end, type_of(tokens[start:end], words)


def _end_of_phrase(tokens: Sequence[Token], first: int, words: Words) -> int:
    """Return the end of the phrase that starts at token `first`."""
    position = first
    while position < len(tokens) and position - first < _MAX_WORDS:
        token = tokens[position]
        is_word = token.text[0].isalnum() or token.lower == "'s"
        if not is_word or (token.lower in words["ends"] and position > first):
            break
        position += 1
        if token.lower in words["pronouns"]:
            break
    return position


def _before_adverbs(tokens: Sequence[Token], end: int, words: Words) -> int:
    """Return the end of the tokens before `end` without trailing auxiliaries and adverbs ("has also repeatedly")."""
    while end > 0 and (tokens[end - 1].lower in words["between"] or tokens[end - 1].lower.endswith("ly")):
        end -= 1
    return end


def _before_apposition(tokens: Sequence[Token], end: int) -> int:
    """Return the end of the tokens before `end` without a trailing apposition or relative clause between commas.

    Of "Mara Vell, who keeps the ferry, said" it is after Vell.
    """
    if end == 0 or tokens[end - 1].text != ",":
        return end
    for position in range(end - 2, max(-1, end - 2 - _MAX_APPOSITION), -1):
        if tokens[position].text == ",":
            return position
    return end


def _start_of_phrase(tokens: Sequence[Token], end: int, words: Words) -> int:
    """Return the start of the phrase that ends before token `end`; `end` itself if there is none.

    A phrase is a pronoun, names, or words in lower case after a determiner. Without a determiner, only a known bare
    plural counts ("critics").
    """
    if end and tokens[end - 1].lower in words["pronouns"]:
        return end - 1
    start = end
    while start > 0 and end - start < _MAX_WORDS and _is_name_part(tokens, start - 1, end):
        start -= 1
    if start < end:
        return start - 1 if start and tokens[start - 1].lower == "the" else start
    determiners = words["determiners"] | words["vague_determiners"]
    for position in range(end - 1, max(-1, end - 1 - _MAX_WORDS), -1):
        if tokens[position].lower in determiners or _is_owner(tokens, position):
            return position
        if not tokens[position].text[0].isalnum() and tokens[position].lower != "'s":
            break
    is_bare_plural = end > 0 and tokens[end - 1].lower in words["vague"] | words["unnamed"]
    return end - 1 if is_bare_plural else end


def _is_owner(tokens: Sequence[Token], position: int) -> bool:
    """Whether the token is a name in the genitive, which starts a phrase as a determiner does ("Vell's ministry")."""
    if not tokens[position].text[0].isupper() or position + 1 == len(tokens):
        return False
    return tokens[position + 1].lower == "'s"


def _is_name_part(tokens: Sequence[Token], position: int, end: int) -> bool:
    """Whether the token is part of a name that ends before token `end`."""
    token = tokens[position]
    if token.lower in _JOINERS:
        return position + 1 < end and position > 0 and tokens[position - 1].text[0].isupper()
    return token.text[0].isupper() and token.lower not in {"the", "but", "and", "however", "in", "on"}


def type_of(phrase: Sequence[Token], words: Words) -> SpanType:
    """Return the type of a source with these words: named, unnamed or vague."""
    head = phrase[-1].lower
    first = phrase[0].lower
    if first in words["vague_determiners"] or (head in words["vague"] and first not in words["determiners"]):
        return SpanType.SOURCE_VAGUE
    if any(token.text[0].isupper() for token in phrase[1:]):
        return SpanType.SOURCE_NAMED
    is_lone_name = len(phrase) == 1 and phrase[0].text[0].isupper()
    if is_lone_name and head not in words["pronouns"] | words["unnamed"]:
        return SpanType.SOURCE_NAMED
    return SpanType.SOURCE_UNNAMED
