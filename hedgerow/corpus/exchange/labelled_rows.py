"""Rows that `hedgerow label` wrote (JSON Lines, CSV, Parquet): what a model says becomes labels, or suggestions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hedgerow.corpus.exchange.annotated import Annotated, Choice, Mark, Reading, Skipped, objects_in, offsets_in
from hedgerow.corpus.exchange.delimited_rows import read_cells
from hedgerow.corpus.exchange.objects import Object, fault, read_objects
from hedgerow.corpus.rows import RowError
from hedgerow.errors import CorpusError, InputError
from hedgerow.head import LEVEL
from hedgerow.io.optional import library
from hedgerow.io.score_columns import nest_heads
from hedgerow.labels import SPANS, Span

_HINT = "name a file that hedgerow label wrote"
_PLACE = frozenset({"doc", "index", "start", "end", "text"})  # fields of every row of hedgerow label
_CELLS = ("doc", "id", "index", "start", "end", "text", "speaker", "time", "read_to", "row")


def read(path: Path, reading: Reading) -> Iterator[Annotated | Skipped | RowError]:  # noqa: ARG001  # one format
    """Yield the sentences of a file, each with the labels that the model gave it."""
    rows = list(read_labelled(path))
    ids, heads = count_ids(rows), span_heads(rows)
    for found in rows:
        if isinstance(found, RowError):
            yield found
            continue
        place, row = found
        try:
            yield _annotated(row, place, ids, heads)
        except InputError as error:
            yield fault(place, str(error))


def has_scores(row: Mapping[str, Any]) -> bool:
    """Return whether a row is one of `hedgerow label` by its scores, of labels or spans."""
    if any(name.endswith("_scores") and isinstance(value, Mapping) for name, value in row.items()):
        return True
    return any("score" in span for value in row.values() if is_spans(value) for span in value)


def is_labelled(row: Mapping[str, Any], heads: Collection[str]) -> bool:
    """Return whether a row is one of `hedgerow label`: it has scores, or its place and no span of a model's `heads`.

    `heads` are those of `span_heads`.
    """
    return has_scores(row) or (row.keys() >= _PLACE and any(row.get(name) == [] for name in heads))


def span_heads(rows: Iterable[Object | RowError]) -> frozenset[str]:
    """Return the names of the span heads of a model whose rows these are, empty if they are no rows of a model."""
    found = [row[1] for row in rows if not isinstance(row, RowError)]
    if not any(map(has_scores, found)) and not all(row.keys() >= _PLACE and "id" not in row for row in found):
        return frozenset()
    return frozenset(name for row in found for name, value in row.items() if name == SPANS or is_spans(value))


def own_heads(row: Mapping[str, Any], heads: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """Return the names of the label heads of a labelled row, and of its span heads, of which `heads` are known."""
    labels = [name for name in row if isinstance(row.get(f"{name}_scores"), Mapping)]
    spans = [name for name, value in row.items() if name in heads or name == SPANS or is_spans(value)]
    return labels, spans


def spans_in(row: Mapping[str, Any], name: str) -> tuple[Span, ...]:
    """Return the spans of a head; raise InputError for one that is not a stretch of the row's text."""
    spans = []
    for value in objects_in(row, name, _HINT):
        start, end = offsets_in(value, _HINT)
        if not isinstance(value.get("type"), str) or row["text"][start:end] != value.get("text") or start < 0:
            raise InputError(f"{name} has {dict(value)!r}, which is no span of the text; the file was changed, {_HINT}")
        spans.append(Span.from_dict(value))
    return tuple(spans)


def other_fields(row: Mapping[str, Any], heads: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields of a labelled row that are no text, label, score or span."""
    labels, spans = own_heads(row, heads)
    taken = {"id", "text", *labels, *spans, *(f"{name}_{end}" for name in labels for end in ("scores", LEVEL))}
    return {name: value for name, value in row.items() if name not in taken and value is not None}


def count_ids(rows: Iterable[Object | RowError]) -> Counter[str]:
    """Return how often each id of an input row occurs: once for each sentence of its text."""
    found = (row[1].get("id") for row in rows if not isinstance(row, RowError))
    return Counter(str(identity) for identity in found if identity is not None)


def row_name(row: Mapping[str, Any], ids: Counter[str]) -> str:
    """Return an id for a labelled row: the input row's own, with the sentence's number if it has several.

    Without one it is the document and the sentence's number. `ids` are those of `count_ids`.
    """
    if ids[str(row.get("id"))] == 1:
        return str(row["id"])
    return f"{row['id'] if row.get('id') is not None else row.get('doc')}#{row.get('index')}"


def _annotated(row: Mapping[str, Any], place: str, ids: Counter[str], heads: Collection[str]) -> Annotated | Skipped:
    if not is_labelled(row, heads):
        raise InputError(f"not a row of hedgerow label (it has {', '.join(row)}, no scores); {_HINT}")
    if not isinstance(text := row.get("text"), str):
        raise InputError(f"text {text!r} is not a text; {_HINT}")
    labels, asked = own_heads(row, heads)
    if labels and all(row.get(name) is None for name in labels):
        return Skipped("without a label (the model abstained)")
    choices = tuple(Choice(str(row[name]), name) for name in labels if row[name] is not None)
    marks = tuple(
        Mark(span.start, span.end, str(span.type), name, span.text) for name in asked for span in spans_in(row, name)
    )
    fields = other_fields(row, heads)
    if ids[str(row.get("id"))] == 1:
        fields["id"] = row["id"]
    return Annotated(place, text, choices, marks, tuple(asked), fields, row_name(row, ids))


def read_labelled(path: Path) -> Iterator[Object | RowError]:
    """Yield the rows of a file with their places, as the JSON Lines of `hedgerow label` have them."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        yield from _parquet(path)
    elif suffix == ".csv":
        for found in read_cells(path, needed="text"):
            try:
                yield found if isinstance(found, RowError) else (found[0], _nested(found[1]))
            except ValueError as error:
                yield RowError(found[0] if isinstance(found, tuple) else found.path, 0, str(error), _HINT)
    else:
        yield from read_objects(path)


def _parquet(path: Path) -> Iterator[Object]:
    parquet, arrow = (library(name, needed_for="Parquet") for name in ("pyarrow.parquet", "pyarrow"))
    try:
        rows = parquet.read_table(path).to_pylist()
    except (arrow.ArrowException, OSError) as error:
        raise CorpusError(f"{path}: cannot be read ({' '.join(str(error).split())}); {_HINT}") from None
    for number, row in enumerate(rows, 1):
        row["row"] = json.loads(row["row"]) if isinstance(row.get("row"), str) else None
        yield f"{path}: row {number}", {name: value for name, value in row.items() if value is not None}


def _nested(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of CSV with its numbers, its JSON, and the columns HEAD_LABEL as one object of scores."""
    row: dict[str, Any] = {name: cells[name] for name in _CELLS if cells.get(name)}
    row |= {name: int(row[name]) for name in ("index", "start", "end", "read_to") if name in row}
    row |= {"time": float(row["time"])} if "time" in row else {}
    row |= {"row": json.loads(row["row"])} if "row" in row else {}
    return row | nest_heads(cells)


def is_spans(value: object) -> bool:
    """Return whether a value is a list of spans, and not empty."""
    names = {"start", "end", "type", "text"}
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, Mapping) and names <= one.keys() for one in value)
    )
