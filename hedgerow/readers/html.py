"""HTML pages: the text of the article, without menus, notices and scripts, as trafilatura finds it.

It was set beside selectolax on pages of news, of a forum, without closing tags, and in Latin-1. selectolax is eighty
times as fast, but gives a tree and not a text: it kept bylines, lost the é of Latin-1, and whatever is a menu is left
to rules of one's own. What a menu says would count among an article's sentences; and a page takes trafilatura some
4 ms, a hundredth of what a network takes for its sentences. Tables are left out: their cells are no sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.optional import library
from hedgerow.io.text_checks import text_error
from hedgerow.readers.compression import read_error
from hedgerow.readers.input_text import TOO_LONG, InputText, Rejected


def read(file: BinaryIO, name: str) -> Iterator[InputText | Rejected]:
    """The page as one document; offsets are in the text that was extracted, its paragraphs apart by blank lines."""
    raw = file.read(MAX_ROW_BYTES + 1)
    if len(raw) > MAX_ROW_BYTES:
        yield Rejected(name, None, f"a page too large; {TOO_LONG}")
    elif (broken := read_error(file)) is not None:
        yield Rejected(name, None, broken, raw)
    else:
        text = _extract(raw)
        fault = text_error(text, "the page's text") if text else "no text of an article was found in the page"
        yield InputText(name, iter([text])) if fault is None else Rejected(name, None, fault, raw)


def extractor() -> Any:
    return library("trafilatura", needed_for="HTML")


def _extract(raw: bytes) -> str:
    if b"<body" not in raw.lower():  # a bare fragment is taken for no page
        raw = b"<html><body>" + raw + b"</body></html>"
    trafilatura = extractor()
    config = trafilatura.settings.use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"  # characters: a short notice is a text too
    text: str | None = trafilatura.extract(raw, config=config, favor_recall=True, include_tables=False)
    return (text or "").replace("\n", "\n\n")
