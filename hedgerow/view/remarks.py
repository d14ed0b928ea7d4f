"""What the page says about a sentence beyond its labels.

CODEBOOK section 3: a passive of opinion without an agent ("is widely regarded as") is `distanced`. A reader who takes
it for a plain description is told why.
"""

from __future__ import annotations

import re

from hedgerow.labels import Stance
from hedgerow.results import Prediction

_BE = "(?:am|is|are|was|were|be|been|being)"
_ADVERBS = r"(?:(?:not|now|also|often|still|best|long|being|been|\w{2,}ly)\s+){0,3}"
_OPINION = (
    "(?:regarded|considered|described|viewed|seen|credited|hailed|deemed|perceived|praised|billed|touted|remembered"
    r"|rated|judged|thought\s+of)"
)
_PASSIVE = re.compile(rf"\b{_BE}\s+{_ADVERBS}{_OPINION}\b(?:\s+(?:as|to|for|with)\b)?", re.IGNORECASE)


def passive_of_opinion(prediction: Prediction) -> str | None:
    """Return the words of a passive of opinion for which a sentence is `distanced`, None if there are none."""
    if prediction.stance is not Stance.DISTANCED:
        return None
    found = _PASSIVE.search(prediction.text)
    return None if found is None else " ".join(found[0].split())


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
