"""HTML pages: the text of the article, without menus, notices and scripts, extracted by trafilatura.

trafilatura was compared with selectolax on news pages, a forum page, a page without closing tags, and a page in
Latin-1. selectolax is eighty times as fast, but it returns a tree and not a text: it kept bylines, lost the é of the
Latin-1 page, and needs rules of our own to recognise menus, whose entries would count as sentences of the article.
trafilatura takes some 4 ms per page, about one per cent of the time that a network takes to label its sentences.
Tables are left out, because their cells are not sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.optional import library
from hedgerow.io.text_checks import text_error
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import TOO_LONG, Source


def read(source: Source) -> Iterator[Item]:
    """Yield the page's article as one input text, or why it is rejected.

    Offsets are in the extracted text, in which blank lines separate paragraphs.
    """
    file, name = source.file, source.name
    raw = file.read(MAX_ROW_BYTES + 1)
    if len(raw) > MAX_ROW_BYTES:
        yield Rejected(name, None, f"a page too large; {TOO_LONG}")
    elif (truncated := read_error(file)) is not None:
        yield Rejected(name, None, truncated, raw)
    else:
        text = _extract(raw)
        error = text_error(text, "the page's text") if text else "no article text found in the page"
        yield InputText(name, iter([text])) if error is None else Rejected(name, None, error, raw)


def extractor() -> Any:
    """Return the module `trafilatura`; raise InputError if it is not installed."""
    return library("trafilatura", needed_for="HTML")


def _extract(raw: bytes) -> str:
    if b"<body" not in raw.lower():  # trafilatura does not take a fragment for a page
        raw = b"<html><body>" + raw + b"</body></html>"
    trafilatura = extractor()
    config = trafilatura.settings.use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"  # characters: a short notice is a text too
    text: str | None = trafilatura.extract(raw, config=config, favor_recall=True, include_tables=False)
    return (text or "").replace("\n", "\n\n")
