"""A page before it has a form: what a report says, in order, so that Markdown and HTML say the same.

Tables stand in both forms, figures only in HTML: every figure draws what a table beside it says in numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence and its spans: `found`, `missed`, and `wrong`, those marked where there are none."""

    text: str
    spans: Mapping[str, Sequence[Mapping[str, Any]]]

    def pieces(self) -> list[tuple[str, str]]:
        """The text cut where its state changes: (state, wording); the state is "", found, missed or wrong.

        By character, whatever the type: where a span that is there and one that was marked overlap, what both cover
        was found, the rest of the one missed and of the other wrong.
        """
        there, marked = self._covered("found", "missed"), self._covered("found", "wrong")
        states = {(True, True): "found", (True, False): "missed", (False, True): "wrong", (False, False): ""}
        by_character = ((states[at in there, at in marked], letter) for at, letter in enumerate(self.text))
        return [(state, "".join(letter for _, letter in run)) for state, run in groupby(by_character, lambda x: x[0])]

    def _covered(self, *names: str) -> set[int]:
        return {at for name in names for span in self.spans[name] for at in range(span["start"], span["end"])}


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another file, which has a place in each form."""

    text: str
    markdown: str
    html: str


Cell = str | int | Marked | Link


@dataclass(frozen=True, slots=True)
class Table:
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: `kind` names the macro of templates/figures.html that draws `data`; `caption` says what is seen."""

    kind: str
    caption: str
    data: Any


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (level 2 or 3), paragraphs, then figures and tables in order."""

    title: str
    level: int = 2
    text: Sequence[str] = ()
    parts: Sequence[Table | Figure] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`facts` are the first lines: (name, value); `warnings` stand before all figures."""

    title: str
    facts: Sequence[tuple[str, str]]
    warnings: Sequence[str] = ()
    sections: Sequence[Section] = field(default=())
