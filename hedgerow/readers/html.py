"""HTML pages: the article, without menus, notices, comments and tables (their cells are not sentences).

trafilatura was compared with selectolax on news pages, a forum page, a page without closing tags, and a page in
Latin-1. selectolax is eighty times as fast, but it returns a tree and not a text: it needs rules of our own to
recognise menus, whose entries would count as sentences of the article.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.readers.article import find_article
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.layout import Source
from hedgerow.readers.whole import one_text, read_whole, rejected

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})|<\?xml[^>]{0,100}encoding=[\"']([\w-]{1,40})", re.I
)
_HEAD = 4096  # bytes in which a page declares its encoding
# Browsers read these names as Windows-1252, too (WHATWG Encoding Standard).
_LATIN = frozenset(("ascii", "iso8859-1", "cp1252"))
_TAG = re.compile(r"<[a-z!/?]", re.I)


def read(source: Source) -> Iterator[Item]:
    """Yield the page's article as one input text, or why it is rejected.

    Offsets are in the extracted text, in which blank lines separate paragraphs.
    """
    raw = read_whole(source, MAX_ROW_BYTES)
    if isinstance(raw, Rejected):
        yield raw
        return
    page = decode_page(raw, source.layout.encoding)
    if page is None:
        yield rejected(source, f"the page is not {source.layout.encoding}; leave out --encoding", raw)
        return
    if page.count("\0") or not _TAG.search(page):
        reason = "not an HTML page: " + ("it has NUL characters" if "\0" in page else "it has no tag")
        yield rejected(source, f"{reason}; if it is another format, name that with --as", raw)
        return
    article = find_article(page)
    if isinstance(article, str):
        yield rejected(source, article, raw)
    else:
        yield from one_text(source, raw, article.text, article.row)


def decode_page(raw: bytes, encoding: str | None = None) -> str | None:
    """Return a page as text: in the encoding that the user named, or that its first bytes or its head name, or UTF-8.

    A page that names no encoding and is not UTF-8 is read as Windows-1252, as browsers do for English. None if the page
    is not in the encoding that the user named.
    """
    if encoding is not None:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            return None
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode(_declared(raw), "replace")


def _declared(raw: bytes) -> str:
    """Return the encoding that the page's head names, if Python knows it and it is possible; else Windows-1252."""
    match = _CHARSET.search(raw[:_HEAD])
    name = "" if match is None else (match[1] or match[2]).decode("ascii", "replace")
    try:
        codec = codecs.lookup(name).name
        raw.decode(codec)
    except (LookupError, ValueError):
        return "cp1252"
    return "cp1252" if codec in _LATIN else codec
