"""Labelled sentences for the eye: a line each on a terminal, cues and sources in colour."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

COLOURS = {
    "certain": "green", "probable": "cyan", "possible": "yellow", "uncommitted": "magenta",
    "asserted": "default", "attributed": "blue", "endorsed": "green", "distanced": "yellow", "disputed": "red",
}  # fmt: skip


def print_sentence(row: Mapping[str, Any]) -> None:
    """One labelled sentence on standard output: certainty, stance, and the text with its spans marked."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=4, justify="right", style="dim")
    table.add_column(width=11)
    table.add_column(width=10)
    table.add_column(ratio=1)
    labels = [Text(row[axis], COLOURS[row[axis]]) for axis in ("certainty", "stance")]
    table.add_row(str(row["index"] + 1), *labels, marked(row))
    _console().print(table)


def marked(row: Mapping[str, Any]) -> Text:
    """The sentence, cues bold and sources underlined; without colour they stand in brackets."""
    plain = _console().no_color or not _console().is_terminal
    text = Text()
    at = 0
    for span in sorted(row["spans"], key=lambda span: (span["start"], -span["end"])):
        if span["start"] < at:
            continue  # inside the span before
        text.append(row["text"][at : span["start"]])
        wording = row["text"][span["start"] : span["end"]]
        source = span["type"].startswith("source")
        text.append(f"[{wording}]" if plain else wording, "underline" if source else "bold yellow")
        at = span["end"]
    text.append(row["text"][at:])
    return text


@lru_cache(maxsize=1)
def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)
