"""Elements of a page, built as a tree: every text and every attribute is escaped when the tree is written.

Characters that a page must not have (controls, lone surrogates) are shown as U+FFFD.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from xml.etree.ElementTree import Element, SubElement, tostring

__all__ = ["CLOSED", "Element", "add", "add_text", "clean", "content_policy", "element", "excerpt", "to_html", "to_xml"]

CLOSED = "form-action 'none'"  # what the policy of a page that sends nothing says beyond its style and script
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return `text` with U+FFFD for each character that a page must not have."""
    return _FORBIDDEN.sub("\ufffd", text)


def element(tag: str, text: str | None = None, **attributes: str | float | None) -> Element:
    """Return an element; `class_` is the attribute class, `data_c` is data-c, and None leaves an attribute out."""
    made = Element(tag, _attributes(attributes))
    made.text = None if text is None else clean(text)
    return made


def add(parent: Element, tag: str, text: str | None = None, **attributes: str | float | None) -> Element:
    """Add an element at the end of `parent`, and return it; see `element`."""
    made = SubElement(parent, tag, _attributes(attributes))
    made.text = None if text is None else clean(text)
    return made


def add_text(parent: Element, text: str) -> None:
    """Add text at the end of `parent`."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + clean(text)
    else:
        parent.text = (parent.text or "") + clean(text)


def excerpt(text: str, length: int = 90) -> str:
    """Return the beginning of `text` on one line, with an ellipsis if it is longer than `length` characters."""
    line = " ".join(text[: 2 * length].split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def content_policy(style: str, script: str = "", allowed: str = CLOSED) -> str:
    """Return the content security policy of a page: this style, this script and what is `allowed`, and nothing else."""
    scripts = f"script-src {_source(script)}; " if script else ""
    return f"default-src 'none'; style-src {_source(style)}; {scripts}base-uri 'none'; {allowed}"


def _source(text: str) -> str:
    """Return a text by its hash, as a policy names it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def to_html(root: Element) -> str:
    """Return the element as HTML."""
    return tostring(root, "unicode", method="html")


def to_xml(root: Element) -> str:
    """Return the element as XML."""
    return tostring(root, "unicode")


def _attributes(attributes: Mapping[str, str | float | None]) -> dict[str, str]:
    return {_named(name): clean(str(value)) for name, value in attributes.items() if value is not None}


@cache
def _named(name: str) -> str:
    """Return the name of an attribute as HTML has it."""
    return name.rstrip("_").replace("_", "-")
