"""Render a page as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hedgerow.report.page import Bar, Cell, Definitions, Figure, Folded, Items, Link, Marked, Page, Part, Strong, Table

_MARKS = {"": ("", ""), "found": ("[", "]"), "missed": ("[-", "-]"), "wrong": ("{+", "+}")}


def to_markdown(page: Page) -> str:
    """Return the page as Markdown; of figures it shows those that have a file, by its name beside the page."""
    blocks = [f"# {page.title}"]
    if page.facts:
        blocks.append(_items(f"{name}: {value}" for name, value in page.facts))
    blocks += [f"> **{warning}**" for warning in page.warnings]
    blocks += page.text
    for section in page.sections:
        blocks += [f"{'#' * section.level} {section.title}", *section.text]
        blocks += [block for part in section.parts for block in _blocks(part)]
        blocks += section.notes
    return "\n\n".join(blocks) + "\n"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a pipe table; a bar in a cell is escaped, a line break becomes a space."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_escaped(cell) for cell in line) + " |" for line in lines)


def table_as_markdown(table: Table) -> str:
    """Return a table of a page as a pipe table, without its caption."""
    return markdown_table(table.header, [[_plain(cell) for cell in row] for row in table.rows])


def _blocks(part: Part) -> Iterator[str]:
    """Yield the blocks of a part."""
    match part:
        case Table():
            if part.caption:
                yield part.caption
            yield table_as_markdown(part)
        case Figure():
            if part.file:
                yield f"![{part.caption}]({part.file})"
        case Items():
            yield _items(part.texts)
        case Definitions():
            yield _items(f"**{term}**: {meaning}" for term, meaning in part.rows)
        case Folded():
            yield f"**{part.title}**"
            for folded in part.parts:
                yield from _blocks(folded)


def _items(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _plain(cell: Cell) -> str:
    """Return a cell in Markdown; a marked sentence shows [found], [-missed-] and {+wrong+} characters."""
    match cell:
        case Link():
            return f"[{cell.text}]({cell.markdown})"
        case Strong():
            return f"**{cell.text}**"
        case Bar():
            return cell.text
        case Marked():
            pieces = ((_MARKS[outcome], words) for outcome, words in cell.pieces())
            return "".join(f"{before}{words}{after}" for (before, after), words in pieces)
    return str(cell)


def _escaped(cell: object) -> str:
    return " ".join(str(cell).replace("|", "\\|").splitlines())
