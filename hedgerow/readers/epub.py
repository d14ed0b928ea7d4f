"""EPUB books: one text per document of the reading order that has text, all of it but tables and lists of links.

The book is read as a zip archive of pages (EPUB 3.3, W3C 2023). ebooklib is not used, because of its licence (AGPL).
XML is parsed without entities and without anything from outside the file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from time import monotonic
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from hedgerow.io.optional import library
from hedgerow.io.text_checks import text_error
from hedgerow.readers.archives import ERRORS, open_archive, short
from hedgerow.readers.blocks import blocks, parse
from hedgerow.readers.html import decode_page
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Source
from hedgerow.readers.whole import columns, read_whole, rejected, writable

_KIND = "an .epub book"
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_RIGHTS = "META-INF/rights.xml"
# These only hide the fonts; the text is not protected.
_FONTS = ("idpf.org/2008/embedding", "ns.adobe.com/pdf/enc#rc")
_PAGES = ("html", "xml")  # in the media type of a document of text
_LINKED = 0.5  # of a block's characters: a block with more in links is an entry of a table of contents


def read(source: Source) -> Iterator[Item]:
    """Yield one input text per document of the book that has text, or why it is rejected."""
    raw = read_whole(source, source.layout.limits.bytes)
    if isinstance(raw, Rejected):
        yield raw
        return
    archive = open_archive(raw, _KIND, source.layout.limits)
    opened = archive if isinstance(archive, str) else _open(archive)
    if isinstance(archive, str) or isinstance(opened, str):
        yield rejected(source, str(opened), raw)
        return
    names, book = opened
    found = 0
    until = monotonic() + source.layout.limits.seconds
    for number, name in enumerate(names, start=1):
        item = _chapter(archive, name, f"{source.name}:{number}", book)
        if monotonic() > until:
            item = Rejected(source.name, None, f"reading takes over {source.layout.limits.seconds:g} seconds")
        if item is not None:
            found += 1
            yield item
        if monotonic() > until:
            return
    if not found:
        yield rejected(source, "contains no text", raw)


def row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield the start of the file once per text: the book is read as a whole."""
    for _ in read(source):
        yield 0, 1


def _open(archive: ZipFile) -> tuple[list[str], dict[str, str]] | str:
    """Return the names of the documents in their reading order and the book's columns, or why it cannot be read."""
    try:
        if _CONTAINER not in archive.namelist():
            return "a zip archive, but not an .epub book; if it is another format, name that with --as"
        if _RIGHTS in archive.namelist() or _is_protected(archive):
            return "the book is protected (DRM) and cannot be read"
        container = _xml(archive.read(_CONTAINER))
        root_file = next(element.get("full-path") for element in _named(container, "rootfile"))
        package = _xml(archive.read(root_file))
    except (*ERRORS, StopIteration, library("lxml.etree", needed_for=".epub").LxmlError, TypeError) as error:
        return f"not {_KIND}, or not a whole one ({short(error)}); copy it again"
    folder = posixpath.dirname(root_file)
    items = {element.get("id"): element for element in _named(package, "item")}
    order = [
        items[reference.get("idref")] for reference in _named(package, "itemref") if reference.get("idref") in items
    ]
    texts = [item for item in order if _is_text(item)]
    if not texts:
        return "contains no document in its reading order"
    names = [posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "").split("#")[0]))) for item in texts]
    fields = {field: _first(package, field) for field in ("title", "creator", "date")}
    return names, columns(title=fields["title"], author=fields["creator"], date=fields["date"])


def _is_protected(archive: ZipFile) -> bool:
    if _ENCRYPTION not in archive.namelist():
        return False
    methods = [element.get("Algorithm", "") for element in _named(_xml(archive.read(_ENCRYPTION)), "EncryptionMethod")]
    return any(not any(word in method.lower() for word in _FONTS) for method in methods)


def _is_text(item: Any) -> bool:
    contents = "nav" in item.get("properties", "").split()
    return (
        not contents
        and any(kind in item.get("media-type", "html") for kind in _PAGES)
        and "svg" not in item.get("media-type", "")
    )


def _chapter(archive: ZipFile, member: str, name: str, book: dict[str, str]) -> Item | None:
    """Return a document as an input text, None if it has no text, or why it is rejected."""
    try:
        raw = archive.read(member)
    except ERRORS as error:
        return Rejected(name, None, f"{member} in the book cannot be read ({short(error)}); copy it again")
    tree = parse(decode_page(raw) or "")
    if tree is None:
        return None
    body = tree.find("body")
    kept = [
        block
        for block in blocks(tree if body is None else body, ("table",))
        if block.linked <= _LINKED * len(block.text)
    ]
    text = writable("\n\n".join(block.text for block in kept))
    if text_error(text, member) is not None:
        return None
    headings = [element for element in tree.iter("h1", "h2", "h3") if "".join(element.itertext()).strip()]
    heading = re.sub(r"\s+", " ", "".join(headings[0].itertext())) if headings else tree.findtext(".//title")
    return InputText(name, iter([text]), row=book | columns(chapter=heading))


def _xml(raw: bytes) -> Any:
    """Parse XML; an entity or a reference to anything outside stays unread."""
    etree = library("lxml.etree", needed_for=".epub")
    return etree.fromstring(
        raw, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    )


def _named(tree: Any, name: str) -> Iterator[Any]:
    return (
        element for element in tree.iter() if isinstance(element.tag, str) and element.tag.rsplit("}", 1)[-1] == name
    )


def _first(tree: Any, name: str) -> str:
    return next(("".join(element.itertext()).strip() for element in _named(tree, name)), "")
