"""Weigh the cues of a sentence: one certainty and one stance from several cues (CODEBOOK sections 1 to 3).

The weakest certainty and the most marked stance win. Some cues are marked as spans, but do not count: in a subordinate
clause ("..., who allegedly lied, ..."), in a tag question, and as the object of a denial ("denied the allegation").
"""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.labels import Certainty, SpanType, Stance
from hedgerow.predictors.lexicon.clauses import find_question_mark, find_subordinate_clauses, find_tag
from hedgerow.predictors.lexicon.matching import Hit
from hedgerow.predictors.lexicon.quotes import has_scare_quotes
from hedgerow.predictors.lexicon.reports import is_made, is_object
from hedgerow.predictors.lexicon.tokens import CLOSING_QUOTES, OPENING_QUOTES, Token
from hedgerow.predictors.lexicon.words import WordLists

_WEAKENING = (Certainty.CERTAIN, Certainty.PROBABLE, Certainty.UNCOMMITTED, Certainty.POSSIBLE)  # weakest last
_MARKING = tuple(Stance)  # most marked last


def weigh(tokens: Sequence[Token], hits: Sequence[Hit], lists: WordLists) -> tuple[Certainty, Stance]:
    """Return the certainty and the stance of a sentence with these cues."""
    counted = _counted(tokens, hits, lists)
    mark = find_question_mark(tokens)
    if mark is None:
        return _certainty(counted), _stance(tokens, counted, lists)
    tag = find_tag(tokens, mark, lists.clauses)
    if tag < mark:
        counted = [hit for hit in counted if not tag <= hit.first < mark]
        return _certainty(counted), _stance(tokens, counted, lists)
    counted = [hit for hit in counted if hit.first > mark or _denies_by_itself(hit)]
    return Certainty.UNCOMMITTED, _stance(tokens, counted, lists)


def _counted(tokens: Sequence[Token], hits: Sequence[Hit], lists: WordLists) -> list[Hit]:
    """Return the cues that count."""
    is_subordinate = find_subordinate_clauses(tokens, hits, lists.clauses)
    return [
        hit
        for index, hit in enumerate(hits)
        if not is_subordinate[hit.first] and (hit.stance is None or _is_report(tokens, hits, index, lists))
    ]


def _is_report(tokens: Sequence[Token], hits: Sequence[Hit], index: int, lists: WordLists) -> bool:
    """Whether a cue with a stance is a report that was made, and not the object of a denial; a headline's colon is."""
    if hits[index].rule.type is None:
        return True
    return is_made(tokens, hits[index], lists.reports) and not is_object(hits, index)


def _denies_by_itself(hit: Hit) -> bool:
    """Whether a cue denies its claim even in a question ("why does the myth persist?"); reports do not."""
    return hit.rule.type is SpanType.DENIAL and hit.rule.source is None


def _certainty(hits: Sequence[Hit]) -> Certainty:
    if any(hit.rule.decides for hit in hits):
        return Certainty.UNCOMMITTED
    # "would" in reported speech is as certain as the rest: "he said he would come".
    is_reported = any(hit.rule.type is SpanType.ATTRIBUTION for hit in hits)
    certainties = [
        hit.rule.certainty
        for hit in hits
        if hit.rule.certainty is not None
        and not (is_reported and hit.rule.type is SpanType.MODAL and hit.rule.certainty is Certainty.UNCOMMITTED)
    ]
    return max(certainties, key=_WEAKENING.index, default=Certainty.CERTAIN)


def _stance(tokens: Sequence[Token], hits: Sequence[Hit], lists: WordLists) -> Stance:
    stances = [hit.stance for hit in hits if hit.stance is not None]
    if stances:
        return max(stances, key=_MARKING.index)
    if _is_quotation(tokens):
        return Stance.ATTRIBUTED
    return Stance.DISTANCED if has_scare_quotes(tokens, lists.quotes) else Stance.ASSERTED


def _is_quotation(tokens: Sequence[Token]) -> bool:
    """Whether the whole sentence is inside quotation marks, and has a word."""
    is_enclosed = bool(tokens) and tokens[0].text in OPENING_QUOTES and tokens[-1].text in CLOSING_QUOTES
    return is_enclosed and any(token.text[0].isalnum() for token in tokens)
