"""What a text tells about its sentences that none of them tells alone: running quotations, and who a pronoun is.

CODEBOOK section 3: a sentence wholly inside quotation marks that were opened earlier is `attributed`. Section 4: a
pronoun that is a source is named when the text names who it is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hedgerow.labels import Prediction, SpanType, Stance

_OPENING, _CLOSING, _STRAIGHT = "“„«", "”»", '"'
_MARK = re.compile(f"[{_OPENING}{_CLOSING}{_STRAIGHT}]")
_PRONOUNS = frozenset({"he", "she", "they", "it", "we"})
_REACH = 3  # sentences back in which a pronoun's source is looked for


class Reader:
    """Goes through the sentences of one text in order and mends what hangs on those before."""

    def __init__(self) -> None:
        self._inside = False
        self._named: int | None = None  # the number of the sentence with the last named source
        self._number = 0

    def read(self, prediction: Prediction, *, opens: bool) -> Prediction:
        """The next sentence; `opens` where a paragraph begins with it, which ends a quotation that was left open."""
        self._number += 1
        if opens:
            self._inside = False
        quoted = self._follow(prediction.text)
        return self._name_pronouns(_as_quoted(prediction) if quoted else prediction)

    def _follow(self, text: str) -> bool:
        """Follow the marks through `text`; whether it began inside them, and all but its closing mark lies inside."""
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
            elif span.type.is_source and not pronoun:
                self._named = self._number if span.type is SpanType.SOURCE_NAMED else None
        named = tuple(spans)
        return prediction if named == prediction.spans else replace(prediction, spans=named)


def _as_quoted(prediction: Prediction) -> Prediction:
    """A quoted sentence is not asserted by the writer: what spoke for `asserted` speaks for `attributed`."""
    if prediction.stance is not Stance.ASSERTED:
        return prediction
    scores = dict(prediction.stance_scores)
    scores[Stance.ATTRIBUTED] = scores.get(Stance.ATTRIBUTED, 0.0) + scores.get(Stance.ASSERTED, 0.0)
    scores[Stance.ASSERTED] = 0.0
    return replace(prediction, stance=Stance.ATTRIBUTED, stance_scores=scores)
