"""CSV: one labelled sentence per row, scores in columns of their own, spans and other columns as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from typing import Any, TextIO

from hedgerow.head import Head
from hedgerow.writers.records import LabelledSentence


class CsvWriter:
    """Write labelled sentences to an open text file; `heads` of the model decide the columns."""

    def __init__(self, file: TextIO, heads: Sequence[Head]) -> None:
        self._label_heads = [head for head in heads if head.kind == "label"]
        self._span_heads = [head.name for head in heads if head.kind == "span"]
        self._rows = csv.DictWriter(file, columns(heads))
        self._rows.writeheader()

    def write(self, sentence: LabelledSentence) -> None:
        """Write one sentence."""
        row = sentence.to_dict()
        cells: dict[str, Any] = {name: row.get(name) for name in ("doc", "id", "index", "start", "end", "text")}
        for head in self._label_heads:
            cells[head.name] = row[head.name]
            cells |= {f"{head.name}_{label}": score for label, score in row[f"{head.name}_scores"].items()}
            if head.is_ordered:
                cells[f"{head.name}_level"] = row[f"{head.name}_level"]
        cells |= {name: _json(row.get(name, [])) for name in self._span_heads}
        cells |= {name: row.get(name) for name in ("speaker", "time", "read_to")}
        cells |= {"row": _json(row["row"]) if "row" in row else None}
        self._rows.writerow(cells)

    def close(self) -> None:
        """Do nothing: every row is written at once."""


def columns(heads: Sequence[Head]) -> list[str]:
    """Return the column names for a model with these heads: the codebook's first, then the user's own."""
    labels = sorted((head for head in heads if head.kind == "label"), key=lambda head: head.is_own)
    spans = sorted((head for head in heads if head.kind == "span"), key=lambda head: head.is_own)
    codebook = [head for head in labels if not head.is_own]
    own = [name for head in labels if head.is_own for name in (head.name, *_scores(head))]
    scores = [column for head in codebook for column in _scores(head)]
    names = ["doc", "id", "index", "start", "end", "text", *(head.name for head in codebook), *scores]
    return [*names, *own, *(head.name for head in spans), "speaker", "time", "read_to", "row"]


def _scores(head: Head) -> list[str]:
    level = [f"{head.name}_level"] if head.is_ordered else []
    return [*(f"{head.name}_{label}" for label in head.labels), *level]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
