"""The strip beside a text: a bar for each sentence, longer the less certain it is, and its stance beside it."""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.report.markup import Element, add
from hedgerow.writers.records import LabelledSentence

HEIGHT = 1000  # units of the drawing, which is stretched to the screen
WIDTHS = {"probable": 8, "possible": 14, "uncommitted": 20}  # `certain` is the ground
STANCE_AT, STANCE_WIDTH = 23, 7
GROUND = "asserted"


def add_strip(parent: Element, sentences: Sequence[LabelledSentence], number: int) -> None:
    """Add the strip of the document `number`."""
    lengths = [len(sentence.prediction.text) for sentence in sentences]
    unit = HEIGHT / max(1, sum(lengths))
    drawing = add(
        parent,
        "svg",
        class_="h-strip",
        viewBox=f"0 0 {STANCE_AT + STANCE_WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label="Where the document hedges, from top to bottom",
    )
    at = 0.0
    for place, (sentence, length) in enumerate(zip(sentences, lengths, strict=True), 1):
        height = length * unit
        certainty, stance = sentence.label("certainty"), sentence.label("stance")
        box = {"y": f"{at:.1f}", "height": f"{max(height * 0.92, 0.4):.1f}", "data_of": f"s{number}-{place}"}
        if certainty in WIDTHS:
            add(drawing, "rect", class_=f"h-fill h-{certainty}", x=0, width=WIDTHS[certainty], **box)
        if stance is not None and stance != GROUND:
            add(drawing, "rect", class_=f"h-fill h-{stance}", x=STANCE_AT, width=STANCE_WIDTH, **box)
        at += height
