"""The index of several documents: their sizes and shares, in a table that the page's script sorts."""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.io.plural import count
from hedgerow.labels import AXES
from hedgerow.report.markup import Element, add
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.tallies import Tally, heads_of, percent, stacked_bar, tallies

# The columns of shares: a label that every text is full of (`certain`, `asserted`) is in the bar only.
_LABELS = {
    "certainty": ("probable", "possible", "uncommitted"),
    "stance": ("attributed", "endorsed", "distanced", "disputed"),
}


def add_index(parent: Element, documents: Sequence[ViewedDocument]) -> None:
    """Add the index; each name leads to the section of its document."""
    section = add(parent, "section", class_="h-index", aria_labelledby="index-title")
    sentences = sum(len(document.sentences) for document in documents)
    title = f"{count(len(documents), 'document')}, {count(sentences, 'sentence')}"
    add(section, "h2", title, id="index-title")
    scroll = add(section, "div", class_="h-scroll", tabindex=0, role="group", aria_label="Table of documents")
    table = add(scroll, "table", id="index")
    head = add(add(table, "thead"), "tr")
    columns = _columns(documents)
    names = (label if axis in AXES else f"{axis}: {label}" for axis, label in columns)
    for at, name in enumerate(("document", "sentences", *names)):
        add(add(head, "th", scope="col"), "button", name, type="button", class_="h-sort", data_column=at)
    with_bar = any(axis == "certainty" for axis, _ in columns)
    if with_bar:
        add(head, "th", "certainty", scope="col")
    body = add(table, "tbody")
    for number, document in enumerate(documents, 1):
        row = _add_row(body, document, number, columns)
        if with_bar:
            found = tallies(document.sentences, "certainty")
            stacked_bar(add(row, "td"), [(tally.label, tally.share.value) for tally in found])


def _columns(documents: Sequence[ViewedDocument]) -> list[tuple[str, str]]:
    """Return the head and the label of each column of shares: of the axes those of _LABELS, of own heads all."""
    heads = heads_of(sentence for document in documents for sentence in document.sentences)
    return [(head, label) for head, labels in heads.items() for label in _LABELS.get(head, labels)]


def _add_row(parent: Element, document: ViewedDocument, number: int, columns: Sequence[tuple[str, str]]) -> Element:
    row = add(parent, "tr")
    name = add(row, "th", scope="row", data_value=document.name)
    add(add(name, "a", href=f"#d{number}"), "bdi", document.name or f"text {number}")
    add(row, "td", f"{len(document.sentences):,}", data_value=len(document.sentences))
    found = {head: tallies(document.sentences, head) for head in dict.fromkeys(head for head, _ in columns)}
    for head, label in columns:
        share = _share(found[head], label)
        value = "-1" if share is None else f"{share:.5f}"
        add(row, "td", "–" if share is None else percent(share), data_value=value)
    return row


def _share(found: Sequence[Tally], label: str) -> float | None:
    return next((tally.share.value for tally in found if tally.label == label), None)
