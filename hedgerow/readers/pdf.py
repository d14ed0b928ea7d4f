"""PDF files: the text layer, read by pypdf page by page, as paragraphs.

Lines that repeat at the edge of pages (running headers and footers) and page numbers are left out. Words that a line
end divides are joined. A file without a text layer, a scan, is rejected: its pages are pictures.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from time import monotonic
from typing import Any

from hedgerow.readers.archives import short
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.layout import Limits, Source
from hedgerow.readers.page_lines import to_paragraphs, without_running_lines
from hedgerow.readers.whole import columns, one_text, quiet_library, read_whole, rejected

_LEAST_LETTERS = 0.5  # of the characters that are no space: with fewer, the fonts have no table of letters


def read(source: Source) -> Iterator[Item]:
    """Yield the whole file as one input text, or why it is rejected."""
    raw = read_whole(source, source.layout.limits.bytes)
    if isinstance(raw, Rejected):
        yield raw
    elif b"%PDF-" not in raw[:1024]:
        yield rejected(source, "not a PDF file: it does not begin with %PDF-", raw)
    else:
        result = _read(raw, source.layout.limits)
        if isinstance(result, str):
            yield rejected(source, result, raw)
        else:
            yield from one_text(source, raw, *result)


def pypdf() -> Any:
    """Return the module `pypdf`; raise InputError if it is not installed."""
    return quiet_library("pypdf", needed_for=".pdf", loggers=("pypdf",))


def _read(raw: bytes, limits: Limits) -> tuple[str, dict[str, str]] | str:
    """Return the text of a PDF file and its columns, or the reason why it cannot be read."""
    try:
        reader = pypdf().PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            return "the file is encrypted; save it without a password"
        pages = len(reader.pages)
    except pypdf().errors.DependencyError as error:
        return f"the file is encrypted ({short(error)}); pip install 'hedgerow[files]'"
    except Exception as error:  # pypdf raises anything if a file is broken
        return f"not a whole PDF file ({short(error)}); copy or save it again"
    if pages > limits.pages:
        return f"{pages:,} pages; at most {limits.pages:,}"
    lines = _lines(reader, pages, limits)
    if isinstance(lines, str):
        return lines
    kept = without_running_lines(lines)
    shown = "".join("".join(line.split()) for page in kept for line in page)
    if not any(character.isalpha() for character in shown):
        return "no text layer (a scan): OCR it first"
    if sum(character.isalpha() for character in shown) < _LEAST_LETTERS * len(shown):
        return "the text layer has few letters (its fonts have no table of them): OCR it first"
    return "\n\n".join(to_paragraphs(kept)), _columns(reader)


def _lines(reader: Any, pages: int, limits: Limits) -> list[list[str]] | str:
    """Return the lines of each page that are not blank, or the reason why they cannot be read."""
    until = monotonic() + limits.seconds
    lines, size = [], 0
    for number in range(pages):
        try:
            text: str = reader.pages[number].extract_text()
        except Exception as error:  # pypdf raises anything if a page is broken
            return f"page {number + 1} cannot be read ({short(error)}); save the file again"
        size += len(text)
        if size > limits.bytes:
            return f"over {limits.bytes:,} characters after page {number + 1}"
        if monotonic() > until:
            return f"reading takes over {limits.seconds:g} seconds, at page {number + 1} of {pages}; split the file"
        lines.append([" ".join(line.split()) for line in text.splitlines() if line.strip()])
    return lines


def _columns(reader: Any) -> dict[str, str]:
    try:
        found = reader.metadata or {}
        values = {name: found.get(f"/{name.title()}") for name in ("title", "author")}
        created = str(found.get("/CreationDate") or "").removeprefix("D:")[:8]
    except Exception:  # of the metadata of a file whose text is whole: it has no columns then
        return {}
    date = f"{created[:4]}-{created[4:6]}-{created[6:]}" if len(created) == 8 and created.isdigit() else ""
    return columns(**values, date=date)
