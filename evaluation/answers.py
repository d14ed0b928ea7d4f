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
from hedgerow.report import literal
from hedgerow.report.provenance import short_name


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


def seen_first(files: Sequence[Path], labellings: Sequence[Sequence[Example]]) -> list[dict[str, Any]]:
    """Return the files with rows that were decided with labels in view, and how many: `file`, `rows`."""
    counts = [sum(row.extra.get(REVIEWED) == OPEN for row in rows) for rows in labellings]
    return [{"file": short_name(path), "rows": n} for path, n in zip(files, counts, strict=True) if n]


def seen_told(seen: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say, as texts of a page, of which files the agreement with a model is too high."""
    return [
        f"{count(one['rows'], 'row')} of {literal(one['file'])} decided with labels in view (`{REVIEWED}`: `{OPEN}`): "
        "agreement with the model that gave them is too high."
        for one in seen
    ]
