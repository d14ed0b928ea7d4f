"""Render a page as one HTML file that needs no script, no network and no other file.

It is built as a tree of elements, so every text and attribute is escaped when the tree is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from urllib.parse import quote

from hedgerow.report.drawing import drawn_chart, stylesheet
from hedgerow.report.markup import Element, add, add_text, clean, content_policy, element, to_html
from hedgerow.report.page import (
    Bar,
    Cell,
    Definitions,
    Figure,
    Folded,
    Items,
    Link,
    Marked,
    Page,
    Part,
    Section,
    Strong,
    Table,
)
from hedgerow.report.text import pieces, plain

_BARS = 20  # lengths of a bar, each a rule of page.css: the policy allows no style of an element
_LONG = 24  # characters of a cell from which its text may be broken
# One number with its interval, "12 (few)", "12 few", "9 of 12", or none.
_NUMBER = re.compile(r"([-+−]?[\d.,]+(e[-+]?\d+)?( ?%| MB| s| few| of [\d,]+)?( [\[(][^\])]*[\])])?|[-–])?")


def page_as_html(page: Page) -> str:
    """Return the page as HTML with its style inside; figures are SVG in the colours of the page, light and dark."""
    root = element("html", lang="en")
    head = add(root, "head")
    add(head, "meta", charset="utf-8")
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "meta", name="color-scheme", content="light dark")
    style = stylesheet("chart.css") + stylesheet("page.css")
    add(head, "meta", http_equiv="Content-Security-Policy", content=content_policy(style))
    add(head, "title", page.title)
    add(head, "style").text = style
    main = add(add(root, "body"), "main")
    add(main, "h1", page.title)
    if page.facts:
        _add_facts(main, page.facts)
    for warning in page.warnings:
        _add_text(main, "p", warning, class_="warning")
    for paragraph in page.text:
        _add_text(main, "p", paragraph)
    anchors = _anchors(page.sections)
    _add_contents(main, page.sections, anchors)
    for section, anchor in zip(page.sections, anchors, strict=True):
        _add_section(main, section, anchor)
    return f"<!DOCTYPE html>\n{to_html(root)}\n"


def _add_facts(main: Element, facts: Sequence[tuple[str, str]]) -> None:
    listed = add(main, "dl", class_="facts")
    for name, value in facts:
        row = add(listed, "div")
        add(row, "dt", name)
        _add_text(row, "dd", value)


def _add_contents(main: Element, sections: Sequence[Section], anchors: Sequence[str]) -> None:
    """Add links to the chapters, if there are more than two."""
    chapters = [(section.title, at) for section, at in zip(sections, anchors, strict=True) if section.level == 2]
    if len(chapters) > 2:
        listed = add(add(main, "nav", aria_label="Contents"), "ul")
        for title, anchor in chapters:
            add(add(listed, "li"), "a", title, href=f"#{anchor}")


def _add_section(main: Element, section: Section, anchor: str) -> None:
    part_of_page = add(main, "section")
    add(part_of_page, f"h{section.level}", section.title, id=anchor)
    for paragraph in section.text:
        _add_text(part_of_page, "p", paragraph)
    if section.parts:
        parts = add(part_of_page, "div", class_="parts")
        for part in section.parts:
            _add_part(parts, part, section.title)
    for note in section.notes:
        _add_text(part_of_page, "p", note, class_="note")


def _add_part(parent: Element, part: Part, title: str) -> None:
    match part:
        case Table():
            _add_table(parent, part, title)
        case Figure():
            _add_figure(parent, part)
        case Items():
            listed = add(parent, "ul")
            for text in part.texts:
                _add_text(listed, "li", text)
        case Definitions():
            listed = add(parent, "dl")
            for term, meaning in part.rows:
                add(listed, "dt", term)
                _add_text(listed, "dd", meaning)
        case Folded():
            details = add(parent, "details", open="open" if part.is_open else None)
            add(details, "summary", part.title)
            for folded in part.parts:
                _add_part(details, folded, part.title)


def _add_figure(parent: Element, figure: Figure) -> None:
    drawn = add(parent, "figure", class_="panel" if figure.title else None)
    if figure.title:
        add(drawn, "figcaption", figure.title)
    drawn.append(drawn_chart(figure.chart, figure.caption))
    if not figure.title:
        _add_text(drawn, "figcaption", figure.caption)


def _add_table(parent: Element, table: Table, title: str) -> None:
    frame = add(parent, "div", class_="table", tabindex=0, role="group", aria_label=plain(table.caption) or title)
    drawn = add(frame, "table")
    if table.caption:
        _add_text(drawn, "caption", table.caption)
    numeric = [_is_numeric(column) for column in zip(*table.rows, strict=True)] or [False] * len(table.header)
    row = add(add(drawn, "thead"), "tr")
    for name, is_number in zip(table.header, numeric, strict=True):
        add(row, "th", name, scope="col", class_="number" if is_number else None)
    body = add(drawn, "tbody")
    for cells in table.rows:
        row = add(body, "tr")
        for at, (cell, is_number) in enumerate(zip(cells, numeric, strict=True)):
            _add_cell(row, cell, is_first=at == 0, is_number=is_number)


def _is_numeric(column: Sequence[Cell]) -> bool:
    """Whether all cells of a column are numbers, so that they are aligned on the right."""
    texts = [cell.text if isinstance(cell, (Strong, Bar)) else cell for cell in column]
    return all(isinstance(text, int) or (isinstance(text, str) and _NUMBER.fullmatch(text)) for text in texts)


def _add_cell(row: Element, cell: Cell, *, is_first: bool, is_number: bool) -> None:
    tag, scope = ("th", "row") if is_first and not isinstance(cell, Marked) else ("td", None)
    if isinstance(cell, Marked):
        _add_marked(add(row, "td", class_="sentence"), cell)
        return
    is_long = isinstance(cell, str) and len(cell) > _LONG and not is_number
    made = add(row, tag, scope=scope, class_="number" if is_number else "long" if is_long else None)
    match cell:
        case Link():
            add(made, "a", cell.text, href=quote(cell.path))
        case Strong():
            add(made, "strong", cell.text)
        case Bar():
            made.set("class", f"number bar-cell b{round(_BARS * cell.part)}")
            made.text = clean(cell.text)
        case _:
            made.text = clean(str(cell))


def _add_marked(cell: Element, sentence: Marked) -> None:
    for outcome, words in sentence.pieces():
        if outcome:
            add(cell, "mark", words, class_=outcome, title=outcome)
        else:
            add_text(cell, words)


def _add_text(parent: Element, tag: str, text: str, class_: str | None = None) -> None:
    """Add an element whose text may have words in backquotes, which become code."""
    made = add(parent, tag, class_=class_)
    for is_code, words in pieces(text):
        if is_code:
            add(made, "code", words)
        else:
            add_text(made, words)


def _anchors(sections: Sequence[Section]) -> list[str]:
    """Return an anchor for each section, unlike every other; one of level 3 begins with the name of its chapter."""
    anchors: dict[str, None] = {}
    chapter = ""
    for section in sections:
        chapter = section.title if section.level == 2 else chapter
        anchor = _anchor(section.title if section.level == 2 else f"{chapter} {section.title}")
        numbered = (anchor if number == 1 else f"{anchor}-{number}" for number in count(1))
        anchors[next(one for one in numbered if one and one not in anchors)] = None
    return list(anchors)


def _anchor(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")
