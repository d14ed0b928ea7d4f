"""A page of labelled documents: one HTML file that needs no other and asks no server for anything.

A browser runs only the page's own style and script, which the content security policy knows by their hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hedgerow.io.plural import count
from hedgerow.labelling.layout import PAGE_GENERATOR
from hedgerow.labels import AXES, CODEBOOK_VERSION
from hedgerow.report.markup import CLOSED, Element, add, content_policy, element, excerpt, to_html
from hedgerow.view.about import About
from hedgerow.view.document_markup import add_document, add_short_document
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.explaining import Explanation
from hedgerow.view.explanation_markup import add_explanation
from hedgerow.view.filters import add_filters
from hedgerow.view.index import add_index
from hedgerow.view.legend import add_legend
from hedgerow.view.tallies import heads_of
from hedgerow.view.totals import add_totals
from hedgerow.view.who_says import find_speakers
from hedgerow.writers.records import LabelledSentence

LONG = 200  # sentences of a page whose blocks a browser lays out only when it shows them
MANY = 50  # documents: of more, only all together have counts, a strip and sources, or the page would be huge
_HELP = "Point at a sentence, tap it, or go through them with j and k."


@cache
def asset(name: str) -> str:
    """Return the text of a style or script of this room."""
    return resources.files("hedgerow.view").joinpath(name).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Additions:
    """What a server adds to a page: style, script, elements above the text, and what the policy allows beyond them."""

    style: str
    script: str
    add_tools: Callable[[Element], None]
    allowed: str = CLOSED


def style_of_page(additions: Additions | None = None) -> str:
    """Return the style of a page of documents."""
    return asset("marks.css") + asset("page.css") + ("" if additions is None else additions.style)


def script_of_page(additions: Additions | None = None) -> str:
    """Return the script of a page of documents."""
    return asset("page.js") + asset("theme.js") + ("" if additions is None else additions.script)


def write_page(
    documents: Sequence[ViewedDocument],
    about: About,
    explanations: Mapping[int, Explanation] | None = None,
    additions: Additions | None = None,
) -> str:
    """Return the page of documents as HTML; `explanations` are of sentences of the first document, by their number."""
    title = excerpt(documents[0].name, 60) or "text" if len(documents) == 1 else count(len(documents), "document")
    root = element("html", lang="en")
    style, script = style_of_page(additions), script_of_page(additions)
    allowed = CLOSED if additions is None else additions.allowed
    every = [sentence for document in documents for sentence in document.sentences]
    heads = heads_of(every)
    add_head(root, f"{title}: {' and '.join(heads) or 'spans'}", style, content_policy(style, script, allowed))
    body = add(root, "body", class_="hedgerow-view h-page")
    add(body, "a", "Go to the text", href="#text", class_="h-skip")
    _add_header(body, title, documents, about)
    is_long = sum(len(document.sentences) for document in documents) > LONG
    main = add(body, "main", id="text", tabindex=-1, class_="h-long" if is_long else None)
    if additions is not None:
        additions.add_tools(main)
    if len(documents) > 1:
        add_index(main, documents)
        add_totals(main, documents)
    speakers = [find_speakers(document.sentences) for document in documents]
    add_filters(main, documents, speakers)
    for number, (document, own) in enumerate(zip(documents, speakers, strict=True), 1):
        if len(documents) > MANY:
            add_short_document(main, document, number, own)
        else:
            add_document(main, document, number, own, titled=len(documents) > 1)
    for number, explanation in (explanations or {}).items():
        add_explanation(main, explanation, number)
    add_legend(main, _absent(every, heads))
    _add_footer(body, about)
    panel = add(body, "aside", id="panel", class_="h-panel", hidden="hidden", aria_label="The chosen sentence")
    add(panel, "button", "×", type="button", id="close", aria_label="Close")
    add(add(panel, "div", id="panel-content", aria_live="polite"), "p", _HELP, class_="h-note")
    add(body, "script").text = script
    return f"<!DOCTYPE html>\n{to_html(root)}\n"


def _absent(sentences: Sequence[LabelledSentence], heads: Collection[str]) -> list[str]:
    """Return the kinds of the legend that the page has nothing of: the model lacks them."""
    axes = [axis for axis in AXES if axis not in heads]
    has_spans = any(sentence.prediction.spans for sentence in sentences)
    return axes if has_spans or len(axes) < len(AXES) else [*axes, "cues", "sources"]


def add_head(root: Element, title: str, style: str, content_policy: str) -> None:
    """Add the head of a page."""
    head = add(root, "head")
    add(head, "meta", charset="utf-8")
    add(head, "meta", http_equiv="Content-Security-Policy", content=content_policy)
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "meta", name="color-scheme", content="light dark")
    add(head, "meta", name="referrer", content="no-referrer" if content_policy.endswith(CLOSED) else "same-origin")
    add(head, "meta", name="generator", content=PAGE_GENERATOR)
    add(head, "title", title)
    add(head, "style").text = style


def _add_header(body: Element, title: str, documents: Sequence[ViewedDocument], about: About) -> None:
    header = add(body, "header", class_="h-header")
    add(add(header, "h1"), "bdi", title)
    add(header, "button", "Theme: system", type="button", id="theme", hidden="hidden")
    sentences = sum(len(document.sentences) for document in documents)
    add(header, "p", f"{count(sentences, 'sentence')}, {about.line()}", class_="h-note")
    links = add(header, "nav", class_="h-nav", aria_label="Parts of the page")
    if len(documents) == 1:
        add(links, "a", "Who says what", href="#d1-who")
        add(links, "a", "Counts", href="#d1-counts")
    else:
        add(links, "a", "Documents", href="#index-title")
        add(links, "a", "Counts", href="#totals-title")
    add(links, "a", "What the marks mean", href="#legend")


def _add_footer(body: Element, about: About) -> None:
    footer = add(body, "footer", class_="h-footer")
    add(footer, "h2", "About these labels")
    add(footer, "p", f"{about.line()[:1].upper()}{about.line()[1:]}, codebook {CODEBOOK_VERSION}.")
    add(footer, "p", about.calibration)
    add(
        footer,
        "p",
        "A model gave the labels, and some are wrong. They say how a sentence is put, not whether it is true.",
    )
