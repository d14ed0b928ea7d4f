"""Word documents (.docx): the paragraphs of the body, then the footnotes and endnotes, opened by python-docx.

Its own text of a paragraph lacks what was inserted with tracked changes, so that the elements are read here. Headers,
footers, comments, deleted and hidden text, and tables of contents are left out. So are tables, as their cells are not
sentences, unless they hold more prose than there is text outside them: then they lay out the page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from hedgerow.errors import InputError
from hedgerow.io.optional import library
from hedgerow.readers.archives import open_archive, short
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.layout import Source
from hedgerow.readers.whole import columns, one_text, read_whole, rejected

_KIND = "a .docx document"
_LEFT_OUT = frozenset(("del", "moveFrom", "Fallback", "pPr", "instrText", "delText", "sectPr", "rt"))
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}
_NOTES = ("footnotes", "endnotes")
_PROSE = re.compile(r"\S+\s+\S+\s.*[.!?…][\"'”’)\]]*\Z", re.S)  # of a table's cell
_TOO_LONG = re.compile(r"text node|buffer size limit", re.I)  # in the message of lxml


def read(source: Source) -> Iterator[Item]:
    """Yield the whole document as one input text, or why it is rejected."""
    raw = read_whole(source, source.layout.limits.bytes)
    if isinstance(raw, Rejected):
        yield raw
        return
    archive = open_archive(raw, _KIND, source.layout.limits)
    if isinstance(archive, str):
        yield rejected(source, archive, raw)
        return
    if "[Content_Types].xml" not in archive.namelist():
        yield rejected(
            source, "a zip archive, but not a .docx document; if it is another format, name that with --as", raw
        )
        return
    try:
        paragraphs, tables, row = _read(raw)
    except InputError as error:
        yield rejected(source, str(error), raw)
        return
    except Exception as error:  # python-docx raises anything if a part is broken
        if _TOO_LONG.search(str(error)):
            yield rejected(source, "a paragraph over 10 MB; split it", raw)
            return
        yield rejected(source, f"not {_KIND}, or not a whole one ({short(error)}); save it again", raw)
        return
    if paragraphs:
        yield from one_text(source, raw, "\n\n".join(paragraphs), row)
    else:
        reason = f"contains no text outside its {tables} tables, which are not read" if tables else "contains no text"
        yield rejected(source, reason, raw)


def python_docx() -> Any:
    """Return the module `docx`; raise InputError if it is not installed."""
    return library("docx", needed_for=".docx")


def _read(raw: bytes) -> tuple[list[str], int, dict[str, str]]:
    """Return the paragraphs of a document, the number of its tables, and its columns."""
    document = python_docx().Document(io.BytesIO(raw))
    body = document.element.body
    _check_entities(body, "word/document.xml")
    tables = sum(_name(element.tag) == "tbl" for element in body.iter())
    found = _body_paragraphs(body) if tables else [*_paragraphs(body)]
    for relation in document.part.rels.values():
        if relation.reltype.rsplit("/", 1)[-1] in _NOTES and not relation.is_external:
            notes = library("docx.oxml", needed_for=".docx").parse_xml(relation.target_part.blob)
            _check_entities(notes, str(relation.target_part.partname).lstrip("/"))
            for note in notes:
                if not any(_name(key) == "type" for key in note.attrib):  # a separator
                    found += _paragraphs(note)
    return found, tables, _columns(document)


def _check_entities(root: Any, part: str) -> None:
    """Raise InputError if the text of a part has entities of its own: without them, it would not be whole."""
    if next(root.iter(library("lxml.etree", needed_for=".docx").Entity), None) is not None:
        raise InputError(f"{part} declares entities, which are not read; save the document again without them")


def _body_paragraphs(body: Any) -> list[str]:
    """Return the paragraphs of a body, with those of its tables if these hold more prose than there is text outside."""
    outside, everything = [*_paragraphs(body)], [*_paragraphs(body, with_tables=True)]
    prose = sum(len(text) for text in everything if _PROSE.match(text))
    prose -= sum(len(text) for text in outside if _PROSE.match(text))
    return everything if prose > sum(map(len, outside)) else outside


def _columns(document: Any) -> dict[str, str]:
    kinds = [relation.reltype.rsplit("/", 1)[-1] for relation in document.part.package.rels.values()]
    if "core-properties" not in kinds:  # python-docx would make up a title
        return {}
    properties = document.core_properties
    created = properties.created
    return columns(title=properties.title, author=properties.author, date=created and created.date().isoformat())


def _paragraphs(root: Any, *, with_tables: bool = False) -> Iterator[str]:
    """Yield the paragraphs in an element that have text; those of a text box come before the one that it stands in."""
    etree = library("lxml.etree", needed_for=".docx")
    open_paragraphs: list[list[str]] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = _name(element.tag)
        if event == "start":
            left_out = name in _LEFT_OUT or (name == "tbl" and not with_tables)
            if left_out or (name == "r" and _is_hidden(element)) or (name == "p" and _is_contents(element)):
                walk.skip_subtree()
            if name == "p":
                open_paragraphs.append([])
            elif open_paragraphs:
                open_paragraphs[-1].append(element.text or "" if name == "t" else _BREAKS.get(name, ""))
        elif name == "p" and open_paragraphs:
            lines = "".join(open_paragraphs.pop()).split("\n")
            text = "\n".join(" ".join(line.split()) for line in lines).strip()
            if text:
                yield text


def _is_hidden(run: Any) -> bool:
    return any(
        _name(mark.tag) == "vanish" for properties in run if _name(properties.tag) == "rPr" for mark in properties
    )


def _is_contents(paragraph: Any) -> bool:
    """Return whether a paragraph is an entry of a table of contents."""
    styles = (value for element in paragraph.iter() if _name(element.tag) == "pStyle" for value in element.values())
    return any(value.lower().startswith("toc") for value in styles)


def _name(tag: Any) -> str:
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
