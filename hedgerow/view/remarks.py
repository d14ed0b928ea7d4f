"""What the page says about a sentence beyond its labels.

CODEBOOK section 3: a passive of opinion or belief without an agent ("is widely regarded as", "is believed to") is
`distanced`. A reader who takes it for a plain description is told why.
"""

from __future__ import annotations

import re

from hedgerow.labels import SpanType, Stance
from hedgerow.results import Prediction

_BE = r"(?:\b(?:am|is|are|was|were|be|been|being)\b|\b(?:is|are|was|were)n['’]t\b|\b\w+['’](?:s|re|m)\b)"
# Adverbs of hearsay are cues themselves: "was reportedly seen" is no opinion.
_HEARSAY = r"(?!(?:reported|alleged|purported|supposed|apparent|ostensib|rumoured|rumored)ly\b)"
_ADVERB = (
    rf"(?:{_HEARSAY}\w{{2,}}ly|not|never|now|nowadays|today|also|often|still|best|better|long|once|sometimes|always"
    "|ever|already|again|then|thus|even|just|only|most|more|much|well|so|very|quite|rather|perhaps|seldom|however"
    "|otherwise|being|been)"
)
_OPINION = (
    "(?:regarded|considered|described|viewed|seen|credited|hailed|deemed|perceived|praised|billed|touted|remembered"
    "|rated|judged|believed|thought|assumed|presumed|held|felt|acclaimed|recognised|recognized)"
)
_PASSIVE = re.compile(
    rf"(?P<be>{_BE},?\s+(?:{_ADVERB},?\s+){{0,4}})?\b(?P<opinion>{_OPINION})\b(?:\s+of\b)?(?P<as>\s+(?:as|to|for|with)\b)?",
    re.IGNORECASE,
)
_AGENT = re.compile(rf"\s+(?:{_ADVERB}\s+){{0,2}}by\b", re.IGNORECASE)
_BEFORE_SOURCE = re.compile(r"\bby\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_NEAR = 60  # characters before a source in which "by" is looked for


def passive_of_opinion(prediction: Prediction) -> str | None:
    """Return the words of a passive of opinion for which a sentence is `distanced`, None if there are none.

    The model has marked its participle as hearsay, and nobody is named whose opinion it is ("by critics").
    """
    cues = [span for span in prediction.spans if span.type == SpanType.HEARSAY]
    if prediction.stance is not Stance.DISTANCED or not cues:
        return None
    for found in _PASSIVE.finditer(prediction.text):
        start, end = found.span("opinion")
        is_cue = any(span.start <= start and end <= span.end for span in cues)
        if is_cue and (found["be"] or found["as"]) and not _has_agent(prediction, end):
            return " ".join(found[0].split())
    return None


def _has_agent(prediction: Prediction, end: int) -> bool:
    """Return whether "by" follows the participle that ends at `end`: at once, or before a source."""
    text = prediction.text
    sources = [span.start for span in prediction.spans if span.is_source and span.start > end]
    near = (text[max(end, start - _NEAR) : start] for start in sources)
    return bool(_AGENT.match(text, end)) or any(_BEFORE_SOURCE.search(words) for words in near)


def remarks(prediction: Prediction) -> list[str]:
    """Return what is to be said about the sentence, a text each."""
    said = []
    if (words := passive_of_opinion(prediction)) is not None:
        said.append(
            f"“{words}” is a passive of opinion: the sentence passes on a judgement and does not say whose it is. "
            "The codebook counts it as distanced; read as the writer's own description it would be asserted."
        )
    if prediction.read_to is not None:
        said.append(
            f"The sentence is too long for the model, which read {prediction.read_to:,} of its "
            f"{len(prediction.text):,} characters."
        )
    return said
