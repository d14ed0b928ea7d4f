"""Document context: running quotations, and whom a pronoun means.

CODEBOOK section 3: a sentence wholly inside quotation marks that were opened earlier is `attributed`. Section 4: a
pronoun that is a source is named when the text names who it is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hedgerow.labels import SpanType, Stance
from hedgerow.results import Prediction

_OPENING, _CLOSING, _STRAIGHT = "“„«", "”»", '"'
_MARK = re.compile(f"[{_OPENING}{_CLOSING}{_STRAIGHT}]")
_PRONOUNS = frozenset({"he", "she", "they", "it", "we"})
_REACH = 3  # how many sentences back a pronoun's source is looked for


class DocumentContext:
    """Go through the sentences of one text in order, and correct what depends on the sentences before."""

    def __init__(self) -> None:
        """Begin a text."""
        self._inside = False
        self._named: int | None = None  # number of the sentence with the last named source
        self._number = 0

    def read(self, prediction: Prediction, *, starts_block: bool) -> Prediction:
        """Return the next sentence, corrected; a sentence that starts a block ends a quotation that was left open."""
        self._number += 1
        if starts_block:
            self._inside = False
        quoted = self._follow(prediction.text)
        return self._name_pronouns(_as_quoted(prediction) if quoted else prediction)

    def _follow(self, text: str) -> bool:
        """Follow the quotation marks of `text`; return whether all of it but a closing mark is inside them."""
        throughout = self._inside
        for found in _MARK.finditer(text):
            mark = found[0]
            if mark in _OPENING or (mark == _STRAIGHT and not self._inside):
                self._inside = True
            else:
                self._inside = False
                throughout = throughout and not text[found.end() :].strip(" .,;:!?)]’'")
        return throughout

    def _name_pronouns(self, prediction: Prediction) -> Prediction:
        spans = list(prediction.spans)
        for at, span in enumerate(spans):
            pronoun = span.text.casefold() in _PRONOUNS
            recent = self._named is not None and self._number - self._named <= _REACH
            if pronoun and recent and span.type is SpanType.SOURCE_UNNAMED:
                spans[at] = replace(span, type=SpanType.SOURCE_NAMED)
            elif span.is_source and not pronoun:
                self._named = self._number if span.type is SpanType.SOURCE_NAMED else None
        named = tuple(spans)
        return prediction if named == prediction.spans else replace(prediction, spans=named)


def _as_quoted(prediction: Prediction) -> Prediction:
    """Move the score of `asserted` to `attributed`: the writer does not assert a quoted sentence."""
    if prediction.stance is not Stance.ASSERTED:
        return prediction
    scores = dict(prediction.stance_scores)
    scores[Stance.ATTRIBUTED] = scores.get(Stance.ATTRIBUTED, 0.0) + scores.get(Stance.ASSERTED, 0.0)
    scores[Stance.ASSERTED] = 0.0
    return replace(prediction, stance=Stance.ATTRIBUTED, stance_scores=scores)
