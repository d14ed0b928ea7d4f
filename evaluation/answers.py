"""Labelled files to compare: the answers that count, and what a person had seen before they gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hedgerow import corpus
from hedgerow.corpus.decisions import OPEN, as_first_answered, is_decided, reject_undecided
from hedgerow.errors import CorpusError
from hedgerow.head import REVIEWED
from hedgerow.io.plural import count
from hedgerow.labels import Example


def load_answers(files: Sequence[Path]) -> list[list[Example]]:
    """Return the rows of each file with the labels that count.

    Raises CorpusError for a file in which some rows are not decided, and for a copy of another one.
    """
    loaded: list[list[Example]] = []
    for path in files:
        rows = corpus.load([path])
        reject_undecided(path, rows)
        for earlier, others in zip(files, loaded, strict=False):
            if rows == others and not any(map(is_decided, rows)):
                raise CorpusError(
                    f"{earlier}, {path}: the same rows with the same labels, so one is a copy, or there is nothing to "
                    "measure; if it is a copy, label it anew"
                )
        loaded.append(rows)
    return [as_first_answered(rows) for rows in loaded]


def seen_first(files: Sequence[Path], labellings: Sequence[Sequence[Example]]) -> dict[str, Any]:
    """Return, for a report, the files with rows that were decided with labels in view; nothing if there are none."""
    counts = {
        str(path): sum(row.extra.get(REVIEWED) == OPEN for row in rows)
        for path, rows in zip(files, labellings, strict=True)
    }
    seen = {file: rows for file, rows in counts.items() if rows}
    return {"seen": seen} if seen else {}


def seen_told(report: Mapping[str, Any]) -> list[str]:
    """Say of which files the agreement with a model is too high."""
    return [
        f"{count(rows, 'row')} of {file} decided with labels in view (`{REVIEWED}`: `{OPEN}`): agreement with the "
        "model that gave them is too high."
        for file, rows in report.get("seen", {}).items()
    ]
