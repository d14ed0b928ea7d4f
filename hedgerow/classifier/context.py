"""Document context: running quotations, and whom a pronoun means.

CODEBOOK section 3: in a quotation that runs over several sentences, a sentence wholly inside the quotation marks is
`attributed`. Section 4: a pronoun that is a source is named when the text names who it is.
"""

from __future__ import annotations

from dataclasses import replace

from hedgerow.classifier.quotations import RunningQuotation
from hedgerow.labels import SpanType, Stance
from hedgerow.results import Prediction
from hedgerow.sentences import Sentence

_PRONOUNS = frozenset({"he", "she", "they", "it", "we"})
_REACH = 3  # how many sentences back a pronoun's source is looked for


class DocumentContext:
    """Go through the sentences of one text in order, and correct what depends on the sentences before."""

    def __init__(self) -> None:
        """Begin a text."""
        self._quotation = RunningQuotation()
        self._named: int | None = None  # number of the sentence with the last named source
        self._number = 0

    def read(self, prediction: Prediction, sentence: Sentence) -> Prediction:
        """Return the next sentence, corrected; one that starts a block ends a quotation that was left open.

        A block that begins with the opening mark again continues the quotation, as in newspapers.
        """
        self._number += 1
        words = sentence.text[sentence.label_end :]
        if sentence.starts_block:
            self._quotation.start_block(words)
        quoted = self._quotation.read(words)
        return self._name_pronouns(_as_quoted(prediction) if quoted else prediction)

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
