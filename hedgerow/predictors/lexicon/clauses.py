"""Clauses: which words of a sentence stand in a subordinate clause, and whether the sentence asks.

No parser: a subordinate clause runs from its first word ("who", "because") to the next comma or dash.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hedgerow.labels import SpanType
from hedgerow.predictors.lexicon.matching import Hit
from hedgerow.predictors.lexicon.tokens import CLOSING_QUOTES, OPENING_QUOTES, Token
from hedgerow.predictors.lexicon.words import Words

_CLAUSE_ENDS = frozenset(",;:—–")
_AFTER_QUESTIONS = CLOSING_QUOTES | frozenset(")!.")
_QUOTATION_ENDS = frozenset(",.!?")
_MIN_MAIN_CLAUSE = 3  # tokens before a tag


def find_subordinate_clauses(tokens: Sequence[Token], hits: Sequence[Hit], words: Words) -> list[bool]:
    """Return for each token whether it is in a subordinate clause."""
    first, after = {hit.first for hit in hits if hit.rule.type is not SpanType.CONDITION}, {hit.last for hit in hits}
    inside = False
    flags = []
    for position, token in enumerate(tokens):
        if token.text in _CLAUSE_ENDS:
            inside = False
        elif token.lower == "that":
            inside = inside or (position not in after and _is_relative(tokens, position, first, words))
        else:
            inside = inside or token.lower in words["subordinate"]
        flags.append(inside)
        inside = inside or token.lower in words["conditional"]
    return flags


def _is_relative(tokens: Sequence[Token], that: int, cues: Collection[int], words: Words) -> bool:
    """Whether "that" is the subject of a relative clause, after a noun and before a verb ("risks that may remain")."""
    if not 0 < that < len(tokens) - 1 or tokens[that - 1].lower in words["not_nouns"]:
        return False
    is_before_verb = tokens[that + 1].lower in words["auxiliaries"] or that + 1 in cues
    return is_before_verb and tokens[that - 1].text[0].isalnum()


def find_question_mark(tokens: Sequence[Token]) -> int | None:
    """Return the question mark that ends the sentence, or the quotation that it begins with (“Is it?” he asked)."""
    end = len(tokens) - 1
    while end > 0 and tokens[end].text in _AFTER_QUESTIONS:
        end -= 1
    if end >= 0 and tokens[end].text == "?":
        return end
    if tokens and tokens[0].text in OPENING_QUOTES:
        for position in range(1, len(tokens) - 1):
            if tokens[position + 1].text in CLOSING_QUOTES and tokens[position].text in _QUOTATION_ENDS:
                return position if tokens[position].text == "?" else None
    return None


def find_tag(tokens: Sequence[Token], mark: int, words: Words) -> int:
    """Return the first token of the tag before the question mark (", isn't it", ", right"); the mark if it has none."""
    start = mark - 1
    if start < _MIN_MAIN_CLAUSE:
        return mark
    if tokens[start].lower in words["tag_pronouns"]:
        start -= 2 if tokens[start - 1].lower == "n't" else 1
        is_tag = tokens[start].lower in words["auxiliaries"]
    else:
        is_tag = tokens[start].lower in words["tag_words"]
    return start if is_tag and tokens[start - 1].text == "," else mark
