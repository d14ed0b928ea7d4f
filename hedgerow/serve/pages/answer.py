"""The answer to a text: the page of `hedgerow view`, with downloads, and why a sentence has its labels on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from hedgerow.io.plural import count
from hedgerow.readers.input_text import Rejected
from hedgerow.report.markup import Element, add, content_policy
from hedgerow.serve.pages.carried import FIELD, Carried, pack
from hedgerow.serve.pages.downloads import MEDIA
from hedgerow.serve.pages.frame import ALLOWED, RETURNABLE, asset, page_answer
from hedgerow.view import About, write_page
from hedgerow.view.whole_page import Additions, script_of_page, style_of_page

_SHOWN = 5  # rejected rows


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the page shows: the documents with their model, the rejected rows, whether they can be corrected here."""

    carried: Carried
    about: About
    rejected: Sequence[Rejected] = ()
    can_correct: bool = False


def answer_page(labelled: Labelled) -> Response:
    """Return the labelled documents as a page."""
    additions = Additions(
        asset("serve.css"), asset("post.js") + asset("why.js"), lambda main: _add_tools(main, labelled), ALLOWED
    )
    html = write_page(labelled.carried.documents, labelled.about, additions=additions)
    return page_answer(
        html, content_policy(style_of_page(additions), script_of_page(additions), ALLOWED), headers=RETURNABLE
    )


def _add_tools(main: Element, labelled: Labelled) -> None:
    """Add what can be done with the answer; the documents themselves travel in the form."""
    main.set("data-model", labelled.carried.model)
    _add_rejected(main, labelled.rejected)
    form = add(
        main, "form", class_="s-tools", action="/download", method="post", enctype="multipart/form-data",
        aria_label="What to do with the labels",
    )  # fmt: skip
    add(form, "textarea", pack(labelled.carried), name=FIELD, hidden="hidden", aria_label="Labelled rows")
    add(form, "a", "Another text", href="/")
    if labelled.can_correct:
        add(form, "button", "Correct these labels", type="submit", formaction="/corrections/labelled", class_="s-main")
    add(form, "span", "Download", class_="h-note")
    for kind in MEDIA:
        add(form, "button", kind.upper(), type="submit", name="format", value=kind)


def _add_rejected(main: Element, rejected: Sequence[Rejected]) -> None:
    if not rejected:
        return
    box = add(main, "div", class_="s-error", role="status")
    add(box, "p", f"{count(len(rejected), 'row')} could not be labelled:")
    rows = add(box, "ul")
    for one in rejected[:_SHOWN]:
        add(add(rows, "li"), "bdi", str(one))
    if len(rejected) > _SHOWN:
        add(box, "p", f"and {len(rejected) - _SHOWN:,} more", class_="h-note")
