"""The terminal: one labelled sentence per line, cues and sources marked."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hedgerow.labels import AXES
from hedgerow.results import Prediction
from hedgerow.writers.records import LabelledSentence

_NARROW = 60  # columns: in fewer, the text stands below its labels
_WIDEST = 20  # columns of a label; a longer one is wrapped
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

COLOURS = {
    "certain": "green", "probable": "cyan", "possible": "yellow", "uncommitted": "magenta",
    "asserted": "default", "attributed": "blue", "endorsed": "green", "distanced": "yellow", "disputed": "red",
}  # fmt: skip


class TerminalWriter:
    """Print labelled sentences on standard output, with a heading before each document after the first.

    Labels of heads of the user's own follow the axes; a sentence that was cut ends in a note that says where.
    """

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=False, markup=False)
        self._doc: str | None = None

    def write(self, sentence: LabelledSentence) -> None:
        """Print one sentence: its number, its labels, and the text with its spans marked."""
        if self._doc is not None and sentence.doc != self._doc:
            self._console.print(f"\n{_visible(sentence.doc)}", style="bold")
        self._doc = sentence.doc
        heads = sentence.prediction.label_heads
        labels = [sentence.label(name) for name in heads]
        cells = [Text(_visible(label or "–"), COLOURS.get(label or "", "dim")) for label in labels]
        if self._console.width < _NARROW:
            self._console.print(Text(" ").join([Text(str(sentence.index + 1), "dim"), *cells]))
            self._console.print(Padding(self._marked(sentence.prediction), (0, 0, 0, 2)))
            return
        table = Table.grid(padding=(0, 1))
        table.add_column(width=4, justify="right", style="dim")
        for name in heads:
            table.add_column(width=_width(sentence.prediction, name))
        table.add_column(ratio=1)
        table.add_row(str(sentence.index + 1), *cells, self._marked(sentence.prediction))
        self._console.print(table)

    def close(self) -> None:
        """Do nothing: every sentence is printed at once."""

    def _marked(self, prediction: Prediction) -> Text:
        """Return the sentence, cues bold and sources underlined; without colour both are in brackets."""
        plain = self._console.no_color or not self._console.is_terminal
        spans = [*prediction.spans, *(span for spans in prediction.other_spans.values() for span in spans)]
        text = Text()
        end = 0
        for span in sorted(spans, key=lambda span: (span.start, -span.end)):
            if span.start < end:
                continue  # inside the span before
            text.append(_visible(prediction.text[end : span.start]))
            words = _visible(prediction.text[span.start : span.end])
            style = "underline" if span.is_source else "bold yellow"
            text.append(f"[{words}]" if plain else words, style)
            end = span.end
        text.append(_visible(prediction.text[end:]))
        if prediction.read_to is not None:
            text.append(f" (read to character {prediction.read_to:,} of {len(prediction.text):,})", "dim")
        return text


def _width(prediction: Prediction, head: str) -> int:
    """Return the width of a head's column: that of its longest label, so that all sentences have the same."""
    if head in AXES:
        return max(map(len, AXES[head]))
    return min(max(cell_len(_visible(label)) for label in prediction.other_scores[head]), _WIDEST)


def _visible(text: str) -> str:
    """Return `text` with its control characters escaped: they could write to the terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
