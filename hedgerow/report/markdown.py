"""Render a page as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from hedgerow.report.markdown_text import block, heading, inline, words
from hedgerow.report.page import Bar, Cell, Definitions, Figure, Folded, Items, Link, Marked, Page, Part, Strong, Table

_MARKS = {"": ("", ""), "found": ("[", "]"), "missed": ("[-", "-]"), "wrong": ("{+", "+}")}


def to_markdown(page: Page) -> str:
    """Return the page as Markdown; of figures it shows those that have a file, by its name beside the page."""
    blocks = [heading(1, page.title)]
    if page.facts:
        blocks.append(_items(f"{words(name)}: {inline(value)}" for name, value in page.facts))
    blocks += [f"> **{inline(warning).strip()}**" for warning in page.warnings]
    blocks += _paragraphs(page.text)
    for section in page.sections:
        blocks += [heading(section.level, section.title), *_paragraphs(section.text)]
        blocks += [made for part in section.parts for made in _blocks(part)]
        blocks += _paragraphs(section.notes)
    return "\n\n".join(blocks) + "\n"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a pipe table whose cells are shown as they are, on one line each."""
    return _table([[words(str(cell)) for cell in line] for line in (header, *rows)])


def table_as_markdown(table: Table) -> str:
    """Return a table of a page as a pipe table, without its caption."""
    return _table([[_cell(cell) for cell in line] for line in (table.header, *table.rows)])


def _table(lines: Sequence[Sequence[str]]) -> str:
    """Return a pipe table of Markdown, the header first; a bar in a cell is escaped."""
    header, *rows = ([cell.strip().replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, ["---"] * len(header), *rows))


def _blocks(part: Part) -> Iterator[str]:
    """Yield the blocks of a part."""
    match part:
        case Table():
            if part.caption:
                yield block(inline(part.caption))
            yield table_as_markdown(part)
        case Figure():
            if part.file:
                yield f"![{inline(part.caption)}]({quote(part.file)})"
        case Items():
            yield _items(map(inline, part.texts))
        case Definitions():
            yield _items(f"{_strong(term)}: {inline(meaning)}" for term, meaning in part.rows)
        case Folded():
            yield _strong(part.title)
            for folded in part.parts:
                yield from _blocks(folded)


def _paragraphs(texts: Iterable[str]) -> list[str]:
    return [block(inline(text)) for text in texts]


def _items(lines: Iterable[str]) -> str:
    return "\n".join(f"- {block(line)}" for line in lines)


def _strong(text: str) -> str:
    return f"**{words(text).strip()}**"


def _cell(cell: Cell) -> str:
    """Return a cell in Markdown; a marked sentence shows [found], [-missed-] and {+wrong+} characters."""
    match cell:
        case Link():
            return f"[{words(cell.text)}]({quote(cell.path)})"
        case Strong():
            return _strong(cell.text)
        case Bar():
            return words(cell.text)
        case Marked():
            return "".join(map(_marked, cell.pieces()))
    return words(str(cell))


def _marked(piece: tuple[str, str]) -> str:
    """Return a piece of a marked sentence; a bracket at its start would make a link of the piece before."""
    outcome, text = piece
    before, after = _MARKS[outcome]
    shown = words(text)
    return f"{before}\\{shown}{after}" if shown.startswith("(") and not outcome else f"{before}{shown}{after}"
