"""The page on which a person corrects labels: the text, and an editor for the chosen sentence.

The script draws the marks and saves; the page brings the rows as data, never as markup.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from hedgerow.labels import AXES, SpanType
from hedgerow.report.markup import Element, add, add_text
from hedgerow.serve.pages.frame import Frame
from hedgerow.serve.pages.home import CorpusState
from hedgerow.serve.pages.sheets import Sheet
from hedgerow.view.document_markup import BLOCK_TAGS, add_gap
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.legend import TITLES, definitions, spoken
from hedgerow.view.text_blocks import blocks
from hedgerow.view.whole_page import LONG

SCRIPTS = ("post.js", "sentence_text.js", "correct_rows.js", "marking.js", "correct.js")
_LABEL_KEYS = {"certainty": "1234", "stance": "56789"}
TYPE_KEYS: Mapping[str, str] = {
    "modal": "m", "epistemic": "e", "hearsay": "h", "attribution": "a", "factive": "f", "denial": "d",
    "approximator": "x", "condition": "c", "booster": "b", "source_named": "n", "source_unnamed": "u",
    "source_vague": "v",
}  # fmt: skip
_KEYS = {
    "j, k": "next, previous sentence",
    "1 to 4, 5 to 9": "certainty, stance",
    "w": "mark words; then arrows move by word, and take more words with Shift",
    "Alt + arrow": "move the end of the marked words by a letter, with Shift their start",
    "a letter": "the type of the marked words, as on its button",
    "Delete": "remove the span at the marked words",
    "Enter": "accept and save",
    "s": "skip; of a saved sentence, take back",
    "z": "undo what is not saved",
    "Escape": "leave the marked words, then the sentence",
}


def add_correcting(page: Frame, sheet: Sheet, corpus: CorpusState) -> None:
    """Add the sentences of a sheet, and the editor."""
    add(add(page.main, "noscript"), "p", "Corrections need JavaScript, which is off in this browser.", class_="s-error")
    columns = add(page.main, "div", class_="c-columns")
    long = " c-long" if len(sheet.rows) > LONG else ""
    text = add(columns, "div", class_=f"h-text c-text{long}", id="sheet", role="group", aria_label="Sentences")
    text.set("data-rows", json.dumps(sheet.rows))
    text.set("data-key", secrets.token_hex(8))  # to know the page again when the browser goes back to it
    text.set("data-corpus", corpus.name)
    if corpus.is_blind:
        text.set("data-blind", "1")
    add(text, "h2", "Text", class_="h-spoken")
    at = 0
    for document in sheet.documents:
        at = _add_document(text, document, at, titled=len(sheet.documents) > 1 and not corpus.is_blind)
    _add_editor(add(columns, "aside", class_="c-editor", id="editor", aria_label="The chosen sentence"))


def _add_document(parent: Element, document: ViewedDocument, at: int, *, titled: bool) -> int:
    """Add the sentences of a document; the first has the number `at`. Return the number after its last.

    The name of a group may say what its sentences were written for, so whoever labels blind does not see it.
    """
    if titled and len(document.sentences) > 1:
        add(add(parent, "h2", class_="c-name"), "bdi", document.name)
    for block in blocks(document):
        made = add(parent, BLOCK_TAGS[block.kind], class_=f"h-block h-{block.kind}", dir="auto")
        for number, sentence in enumerate(block.sentences):
            add_gap(made, block, number)
            add(made, "span", sentence.prediction.text, class_="h-s", id=f"s{at}", tabindex=-1, role="button")
            at += 1
    return at


def _add_editor(editor: Element) -> None:
    editor.set("hidden", "hidden")
    head = add(editor, "div", class_="c-head")
    add(head, "h2", "Sentence", id="title")
    add(head, "button", "←", type="button", id="previous", aria_label="Previous sentence")
    add(head, "button", "→", type="button", id="next", aria_label="Next sentence")
    add(head, "button", "×", type="button", id="leave", aria_label="Close the editor")
    add(
        editor, "p", class_="c-line", id="line", tabindex=0, role="group", dir="auto",
        aria_label="Words of the sentence; drag over words, or press w, to mark them",
    )  # fmt: skip
    add(editor, "p", class_="h-spoken", id="marked", role="status")
    for axis in AXES:
        _add_labels(editor, axis)
    _add_types(editor)
    add(editor, "ul", id="spans", class_="c-spans", aria_label="Spans")
    foot = add(editor, "div", class_="c-foot")
    add(foot, "p", id="told", class_="c-told", role="status")
    add(foot, "p", id="compared", class_="c-told", role="status")
    actions = add(foot, "div", class_="c-actions")
    for identity, title, key in (
        ("save", "Accept and save", "Enter"),
        ("skip", "Skip", "s"),
        ("reset", "Undo", "z"),
    ):
        button = add(actions, "button", f"{title} ", type="button", id=identity)
        if identity == "save":
            button.set("class", "s-main")
        add(button, "kbd", key)
    details = add(editor, "details", class_="c-keys")
    add(details, "summary", "Keys")
    listed = add(details, "dl")
    for key, meaning in _KEYS.items():
        add(add(listed, "dt"), "kbd", key)
        add(listed, "dd", meaning)


def _add_labels(parent: Element, axis: str) -> None:
    group = add(parent, "div", class_="c-group", role="group", aria_label=TITLES[axis])
    add(group, "span", TITLES[axis], class_="c-title", aria_hidden="true")
    for label, key in zip(AXES[axis], _LABEL_KEYS[axis], strict=True):
        meaning, _ = definitions()[axis][label]
        button = add(group, "button", type="button", class_="c-label", title=meaning, aria_pressed="false")
        button.set("data-axis", axis)
        button.set("data-value", label)
        button.set("data-key", key)
        add(button, "kbd", key)
        add_text(button, f" {label} ")
        add(button, "small", class_="c-score")


def _add_types(parent: Element) -> None:
    for title, is_source in (("cues", False), ("sources", True)):
        group = add(parent, "div", class_="c-group c-types", role="group", aria_label=f"Mark as: {TITLES[title]}")
        add(group, "span", TITLES[title], class_="c-title", aria_hidden="true")
        for kind in SpanType:
            if kind.is_source is is_source:
                meaning, _ = definitions()[title][kind]
                button = add(group, "button", type="button", class_="c-type", title=meaning, disabled="disabled")
                button.set("data-type", kind)
                button.set("data-key", TYPE_KEYS[kind])
                add(button, "kbd", TYPE_KEYS[kind])
                add_text(button, f" {spoken(kind.removeprefix('source_'))}")
