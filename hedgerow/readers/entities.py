"""HTML entities and line breaks in text: `&amp;` is &, `<br>` is a line end, `<p>` a blank line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from html.entities import html5

_BREAK = re.compile(r"<(br)\s*/?>|</?p(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNFINISHED = re.compile(r"(?:&[#\w]{0,33}|<(?:b|br|/?p)?|<br\s{1,20}/?|</?p\s[^<>]{0,200})\Z", re.IGNORECASE)


def decode(text: str) -> str:
    """Return the text with its entities decoded, once, and its breaks as line ends; other tags stay."""
    if "<" in text:
        text = _BREAK.sub(lambda match: "\n" if match[1] else "\n\n", text)
    return _ENTITY.sub(_character, text) if "&" in text else text


def decode_all(chunks: Iterable[str]) -> Iterator[str]:
    """Decode a text in chunks, whose borders may cut an entity."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        unfinished = _UNFINISHED.search(text, max(0, len(text) - 256))
        end = unfinished.start() if unfinished else len(text)
        rest = text[end:]
        yield decode(text[:end])
    yield decode(rest)


def has_entities(text: str) -> bool:
    """Return whether `decode` would change the text."""
    if "<" in text and _BREAK.search(text):
        return True
    return "&" in text and any(_character(match) != match[0] for match in _ENTITY.finditer(text))


def _character(match: re.Match[str]) -> str:
    name = match[0][1:]
    return unescape(match[0]) if name.startswith("#") or name in html5 else match[0]
