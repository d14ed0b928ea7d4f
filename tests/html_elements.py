"""Pages as lists of elements, for tests: the standard parser, which reads what a browser reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "input", "img", "hr"}


@dataclass(slots=True, eq=False)
class Node:
    """An element of a page, with all text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    parents: list[Node] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Node] = []
        self.open: list[Node] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, parents=list(self.open))
        self.nodes.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for node in self.open:
            node.text += data


def elements(html: str) -> list[Node]:
    """Return the elements of a page in order; every element must be closed where it should be."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser.nodes


def with_class(nodes: list[Node], name: str) -> list[Node]:
    return [node for node in nodes if name in node.classes]
