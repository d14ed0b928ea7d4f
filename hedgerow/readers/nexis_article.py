"""One article of a Nexis export: its headers and its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, groupby

# Headers that an export has in front of the text or after it, and the columns that they become.
_COLUMNS = {
    "byline": "byline", "section": "section", "length": "length", "dateline": "dateline", "headline": "title",
    "highlight": "highlight", "load-date": "load_date", "language": "language", "url": "url", "series": "series",
    "publication-type": "publication_type", "journal-code": "journal_code", "subject": "subject",
    "document-type": "document_type",
}  # fmt: skip
_OTHER = frozenset(
    """graphic body title company organization person country state city geographic industry ticker correction-date
    correction type acc-no notes distribution product name pub-type update enhancement classification content-type
    edition transcript category copyright""".split()  # noqa: SIM905
)
_HEADER = re.compile(r"([A-Z][A-Za-z]+(?:-[A-Za-z]+)*):(?:[ \t]+(\S.*)|[ \t]*)\Z")
_BODY = re.compile(r"\s*(?:BODY:|Body|Full Text:?)\s*(.*)\Z")
_RIGHTS = re.compile(r"\s*(?:Copyright|©|\(c\))[^\w\n]*(?:\(c\)\s*)?\d{4}\b.*|\s*All Rights Reserved\.?\s*", re.I)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\s*((?:(?:{_MONTHS}) \d{{1,2}},? \d{{4}}|\d{{1,2}} (?:{_MONTHS}) \d{{4}}|(?:{_MONTHS}),? \d{{4}}).*?)\s*"
)
_END_HEADERS = (
    "load-date",
    "language",
    "publication-type",
    "graphic",
    "subject",
    "url",
    "journal-code",
    "document-type",
    "classification",
)
_END_LINE = re.compile(r"\s*(?:Classification|Graphic)\s*")
_GRAPHIC = re.compile(r"\s*(?:GRAPHIC:.*|Graphic)\s*")
_CAPTIONS = 6  # paragraphs of captions, at most
_LAST = ("load-date", "publication-type", "journal-code", "document-type")
_AFTER_LAST = 5  # lines after the last header that are no text, at most
# The end of a sentence, in a value that no export has: then the line is one of the text.
_SENTENCE = re.compile(r"\S+\s+\S+\s.*[a-z]{2}[.!?…][\"'”’)]*\Z", re.S)
_CAPITALS = re.compile(r"[A-Z]{3,}(?:[- ][A-Z]+)*:\s")  # a header that has no name here
_PAGE = re.compile(r"\s*Page \d+ of \d+\s*")
_TITLE_LINES = 4


def to_article(raw: str) -> tuple[str, dict[str, str]]:
    """Return the text of an article, "" if it has none, and its columns."""
    lines = [line.rstrip() for line in raw.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")]
    lines = [line for line in lines if not _PAGE.fullmatch(line)]
    row: dict[str, str] = {}
    start = _head_end(lines)
    end = _body_end(lines, start)
    top = _read_headers(lines[:start], row)
    _read_headers(lines[end:], row)
    _read_top(top, row)
    body = [line.strip() for line in lines[start:end] if not _RIGHTS.fullmatch(line)]
    if body and (match := _BODY.match(body[0])) is not None:
        body[0] = match[1]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(body)).strip()
    order = ("title", "outlet", "date", *_COLUMNS.values())
    return text, {name: " ".join(row[name].split()) for name in dict.fromkeys(order) if row.get(name)}


def _head_end(lines: list[str]) -> int:
    """Return the number of the line where the text begins: at "Body", or after the last header before it."""
    body = next((number for number, line in enumerate(lines) if _BODY.fullmatch(line)), None)
    if body is not None:
        return body
    last = 0
    number = 0
    filled = [0, *accumulate(bool(line.strip()) for line in lines)]  # lines with text before each line
    while number < len(lines):
        kind = _kind(lines[number])
        if kind in _END_HEADERS and last:
            break
        if kind is not None:
            while number + 1 < len(lines) and lines[number + 1].strip() and _kind(lines[number + 1]) is None:
                number += 1  # a header goes on to a blank line
            last = number + 1
        elif last and filled[number] - filled[last] > _TITLE_LINES:
            break  # within the text
        number += 1
    if last:
        return last
    rights = [number for number, line in enumerate(lines) if _RIGHTS.fullmatch(line) or _DATE.fullmatch(line)]
    return rights[0] + 1 if rights else 0


def _body_end(lines: list[str], start: int) -> int:
    """Return the number of the line where the text ends: at the first of the headers that only headers follow.

    They are looked for from the bottom, because a paragraph of the text can begin like a header ("Subject: ...").
    """
    end = len(lines)
    paragraphs = [*_paragraphs(lines, start + 1)]
    graphic = max((first for first, _ in paragraphs if _GRAPHIC.fullmatch(lines[first])), default=end)
    last = max((first for first, _ in paragraphs if _kind(lines[first]) in _LAST), default=end)
    if sum(stop - first for first, stop in paragraphs if first > last) <= _AFTER_LAST:
        paragraphs = [paragraph for paragraph in paragraphs if paragraph[0] <= last]
    captions = 0
    seen: set[str] = set()
    for index, (first, stop) in reversed([*enumerate(paragraphs)]):
        headers = _headers(lines, first, stop, seen)
        end = next((number for number in headers if _is_end(lines[number])), end)
        if headers:
            if headers[0] > first:
                break  # text is above them
        elif graphic < first and captions < _CAPTIONS:
            captions += 1
        elif index == 0 or not _is_bare(lines[paragraphs[index - 1][1] - 1]):
            break
    return end


def _headers(lines: list[str], first: int, stop: int, seen: set[str]) -> list[int]:
    """Return the lines of a paragraph that are headers after the text; add them to those that were seen below.

    One that was seen below, or whose value is a sentence, is a line of the text.
    """
    found: list[int] = []
    for number in reversed(range(first, stop)):
        kind = _kind(lines[number])
        if kind in _END_HEADERS and kind != "graphic":
            value = " ".join(lines[number:stop]).split(":", 1)[1].strip()
            if kind in seen or _SENTENCE.match(value):
                break
            seen.add(kind)
        is_rights = stop == number + 1 and _RIGHTS.fullmatch(lines[number]) is not None
        if is_rights or kind is not None or _is_end(lines[number]) or _CAPITALS.match(lines[number]):
            found.append(number)
            stop = number
    return found[::-1]


def _paragraphs(lines: list[str], start: int) -> Iterator[tuple[int, int]]:
    """Yield the first line of each paragraph and the line after it."""
    for is_filled, numbers in groupby(range(start, len(lines)), key=lambda number: bool(lines[number].strip())):
        if is_filled:
            found = [*numbers]
            yield found[0], found[-1] + 1


def _is_end(line: str) -> bool:
    return _kind(line) in _END_HEADERS or _END_LINE.fullmatch(line) is not None


def _is_bare(line: str) -> bool:
    """Return whether a line is a header whose value stands in the next paragraph."""
    return _kind(line) is not None and not line.split(":", 1)[1].strip()


def _kind(line: str) -> str | None:
    """Return the header that a line begins with, or None."""
    match = _HEADER.match(line)
    name = "" if match is None else match[1].lower()
    return name if name in _COLUMNS or name in _OTHER else None


def _read_headers(lines: list[str], row: dict[str, str]) -> list[str]:
    """Put the headers among the lines into the row; return the other lines, blank for each header."""
    others = []
    header: str | None = None
    for line in lines:
        kind = _kind(line)
        if kind is not None:
            header = _COLUMNS.get(kind, "")
            value = line.split(":", 1)[1].strip()
            if header and header not in row:
                row[header] = value
        elif not line.strip():
            header = None
        elif header:
            row[header] += f" {line.strip()}"
        others.append("" if kind is not None or header is not None else line)
    return others


def _read_top(lines: list[str], row: dict[str, str]) -> None:
    """Find outlet, date and title in the lines without a header's name: before the date, and after it."""
    shown = [line.strip() for line in lines]
    dates = [number for number, line in enumerate(shown) if _DATE.fullmatch(line)]
    if not dates:
        title = next((line for line in shown if line and not _RIGHTS.fullmatch(line)), "")
        row.setdefault("title", title)
        return
    at = dates[0]
    row.setdefault("date", shown[at])
    before = [line for line in shown[:at] if line and not _RIGHTS.fullmatch(line)]
    if before:
        row["outlet"] = before[-1]
    title = _first_block(shown[at + 1 :]) if len(before) < 2 else before[-2]
    row.setdefault("title", title)


def _first_block(lines: list[str]) -> str:
    """Return the first paragraph that is neither of rights nor an edition's name next to the date."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line and not _RIGHTS.fullmatch(line):
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    found = [" ".join(block) for block in blocks if block]
    editions = [block for block in found if re.search(r"\bEdition\b", block)]
    return next((block for block in found if block not in editions), "")
