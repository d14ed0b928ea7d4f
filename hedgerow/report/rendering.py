"""Render a page as Markdown, or as one HTML file that needs no script, no network and no other file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hedgerow.report.page import Cell, Figure, Link, Marked, Page, Section, Table
from hedgerow.report.tables import markdown

_MARKS = {"": ("", ""), "found": ("[", "]"), "missed": ("[-", "-]"), "wrong": ("{+", "+}")}


def to_markdown(page: Page) -> str:
    """Return the page as Markdown, without figures: their numbers are in the tables."""
    parts = [f"# {page.title}", "\n".join(f"- {name}: {value}" for name, value in page.facts)]
    parts += [f"> **{warning}**" for warning in page.warnings]
    for section in page.sections:
        parts += [f"{'#' * section.level} {section.title}", *section.text]
        for table in section.parts:
            if isinstance(table, Table):
                parts += [table.caption] if table.caption else []
                parts.append(markdown(table.header, [[_plain(cell) for cell in row] for row in table.rows]))
    return "\n\n".join(parts) + "\n"


def to_html(page: Page) -> str:
    """Return the page as HTML with its style inside; figures are SVG in the colours of the page, light and dark."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # labelling does not need it

    environment = Environment(
        loader=PackageLoader("hedgerow.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["marked"] = lambda cell: isinstance(cell, Marked)
    environment.tests["link"] = lambda cell: isinstance(cell, Link)
    environment.tests["a_figure"] = lambda part: isinstance(part, Figure)
    environment.filters["code"] = _code
    return environment.get_template("page.html").render(page=page, anchors=_anchors(page.sections))


def _plain(cell: Cell) -> str:
    """Return a cell in Markdown; a marked sentence shows [found], [-missed-] and {+wrong+} characters."""
    if isinstance(cell, Link):
        return f"[{cell.text}]({cell.markdown})"
    if not isinstance(cell, Marked):
        return str(cell)
    pieces = ((_MARKS[outcome], words) for outcome, words in cell.pieces())
    return "".join(f"{before}{words}{after}" for (before, after), words in pieces)


def _anchors(sections: Sequence[Section]) -> list[str]:
    """Return an anchor for each section; one of level 3 begins with the name of its chapter."""
    anchors = []
    chapter = ""
    for section in sections:
        chapter = section.title if section.level == 2 else chapter
        anchors.append(_anchor(section.title if section.level == 2 else f"{chapter} {section.title}"))
    return anchors


def _anchor(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def _code(value: str) -> list[tuple[bool, str]]:
    """Return the pieces of a text with backquotes: (is code, words)."""
    return [(at % 2 == 1, part) for at, part in enumerate(value.split("`")) if part]
