"""The counts of all documents of a page together, with intervals that know that sentences share documents."""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.labels import AXES
from hedgerow.summary import summarise
from hedgerow.summary.rows import LabelledRow
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.markup import Element, add
from hedgerow.view.tallies import Tally, add_tallies


def add_totals(parent: Element, documents: Sequence[ViewedDocument]) -> None:
    """Add the counts of all documents."""
    section = add(parent, "section", class_="h-totals", aria_labelledby="totals-title")
    add(section, "h2", "Counts of all documents", id="totals-title")
    whole = summarise(_rows(documents)).whole
    grid = add(section, "div", class_="h-totals-grid")
    for axis in AXES:
        found = [Tally(one.label, one.count, one.share) for one in whole.estimates if one.axis == axis]
        if found:
            add_tallies(add(grid, "div"), axis.capitalize(), found)
    methods = dict.fromkeys(one.method for one in whole.estimates)
    few = " The documents are few, so take the intervals with care." if whole.is_few else ""
    add(section, "p", f"Intervals: {', '.join(methods)}.{few}", class_="h-note")


def _rows(documents: Sequence[ViewedDocument]) -> list[LabelledRow]:
    return [
        LabelledRow.model_validate({"doc": str(number), "spans": (), **{axis: sentence.label(axis) for axis in AXES}})
        for number, document in enumerate(documents)
        for sentence in document.sentences
    ]
