"""All text of a parsed page, one block per paragraph, heading, list item or line of its own, in reading order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from hedgerow.io.optional import library

_INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q ruby s samp
    small span strike strong sub sup time tt u var wbr""".split()  # noqa: SIM905
)
NOT_TEXT = frozenset(
    """applet audio button canvas embed head iframe input link map math meta noscript object option rp rt script select
    style svg template textarea title video""".split()  # noqa: SIM905
)
_NOTE_MARK = re.compile(r"[\[(]?\s*(?:\d{1,3}|[a-z*†‡§]|(?:note|nb) \d+)\s*[\])]?|\[[a-z ]+\??\]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that no tree can be given
_SPACE = re.compile(r"[^\S\n\xa0]+|\xa0+")
_BLANKS = re.compile(r" *\n[ \n]*")


class Block(NamedTuple):
    """A block of text, the element that it belongs to, and how many of its characters are in links."""

    text: str
    element: Any
    linked: int


def parse(text: str) -> Any:
    """Return a page or a part of one as a tree, or None if it has no element. Entities are those of HTML alone."""
    html = library("lxml.html", needed_for="HTML")
    etree = library("lxml.etree", needed_for="HTML")
    # A declaration of an encoding would contradict the text, which is decoded.
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", CONTROL.sub("", text))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def paragraphs(tree: Any, without: Collection[str] = ()) -> str:
    """Return the text of the tree, blank lines between its blocks; elements `without` are left out."""
    return "\n\n".join(block.text for block in blocks(tree, without))


def blocks(tree: Any, without: Collection[str] = ()) -> Iterator[Block]:
    """Yield the blocks of the tree that have text; elements `without` are left out, as those of no text are."""
    etree = library("lxml.etree", needed_for="HTML")
    parts = _Parts(tree)
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        left_out = tag in NOT_TEXT or tag in without or is_note_mark(element)
        if event == "start" and left_out:
            walk.skip_subtree()
        elif event == "start":
            if tag not in _INLINE and tag != "br" and (block := parts.take(element)):
                yield block
            parts.add("\n" if tag == "br" else element.text, linked=tag == "a")
        else:
            if tag not in _INLINE and tag != "br" and not left_out and (block := parts.take(element.getparent())):
                yield block
            if element is not tree:
                parts.add(element.tail, after_link=tag == "a")


class _Parts:
    """The pieces of the block that is being read."""

    def __init__(self, element: Any) -> None:
        self._element = element
        self._pieces: list[str] = []
        self._linked = 0
        self._in_link = False

    def add(self, text: str | None, *, linked: bool = False, after_link: bool = False) -> None:
        """Add a piece of text; `linked` is whether a link starts with it, `after_link` whether one has ended."""
        self._in_link = (self._in_link or linked) and not after_link
        if text is None:
            return
        self._pieces.append(text if text == "\n" else text.replace("\n", " "))
        self._linked += len(text.strip()) * self._in_link

    def take(self, element: Any) -> Block | None:
        """Return what was read as a block, None if it is blank, and begin the block of `element`."""
        text = _BLANKS.sub("\n", _SPACE.sub(" ", "".join(self._pieces))).strip()
        block = Block(text, self._element, self._linked) if text else None
        self._element, self._pieces, self._linked = element, [], 0
        return block


def is_note_mark(element: Any) -> bool:
    """Return whether the element is the mark of a footnote: a number, linked, above the line."""
    if element.tag == "a":
        return "noteref" in f"{element.get('epub:type', '')} {element.get('role', '')}"
    if element.tag != "sup" or (element.find(".//a") is None and element.getparent().tag != "a"):
        return False
    return _NOTE_MARK.fullmatch(" ".join("".join(element.itertext()).split())) is not None
