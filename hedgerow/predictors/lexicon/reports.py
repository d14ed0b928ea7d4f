"""Reports that were not made: a verb of report, denial or belief whose content nobody stands behind.

"She wants to say", "he may admit", "they did not say", "did he say?": the verb is a cue, but speaks for no stance.
"""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.labels import SpanType
from hedgerow.predictors.lexicon.matching import Hit
from hedgerow.predictors.lexicon.tokens import Token
from hedgerow.predictors.lexicon.words import Words

_SUBJECT = 4  # tokens before a verb in which its subject is looked for ("no serious damage was reported")
_OBJECT_DISTANCE = 4  # tokens between a denial and the noun that it denies ("denied all the other claims")


def is_made(tokens: Sequence[Token], hit: Hit, words: Words) -> bool:
    """Whether the report that a cue names was made: it is not an infinitive, after a modal, or negated.

    A belief that is negated is one of the contrary ("she does not think so"), and counts.
    """
    position = hit.first - 1
    while position >= 0 and (tokens[position].lower.endswith("ly") or tokens[position].lower in words["adverbs"]):
        position -= 1
    if position < 0 or tokens[position].lower in words["unreal"]:
        return position < 0
    if any(token.lower in words["no_one"] for token in tokens[max(0, position - _SUBJECT + 1) : position + 1]):
        return False
    return hit.rule.type is SpanType.EPISTEMIC or tokens[position].lower not in words["negations"]


def is_object(hits: Sequence[Hit], index: int) -> bool:
    """Whether a noun is what the cue before it denies or leaves open ("denied the claim")."""
    if not index or hits[index].rule.type is not SpanType.HEARSAY:
        return False
    before = hits[index - 1]
    is_rejection = before.rule.type is SpanType.DENIAL or before.rule.decides
    return is_rejection and hits[index].first - before.last <= _OBJECT_DISTANCE
