"""Labelled sentences for the eye: a line each on a terminal, cues and sources in colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hedgerow.labels import SpanType

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

COLOURS = {
    "certain": "green", "probable": "cyan", "possible": "yellow", "uncommitted": "magenta",
    "asserted": "default", "attributed": "blue", "endorsed": "green", "distanced": "yellow", "disputed": "red",
}  # fmt: skip


class TerminalWriter:
    """Prints labelled sentences on standard output, a heading before each document but a lone one."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=False, markup=False)
        self._doc: str | None = None

    def print(self, row: Mapping[str, Any]) -> None:
        """One labelled sentence: its number, certainty, stance, and the text with its spans marked."""
        if self._doc is not None and row["doc"] != self._doc:
            self._console.print(f"\n{_visible(row['doc'])}", style="bold")
        self._doc = row["doc"]
        table = Table.grid(padding=(0, 1))
        table.add_column(width=4, justify="right", style="dim")
        table.add_column(width=11)
        table.add_column(width=10)
        table.add_column(ratio=1)
        labels = [Text(row[axis] or "–", COLOURS.get(row[axis], "dim")) for axis in ("certainty", "stance")]
        table.add_row(str(row["index"] + 1), *labels, self._marked(row))
        self._console.print(table)

    def _marked(self, row: Mapping[str, Any]) -> Text:
        """The sentence, cues bold and sources underlined; without colour both stand in brackets."""
        plain = self._console.no_color or not self._console.is_terminal
        text = Text()
        at = 0
        for span in sorted(row["spans"], key=lambda span: (span["start"], -span["end"])):
            if span["start"] < at:
                continue  # inside the span before
            text.append(_visible(row["text"][at : span["start"]]))
            wording = _visible(row["text"][span["start"] : span["end"]])
            style = "underline" if SpanType(span["type"]).is_source else "bold yellow"
            text.append(f"[{wording}]" if plain else wording, style)
            at = span["end"]
        text.append(_visible(row["text"][at:]))
        return text


def _visible(text: str) -> str:
    """`text` without the control characters by which it could write to the terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
