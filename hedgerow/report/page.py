"""A report before it has a form: its content in order, so that Markdown and HTML say the same.

Tables are in both forms, figures only in HTML: every figure draws the numbers of a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence and its spans by outcome: `found`, `missed` (only gold has them), `wrong` (only the model does)."""

    text: str
    spans: Mapping[str, Sequence[Mapping[str, Any]]]

    def pieces(self) -> list[tuple[str, str]]:
        """Return the text cut where its outcome changes: (outcome, words); the outcome is "", found, missed or wrong.

        Outcomes are by character, whatever the type: if a gold and a predicted span overlap, the characters of both
        are found, and the others are missed or wrong.
        """
        gold = self._characters("found", "missed")
        predicted = self._characters("found", "wrong")
        outcomes = {(True, True): "found", (True, False): "missed", (False, True): "wrong", (False, False): ""}
        by_character = ((outcomes[at in gold, at in predicted], letter) for at, letter in enumerate(self.text))
        return [
            (outcome, "".join(letter for _, letter in run))
            for outcome, run in groupby(by_character, lambda character: character[0])
        ]

    def _characters(self, *outcomes: str) -> set[int]:
        return {at for name in outcomes for span in self.spans[name] for at in range(span["start"], span["end"])}


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another file, whose path differs between the two forms."""

    text: str
    markdown: str
    html: str


Cell = str | int | Marked | Link


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row is its heading."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: `kind` names the macro of templates/figures.html that draws `data`."""

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
    """A whole report; `facts` are the first lines, (name, value), and `warnings` come before all figures."""

    title: str
    facts: Sequence[tuple[str, str]]
    warnings: Sequence[str] = ()
    sections: Sequence[Section] = field(default=())
