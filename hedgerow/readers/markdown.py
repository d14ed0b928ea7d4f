"""Markdown: its prose, parsed by markdown-it-py.

The text has no markup: of a link its text, of an image nothing. Front matter, code blocks, tables, comments and the
marks of footnotes are left out. A heading, a list item, a quotation's paragraph and a footnote are paragraphs, at
their places. Offsets are in this text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from hedgerow.readers.front_matter import split_front_matter
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.layout import Source
from hedgerow.readers.whole import columns, one_text, read_text, rejected

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_NESTING = 100  # levels; deeper text would be lost
_OPEN_BRACKETS = 50  # in one paragraph, not closed
_PARAGRAPH = re.compile(r"(?:[^\n]+\n?)+")
_BRACKET = re.compile(r"[\[\]]")
_CODE = ("code", "pre", "script", "style", "table", "svg", "math")  # HTML elements without prose
_INLINE = (
    "a",
    "abbr",
    "b",
    "cite",
    "em",
    "i",
    "kbd",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
    "del",
    "ins",
)
_TEMPLATE = re.compile(
    r"\{%.{0,500}?%\}|\{\{.{0,500}?\}\}|\{:[^{}\n]{0,200}\}|[ \t]\{[#.][^{}\n]{0,200}\}|!\[\[[^\[\]\n]{0,200}\]\]"
)  # Liquid, Hugo, kramdown, Pandoc
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\n]{0,200}\|)?([^\[\]|\n]{1,200})\]\]")
_MARK = re.compile(r"\A(?:\[![A-Za-z]+\][-+]?|\[[ xX]\](?=\s))\s*")  # > [!NOTE], - [x]


def read(source: Source) -> Iterator[Item]:
    """Yield the whole file as one input text without markup, or why it is rejected."""
    content = read_text(source)
    if isinstance(content, Rejected):
        yield content
        return
    raw, text = content
    body, settings = split_front_matter(text)
    prose = to_prose(body)
    if prose:
        yield from one_text(source, raw, prose, columns(**settings))
    else:
        yield rejected(source, "contains no text, or only code, tables, images or front matter", raw)


def to_prose(text: str) -> str:
    """Return the prose of a Markdown text without front matter, blank lines between paragraphs."""
    environment: dict[str, Any] = {}
    blocks: list[str] = []
    in_table = False
    text = _PARAGRAPH.sub(lambda match: _without_deep_brackets(match[0]), text)
    for token in _parser().parse(text, environment):
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        elif token.type == "html_block":
            blocks.append(_html_text(token.content))
        elif token.type == "inline" and not in_table:
            blocks.append(_inline_text(token.children or []))
            blocks += _inline_notes(token.children or [], environment)
    return "\n\n".join(block for block in blocks if block)


def _without_deep_brackets(paragraph: str) -> str:
    """Return the paragraph with its opening brackets escaped if many are open at once: parsing would be quadratic."""
    depth = deepest = 0
    for mark in _BRACKET.findall(paragraph):
        depth = max(0, depth + (1 if mark == "[" else -1))
        deepest = max(deepest, depth)
    return paragraph.replace("[", "\\[") if deepest > _OPEN_BRACKETS else paragraph


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # imported here: not every user reads Markdown
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING}).enable(["table", "strikethrough"])
    return parser.use(footnote_plugin, move_to_end=False, always_match_refs=True)


def _inline_text(children: Sequence[Token]) -> str:
    parts = []
    for token in children:
        if token.type in ("text", "text_special", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak") or (
            token.type == "html_inline" and token.content[:3].lower() == "<br"
        ):
            parts.append("\n")
    text = _MARK.sub("", _WIKI_LINK.sub(r"\1", _TEMPLATE.sub("", "".join(parts))))
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _inline_notes(children: Sequence[Token], environment: Mapping[str, Any]) -> Iterator[str]:
    """Yield the footnotes that are written within the text: ^[like this]."""
    notes = environment.get("footnotes", {}).get("list", {})
    for token in children:
        if token.type == "footnote_ref" and "tokens" in (note := notes.get(token.meta.get("id"), {})):
            yield _inline_text(note["tokens"])


def _html_text(block: str) -> str:
    parser = _TextOfHtml()
    parser.feed(block)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n\n"))
    return "\n\n".join(line for line in lines if line)


class _TextOfHtml(HTMLParser):
    """The text of a block of HTML, two line ends between its elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._in_code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a paragraph at an element that is not within a line."""
        self._in_code += tag in _CODE
        self.parts.append("" if tag in _INLINE else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        """End a paragraph."""
        self._in_code = max(0, self._in_code - (tag in _CODE))
        self.parts.append("" if tag in _INLINE else "\n\n")

    def handle_data(self, data: str) -> None:
        """Keep text that is not code."""
        if not self._in_code:
            self.parts.append(re.sub(r"\s+", " ", data))
