"""A document as HTML: its strip, its text, its counts, and who says what in it."""

from __future__ import annotations

from hedgerow.io.plural import count
from hedgerow.report.markup import Element, add, add_text, excerpt
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.legend import spoken
from hedgerow.view.sentence_markup import add_sentence
from hedgerow.view.strip import add_strip
from hedgerow.view.tallies import add_tallies, heads_of, tallies, title_of
from hedgerow.view.text_blocks import Block, blocks
from hedgerow.view.who_says import Source, Speakers

_SIZES = ((80, "h-line"), (400, "h-few"), (1200, "h-some"))  # characters: how tall a block is before it is laid out
BLOCK_TAGS = {"heading": "h3", "item": "p", "paragraph": "p"}
_GUESSED = "The text itself was not kept, so paragraphs are guessed from the gaps between sentences."


def add_document(
    parent: Element, document: ViewedDocument, number: int, speakers: Speakers, *, titled: bool = True
) -> None:
    """Add the document as a section; its sentences have the ids s{number}-1, s{number}-2, ...

    Without a title of its own it is the page's only document, under the page's title.
    """
    section = add(parent, "section", class_="h-doc", id=f"d{number}", aria_labelledby=f"d{number}-name")
    title = add(section, "h2", id=f"d{number}-name", class_=None if titled else "h-spoken")
    add(title, "bdi", (document.name or f"text {number}") if titled else "Text")
    columns = add(section, "div", class_="h-columns")
    reading = add(columns, "div", class_="h-reading")
    if any(sentence.prediction.axes for sentence in document.sentences):
        add_strip(add(reading, "div", class_="h-strip-place"), document.sentences, number)
    text = add(reading, "div", class_="h-text")
    add_text_blocks(text, document, number, speakers)
    side = add(columns, "div", class_="h-side")
    _add_speakers(side, document, speakers, number)
    _add_counts(side, document, number)


def add_short_document(parent: Element, document: ViewedDocument, number: int, speakers: Speakers) -> None:
    """Add the document as its title and its text: one of very many."""
    section = add(parent, "section", class_="h-doc h-short", id=f"d{number}", aria_labelledby=f"d{number}-name")
    add(add(section, "h2", id=f"d{number}-name"), "bdi", document.name or f"text {number}")
    add_text_blocks(add(section, "div", class_="h-text"), document, number, speakers)


def add_text_blocks(
    parent: Element, document: ViewedDocument, number: int | None = None, speakers: Speakers | None = None
) -> None:
    """Add the text in its blocks; its sentences can be chosen if the document has a `number`."""
    if number is not None and document.text is None and len(document.sentences) > 1:
        add(parent, "p", _GUESSED, class_="h-note")
    at = 0
    for block in blocks(document):
        _add_block(parent, block, (at, number), speakers)
        at += len(block.sentences)


def add_gap(parent: Element, block: Block, at: int) -> None:
    """Add what stands before sentence `at` of a block: a line break, a space, or nothing before the first."""
    if at in block.breaks:
        add(parent, "br")
    elif at:
        add_text(parent, " ")


def _add_block(parent: Element, block: Block, place: tuple[int, int | None], speakers: Speakers | None) -> None:
    start, number = place
    length = sum(len(sentence.prediction.text) for sentence in block.sentences)
    size = next((size for limit, size in _SIZES if length <= limit), "h-tall")
    made = add(parent, BLOCK_TAGS[block.kind], class_=f"h-block h-{block.kind} {size}", dir="auto")
    for at, sentence in enumerate(block.sentences):
        add_gap(made, block, at)
        identity = None if number is None else f"s{number}-{start + at + 1}"
        sources = () if speakers is None else speakers.of_sentence[start + at]
        add_sentence(made, sentence, identity, sources)


def _add_counts(parent: Element, document: ViewedDocument, number: int) -> None:
    section = add(parent, "div", class_="h-counts")
    add(section, "h3", "Counts", id=f"d{number}-counts")
    heads = heads_of(document.sentences)
    for head in heads:
        if found := tallies(document.sentences, head):
            add_tallies(section, title_of(head), found)
        having = [sentence for sentence in document.sentences if head in sentence.prediction.label_heads]
        empty = sum(sentence.label(head) is None for sentence in having) + len(document.sentences) - len(having)
        if empty:
            add(section, "p", f"{count(empty, 'sentence')} without a label of {head}", class_="h-note")
    if not heads:
        add(section, "p", "The model gives sentences no label.", class_="h-note")
        return
    note = "Intervals are Wilson's. Sentences of one text lean on each other, so the true range is rather wider."
    add(section, "p", note, class_="h-note")


def _add_speakers(parent: Element, document: ViewedDocument, speakers: Speakers, number: int) -> None:
    section = add(parent, "div", class_="h-speakers")
    add(section, "h3", "Who says what", id=f"d{number}-who")
    if not speakers.sources:
        add(section, "p", "No source was found.", class_="h-note")
    for source in sorted(speakers.sources, key=lambda one: (-len(one.places), one.number)):
        _add_source(section, source, document, number)


def _add_source(parent: Element, source: Source, document: ViewedDocument, number: int) -> None:
    details = add(parent, "details", class_="h-who", data_source=f"{number}-{source.number}")
    summary = add(details, "summary")
    add(add(summary, "mark", class_=f"h-source h-{source.type}"), "bdi", excerpt(source.name, 60))
    add_text(summary, f" {spoken(source.type.removeprefix('source_'))}, {count(len(source.places), 'sentence')}")
    places = add(details, "ul")
    for place in source.places:
        _add_place(places, source, document, (number, place))


def _add_place(parent: Element, source: Source, document: ViewedDocument, at: tuple[int, int]) -> None:
    number, place = at
    sentence = document.sentences[place]
    item = add(parent, "li")
    told = ", ".join(sentence.label(head) or "no label" for head in sentence.prediction.label_heads)
    link = add(item, "a", href=f"#s{number}-{place + 1}")
    add(link, "bdi", excerpt(sentence.prediction.text))
    if place in source.continued:
        told = f"{told}, continued" if told else "continued"
    if told:
        add(item, "small", told)
