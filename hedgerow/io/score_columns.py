"""The columns of a labelled row in CSV, whose scores are in columns of their own, as a row of JSON has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hedgerow.head import LEVEL
from hedgerow.labels import AXES

PLAIN = frozenset({"doc", "id", "index", "start", "end", "text", "speaker", "time", "read_to", "row"})  # of no head
LIST_OF_SPANS = ("[]", "[{")  # the beginning of its JSON


def nest_heads(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return the label and span heads in the cells of a CSV row: labels, `NAME_scores`, `NAME_level`, lists of spans.

    A head of the user's own is a column with its scores after it. An empty label is None. Spans may be lists already.
    Raises ValueError for a score of an axis that is no number, and for spans that are no JSON.
    """
    row: dict[str, Any] = {}
    columns = {f"{axis}_{label}": axis for axis, labels in AXES.items() for label in labels}
    for axis, labels in AXES.items():
        scores = {str(label): _score(cells[f"{axis}_{label}"]) for label in labels if cells.get(f"{axis}_{label}")}
        if scores:
            row |= {axis: cells.get(axis) or None, f"{axis}_scores": scores}
    head = ""
    for name, cell in cells.items():
        if name in PLAIN or name in columns or name in AXES:
            continue
        if head and name.startswith(f"{head}_") and (number := _number(cell)) is not None:
            if name == f"{head}_{LEVEL}":
                row[name] = number
                continue
            row[head] = cells[head] or None
            row.setdefault(f"{head}_scores", {})[name.removeprefix(f"{head}_")] = number
            continue
        head = name
        if isinstance(cell, list):
            row[name] = cell
        elif isinstance(cell, str) and cell.startswith(LIST_OF_SPANS):
            row[name] = json.loads(cell)
    return row


def _score(cell: Any) -> float:
    number = _number(cell)
    if number is None:
        raise ValueError(f"the score {cell!r:.40} is no number")
    return number


def _number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None
