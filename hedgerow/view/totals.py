"""The counts of all documents of a page together, with intervals that know that sentences share documents."""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.report.markup import Element, add
from hedgerow.summary import summarise
from hedgerow.summary.rows import FoundHeads, LabelledRow, row_type
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.tallies import Tally, add_tallies, heads_of, title_of
from hedgerow.writers.records import LabelledSentence


def add_totals(parent: Element, documents: Sequence[ViewedDocument]) -> None:
    """Add the counts of all documents."""
    section = add(parent, "section", class_="h-totals", aria_labelledby="totals-title")
    add(section, "h2", "Counts of all documents", id="totals-title")
    whole = summarise(_rows(documents)).whole
    grid = add(section, "div", class_="h-totals-grid")
    for head in whole.labelled:
        found = [Tally(one.label, one.count, one.share) for one in whole.estimates if one.axis == head]
        if found:
            add_tallies(add(grid, "div"), title_of(head), found)
    methods = dict.fromkeys(one.method for one in whole.estimates)
    few = " The documents are few, so take the intervals with care." if whole.is_few else ""
    if not methods:
        add(section, "p", "No sentence has a label.", class_="h-note")
        return
    add(section, "p", f"Intervals: {', '.join(methods)}.{few}", class_="h-note")


def _rows(documents: Sequence[ViewedDocument]) -> list[LabelledRow]:
    heads = heads_of(sentence for document in documents for sentence in document.sentences)
    kind = row_type(FoundHeads(heads))
    return [
        kind.model_validate({"doc": str(number), "spans": (), **{head: _label(sentence, head) for head in heads}})
        for number, document in enumerate(documents)
        for sentence in document.sentences
    ]


def _label(sentence: LabelledSentence, head: str) -> str | None:
    return sentence.label(head) if head in sentence.prediction.label_heads else None
