"""Weigh the cues of a sentence: one certainty and one stance from several cues (CODEBOOK sections 1 to 3).

The weakest certainty and the most marked stance win. A cue in a relative clause ("..., who allegedly lied, ...") is
marked as a span, but does not count.
"""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.labels import Certainty, SpanType, Stance
from hedgerow.predictors.lexicon.matching import Hit
from hedgerow.predictors.lexicon.rules import Rule
from hedgerow.predictors.lexicon.tokens import Token

_RELATIVE_PRONOUNS = frozenset({"which", "who", "whom", "whose"})
_WEAKENING = (Certainty.CERTAIN, Certainty.PROBABLE, Certainty.UNCOMMITTED, Certainty.POSSIBLE)  # weakest last
_MARKING = tuple(Stance)  # most marked last


def weigh(text: str, tokens: Sequence[Token], hits: Sequence[Hit]) -> tuple[Certainty, Stance]:
    """Return the certainty and the stance of a sentence with these cues."""
    in_relative_clause = _relative_clauses(tokens)
    counted = [hit for hit in hits if not in_relative_clause[hit.first]]
    return _certainty(tokens, [hit.rule for hit in counted]), _stance(text, counted)


def _relative_clauses(tokens: Sequence[Token]) -> list[bool]:
    """Return for each token whether it is in a relative clause: from the pronoun to the next comma or dash."""
    inside = False
    flags = []
    for token in tokens:
        inside = token.text not in ",;:—–" and (inside or token.lower in _RELATIVE_PRONOUNS)
        flags.append(inside)
    return flags


def _certainty(tokens: Sequence[Token], rules: Sequence[Rule]) -> Certainty:
    is_question = any(token.text == "?" for token in tokens[-2:])
    if is_question or any(rule.decides for rule in rules):
        return Certainty.UNCOMMITTED
    # "would" in reported speech is as certain as the rest: "he said he would come".
    is_reported = any(rule.type is SpanType.ATTRIBUTION for rule in rules)
    certainties = [
        rule.certainty
        for rule in rules
        if rule.certainty is not None
        and not (is_reported and rule.type is SpanType.MODAL and rule.certainty is Certainty.UNCOMMITTED)
    ]
    return max(certainties, key=_WEAKENING.index, default=Certainty.CERTAIN)


def _stance(text: str, hits: Sequence[Hit]) -> Stance:
    is_quotation = text.startswith(('"', "“")) and text.endswith(('"', "”"))
    stances = [hit.stance for hit in hits if hit.stance is not None]
    return max(stances, key=_MARKING.index, default=Stance.ATTRIBUTED if is_quotation else Stance.ASSERTED)
