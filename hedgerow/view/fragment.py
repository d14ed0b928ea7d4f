"""A document or a sentence as a piece of HTML for a notebook: its own style, no script, light and dark."""

from __future__ import annotations

from hedgerow.report.markup import add, element, to_html
from hedgerow.results import Document, Prediction
from hedgerow.view.document_markup import add_text_blocks
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.tallies import heads_of, percent, tallies
from hedgerow.view.whole_page import asset

SHOWN = 500  # sentences: a notebook keeps the output of every cell


def write_fragment(labelled: Document | Prediction) -> str:
    """Return the document, or the sentence, as HTML with its style; the classes all begin with h- below one root."""
    document = ViewedDocument.of(labelled)
    root = element("div", class_="hedgerow-view h-fragment")
    add(root, "style").text = asset("marks.css")
    shown = ViewedDocument(document.name, document.sentences[:SHOWN], document.text)
    add_text_blocks(root, shown)
    more = len(document.sentences) - len(shown.sentences)
    rest = f"; the first {SHOWN} are shown, to_html(path) writes all" if more > 0 else ""
    add(root, "p", f"{_told(document)}{rest}", class_="h-note")
    return to_html(root)


def _told(document: ViewedDocument) -> str:
    """Return the labels of one sentence with their scores, or the shares of the labels of several."""
    if len(document.sentences) == 1:
        prediction = document.sentences[0].prediction
        by_head = {head: prediction.scores(head) for head in prediction.label_heads}
        labels = (
            f"{name} {max(scores, key=scores.__getitem__)} {100 * max(scores.values()):.0f} %"
            for name, scores in by_head.items()
        )
        every = (*prediction.spans, *(span for own in prediction.other_spans.values() for span in own))
        spans = (f"{span.type}: {span.text}" for span in every)
        return "; ".join((*labels, *spans))
    heads = heads_of(document.sentences)
    found = (tally for head in heads for tally in tallies(document.sentences, head) if tally.count)
    shares = ", ".join(f"{tally.label} {percent(tally.share.value)}" for tally in found)
    return f"{len(document.sentences):,} sentences{f': {shares}' if shares else ''}"
