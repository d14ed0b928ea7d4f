"""The text of an article that a page states as linked data (JSON-LD, schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from hedgerow.readers.blocks import paragraphs, parse

_FOLLOWED = ("@graph", "mainEntity", "mainEntityOfPage")  # not lists of other articles, nor what is mentioned
_DEPTH = 6
_WRAPPING = re.compile(
    r"\A(?://|/\*)?\s{0,9}(?:<!\[CDATA\[|<!--)\s{0,9}(?:\*/)?|(?://|/\*)?\s{0,9}(?:\]\]>|-->)\s{0,9}(?:\*/)?\Z"
)
_TRAILING_COMMA = re.compile(r",(?=\s{0,99}[}\]])")
_BODY = re.compile(r'"articleBody"\s*:\s*("(?:[^"\\]|\\.)*")', re.S)
_TAG = re.compile(r"</?(?:p|br|div|span|a|em|i|b|strong|h[1-6]|ul|li|blockquote|figure|img)\b[^<>]{0,999}>", re.I)
_NO_SPACE = re.compile(r"(?<=[a-z0-9][.!?]|[.!?][\"”’])(?=[A-Z“][a-z]+\s)")  # paragraphs joined without a space


def article_body(tree: Any) -> str:
    """Return the longest `articleBody` that the page states about itself, "" if there is none."""
    scripts = [element.text or "" for element in tree.iter("script") if "ld+json" in element.get("type", "").lower()]
    return max((_plain(body) for script in scripts for body in _bodies(script)), key=len, default="")


def _bodies(script: str) -> Iterator[str]:
    text = _WRAPPING.sub("", script.strip(" \t\r\n;"))
    for candidate in (text, _TRAILING_COMMA.sub("", text)):
        try:
            yield from _find(json.loads(candidate, strict=False), _DEPTH)
            return
        except (ValueError, RecursionError):
            continue
    for match in _BODY.finditer(text):  # broken elsewhere
        try:
            yield json.loads(match[1], strict=False)
        except ValueError:
            continue


def _find(value: Any, depth: int) -> Iterator[str]:
    if depth and isinstance(value, list):
        for item in value:
            yield from _find(item, depth - 1)
    elif depth and isinstance(value, dict):
        body = value.get("articleBody")
        if isinstance(body, list):
            body = "\n\n".join(part for part in body if isinstance(part, str))
        if isinstance(body, str):
            yield body
        for key in _FOLLOWED:
            yield from _find(value.get(key), depth - 1)


def _plain(body: str) -> str:
    """Return the text with paragraphs, without tags and entities."""
    body = unescape(body) if "&" in body else body
    if _TAG.search(body):
        tree = parse(body)
        body = "" if tree is None else paragraphs(tree)
    lines = (" ".join(line.split()) for line in body.splitlines())
    return "\n\n".join(_NO_SPACE.sub(" ", line) for line in lines if line)
