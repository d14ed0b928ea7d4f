"""A page before it has a form: its content in order, so that Markdown and HTML say the same.

Tables are in both forms. A figure is in HTML, and in Markdown only if it has a file of its own; its numbers are in a
table beside it. Paragraphs, warnings, items, captions, and the values of facts and definitions show `words in
backquotes` as code: words of a user enter them through `literal` or `code` (`text.py`). Titles, terms, headers and
cells are shown as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from hedgerow.report.chart import Chart


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
    """A link to another file, by its path from that of the page."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Strong:
    """A text that stands out."""

    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A text over a bar whose length is `part` (0 to 1) of its cell's width."""

    text: str
    part: float


Cell = str | int | Marked | Link | Strong | Bar


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row is its heading."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its caption; `file` is its name beside the Markdown page, if it is shown there.

    In HTML a `title` above the chart stands in place of the caption, which is then read aloud only: for charts side by
    side that differ in little.
    """

    chart: Chart
    caption: str
    title: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of texts, in order."""

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms and what they mean."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Folded:
    """Parts that a reader of HTML unfolds; in Markdown they follow their title."""

    title: str
    parts: Sequence[Table | Items | Definitions]
    is_open: bool = False


Part = Table | Figure | Items | Definitions | Folded


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (level 2 or 3), paragraphs, parts in order, and `notes`, paragraphs in small type after them."""

    title: str
    level: int = 2
    text: Sequence[str] = ()
    parts: Sequence[Part] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report.

    `facts` are the first lines, (name, value); `warnings` come before all figures; `text` are the first paragraphs.
    """

    title: str
    facts: Sequence[tuple[str, str]] = ()
    warnings: Sequence[str] = ()
    text: Sequence[str] = ()
    sections: Sequence[Section] = field(default=())

    def figures(self) -> dict[str, Figure]:
        """Return the figures that have a file of their own, by its name."""
        parts = [part for section in self.sections for part in section.parts]
        return {part.file: part for part in parts if isinstance(part, Figure) and part.file}
