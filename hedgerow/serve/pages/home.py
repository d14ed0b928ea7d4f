"""The first page: paste a text, or choose a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hedgerow.io.plural import count
from hedgerow.report.markup import Element, add, add_text
from hedgerow.serve.pages.frame import Frame

_FORMATS = "Text, Markdown, HTML, Word, PDF, EPUB, mail, subtitles, or a table with a column text."


@dataclass(frozen=True, slots=True)
class CorpusState:
    """What the pages say of the corpus that is corrected: its name, its rows, and those that a person has decided."""

    name: str
    rows: int
    reviewed: int
    is_blind: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What the first page offers: the models, the largest file in bytes, the corpus if one is corrected, a way out."""

    models: Sequence[str]
    most_bytes: int
    corpus: CorpusState | None = None
    has_token: bool = False


def add_home(page: Frame, choice: Choice, text: str = "") -> None:
    """Add the form, with `text` in it, and what becomes of a text."""
    if choice.corpus is not None:
        _add_corpus(page.main, choice.corpus)
    form = add(
        page.main, "form", class_="s-form", id="form", action="/view", method="post", enctype="multipart/form-data"
    )
    form.set("data-most", str(choice.most_bytes))
    label = add(form, "label", "Paste an English text", for_="pasted")
    add_text(label, ", ")
    add(label, "a", "or begin with an example", href="/?example=1")
    area = add(form, "textarea", id="pasted", name="text", rows=12, dir="auto", spellcheck="false")
    area.text = f"\n{text}" if text else ""  # a browser drops the first line end
    row = add(form, "div", class_="s-row")
    file = add(row, "label", "or choose a file, or drop one here ", class_="s-file", for_="file")
    add(file, "input", type="file", id="file", name="file", aria_describedby="formats")
    _add_models(row, choice.models)
    buttons = add(form, "div", class_="s-row")
    _add_buttons(buttons, choice.corpus)
    add(form, "p", class_="s-error", id="problem", role="alert", hidden="hidden")
    add(form, "p", f"{_FORMATS} At most {choice.most_bytes / 2**20:,.3g} MB.", class_="h-note", id="formats")
    _add_promise(page.main, choice.corpus)
    if choice.has_token:
        logout = add(page.main, "form", class_="s-tools", action="/logout", method="post")
        add(logout, "button", "Log out", type="submit")


def _add_models(parent: Element, models: Sequence[str]) -> None:
    if len(models) == 1:
        add(parent, "span", f"Model: {models[0]}", class_="h-note")
        return
    label = add(parent, "label", "Model ", class_="s-model")
    select = add(label, "select", name="model")
    for model in models:
        add(select, "option", model, value=model)


def _add_buttons(parent: Element, corpus: CorpusState | None) -> None:
    if corpus is None:
        add(parent, "button", "Label the text", type="submit", class_="s-main")
    elif corpus.is_blind:
        add(parent, "button", "Label it yourself", type="submit", class_="s-main", formaction="/corrections/text")
    else:
        add(parent, "button", "Label the text", type="submit", class_="s-main")
        add(parent, "button", "Label and correct", type="submit", formaction="/corrections/text")


def _add_corpus(parent: Element, corpus: CorpusState) -> None:
    section = add(parent, "section", class_="s-box", aria_label="Corpus")
    told = f"{corpus.name}: {count(corpus.rows, 'row')}, {corpus.reviewed:,} of them decided by a person. "
    line = add(
        section,
        "p",
        told if corpus.rows else f"{corpus.name} has no rows yet: each sentence that you save becomes one. ",
    )
    if corpus.rows:
        add(line, "a", "Correct its rows", href="/corrections")
    if corpus.is_blind:
        add(section, "p", "The labels of a sentence are hidden until you have saved your own.", class_="h-note")


def _add_promise(parent: Element, corpus: CorpusState | None) -> None:
    kept = "" if corpus is None else f" Only sentences that you save are kept, in {corpus.name}."
    add(
        parent,
        "p",
        f"Your text goes to this server and nowhere else. It is labelled, and neither kept on disk nor logged.{kept}",
        class_="s-promise",
    )
