"""Headlines: a source before a colon or after a dash ("Survey: rents fall", "Rents fall – survey")."""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.labels import Stance
from hedgerow.predictors.lexicon.matching import Hit
from hedgerow.predictors.lexicon.rules import Rule
from hedgerow.predictors.lexicon.sources import type_of
from hedgerow.predictors.lexicon.tokens import CLOSING_QUOTES, OPENING_QUOTES, Token
from hedgerow.predictors.lexicon.words import WordLists, Words

Found = tuple[int, Sequence[Token]]  # the colon or dash, and the words of the source

_MAX_WORDS = 4  # of a source
_MIN_CLAIM = 3  # tokens of a claim
_SENTENCE_ENDS = frozenset(".!?")
_DASHES = frozenset("-–—")
_RULE = Rule(stance=Stance.ATTRIBUTED)


def find_headline_source(tokens: Sequence[Token], lists: WordLists) -> Hit | None:
    """Return the colon or dash of a headline that has a source, as a cue without a span; None if there is none."""
    found = _before_colon(tokens, lists.headlines) or _after_dash(tokens, lists.headlines)
    if found is None:
        return None
    mark, phrase = found
    source = (phrase[0].start, phrase[-1].end, type_of(phrase, lists.sources))
    return Hit(_RULE, mark, mark + 1, source)


def _before_colon(tokens: Sequence[Token], headline: Words) -> Found | None:
    """Return a colon and the source before it: a speaker or study, or a name if a quotation follows.

    A speaker before a whole sentence is a label in a transcript ("PM: I accept that.") and no source.
    """
    is_headline = tokens[-1].text not in _SENTENCE_ENDS if tokens else False
    for colon in range(1, min(_MAX_WORDS + 1, len(tokens) - _MIN_CLAIM)):
        if tokens[colon].text != ":":
            continue
        phrase = tokens[:colon]
        is_source = is_headline and _names_speaker(phrase, headline)
        if tokens[colon + 1].text in OPENING_QUOTES:
            is_source = _names_speaker(phrase, headline) or _is_name(phrase)
        return (colon, phrase) if is_source else None
    return None


def _after_dash(tokens: Sequence[Token], headline: Words) -> Found | None:
    """Return a spaced dash and the source that ends the text: a speaker or study, or a name after a quotation."""
    for dash in range(len(tokens) - 2, max(_MIN_CLAIM, len(tokens) - 2 - _MAX_WORDS) - 1, -1):
        token = tokens[dash]
        if token.text not in _DASHES or tokens[dash - 1].end == token.start:
            continue
        phrase = tokens[dash + 1 :]
        is_source = _names_speaker(phrase, headline) or (tokens[dash - 1].text in CLOSING_QUOTES and _is_name(phrase))
        return (dash, phrase) if is_source else None
    return None


def _names_speaker(phrase: Sequence[Token], headline: Words) -> bool:
    """Whether the phrase is words that end in one for a speaker or a study ("police", "opinion poll")."""
    is_phrase = all(token.text[0].isalnum() for token in phrase)
    return is_phrase and phrase[-1].lower in headline["speakers"]


def _is_name(phrase: Sequence[Token]) -> bool:
    return all(token.text[0].isupper() for token in phrase)
