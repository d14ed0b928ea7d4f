"""CSV: one row for each text, with the columns text, certainty, stance, and spans as JSON; others are kept.

Cells hold text only. The column "hedgerow" has, as JSON, the fields of a row that are not text, or that no column can
be called by. A field that is a text in other rows has a column: a number or boolean is in both, and the cell counts.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hedgerow.corpus.exchange.annotated import KEPT, Annotated, Choice, Mark, Reading, Skipped, offsets_in
from hedgerow.corpus.exchange.delimited_rows import read_cells
from hedgerow.corpus.exchange.items import Item, Source
from hedgerow.corpus.exchange.objects import fault
from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.corpus.rows import RowError, has_own_label
from hedgerow.errors import CorpusError, InputError
from hedgerow.head import label_text
from hedgerow.labels import AXES, SPANS

DATA = "corpus.csv"
_SCORES = frozenset(f"{axis}_score" for axis in AXES)
_COLUMNS = ("id", "text", *AXES, *sorted(_SCORES), SPANS)
_OF_LABELLED = ("certainty_scores", "certainty_certain")  # columns of hedgerow label


def read(path: Path, reading: Reading) -> Iterator[Annotated | Skipped | RowError]:
    """Yield the rows of a table."""
    for found in read_cells(path, needed=reading.text_field, hint="name that of the texts with --text-field"):
        if isinstance(found, RowError):
            yield found
            continue
        place, cells = found[0], _renamed(found[1], reading, path)
        if any(name in cells for name in _OF_LABELLED):
            raise CorpusError(f"{path}: rows of hedgerow label, with scores; import them --from rows")
        try:
            yield _annotated(cells, place, path.stem, reading)
        except InputError as error:
            yield fault(place, str(error))


def _annotated(cells: Mapping[str, str], place: str, stem: str, reading: Reading) -> Annotated | Skipped:
    choices = tuple(Choice(label.strip(), axis) for axis in AXES if (label := cells.get(axis, "")).strip())
    spans = _json(cells, SPANS, list)
    fields = _fields(cells, reading)
    own = any(cells.get(name) for name in reading.fields) if reading.fields else has_own_label(fields)
    if not choices and spans is None and not own:
        return Skipped("without labels")
    marks = tuple(_mark(span) for span in spans or ())
    asked = () if spans is None else (SPANS,)
    number = f"{stem}-{place.rpartition(':')[2]}"
    text = cells[reading.text_field]
    return Annotated(place, text, choices, marks, asked, fields, number, reading.units(Unit.CODE_POINTS))


def _fields(cells: Mapping[str, str], reading: Reading) -> dict[str, Any]:
    """Return the other fields of a row: its cells that are not empty, and those kept as JSON that no cell changed."""
    taken = {reading.text_field, SPANS, KEPT, *AXES, *_SCORES}
    columns = {name: cell for name, cell in cells.items() if name and name not in taken}
    kept = _json(cells, KEPT, dict) or {}
    same = {name: value for name, value in kept.items() if columns.get(name, written := _cell(value)) == written}
    return {name: cell for name, cell in columns.items() if cell} | same


def _cell(value: object) -> str:
    """Return a value as its cell has it: a label as text, nothing for other types."""
    return label_text(value) or ""


def _renamed(cells: Mapping[str, str], reading: Reading, path: Path) -> dict[str, str]:
    """Return the cells of a row with the names that `reading` gives their columns."""
    if missing := [column for column in reading.fields.values() if column not in cells]:
        raise CorpusError(f"{path}:1: no column {missing[0]!r}; it has {', '.join(cells)}")
    taken = {*reading.fields, *reading.fields.values()} - {reading.text_field}
    kept = {name: cell for name, cell in cells.items() if name not in taken}
    return kept | {name: cells[column] for name, column in reading.fields.items()}


def _json(cells: Mapping[str, str], column: str, kind: type) -> Any:
    """Return the JSON of a cell; None if it is empty."""
    if not (cell := cells.get(column, "").strip()):
        return None
    try:
        value = json.loads(cell)
    except ValueError as error:
        raise InputError(
            f"{column} {cell!r} is not JSON ({error}); write it as JSON, or leave the cell empty"
        ) from None
    if not isinstance(value, kind):
        raise InputError(f"{column} {cell!r} is not a JSON {kind.__name__}; write one, or leave the cell empty")
    return value


def _mark(span: Any) -> Mark:
    if not isinstance(span, Mapping) or not isinstance(span.get("type"), str):
        raise InputError(f'span {span!r} is not {{"start", "end", "type", "text"}}; write each span so')
    words = span.get("text")
    place = offsets_in(span, "write them so")
    return Mark(*place, span["type"], SPANS, words if isinstance(words, str) else None)


def write(items: Sequence[Item], source: Source) -> dict[str, str]:  # noqa: ARG001  # a table has no suggestions
    """Return the table as the content of its file."""
    rows = [_row(item) for item in items]
    used = {name for row in rows for name in row}
    own = sorted(used - {*_COLUMNS, KEPT})
    table = io.StringIO(newline="")
    columns = [*(name for name in _COLUMNS if name in used), *own, *([KEPT] if KEPT in used else [])]
    writer = csv.DictWriter(table, columns, restval="")
    writer.writeheader()
    for row in rows:
        kept = row.get(KEPT, {})
        cells = {name: _cell(kept[name]) for name in own if name in kept}
        writer.writerow(row | cells | ({KEPT: json.dumps(kept, ensure_ascii=False)} if kept else {}))
    return {DATA: table.getvalue()}


def _row(item: Item) -> dict[str, Any]:
    """Return the cells of an item; the fields that are in none are an object under KEPT."""
    row: dict[str, Any] = {"id": item.id, "text": item.text, **item.labels}
    row |= {f"{axis}_score": item.score(axis) for axis in AXES if axis in item.labels and item.is_suggestion}
    if SPANS in item.spans:
        row[SPANS] = json.dumps([span.to_dict() for span in item.spans[SPANS]], ensure_ascii=False)
    others = dict(item.fields) | {
        head: [span.to_dict() for span in spans] for head, spans in item.spans.items() if head != SPANS
    }
    texts = {name: value for name, value in others.items() if isinstance(value, str) and value and _is_column(name)}
    rest = {name: value for name, value in others.items() if name not in texts} | dict(item.values)
    return row | texts | ({KEPT: rest} if rest else {})


def _is_column(name: str) -> bool:
    """Return whether a field can have a column of its name that is read as that field again."""
    return bool(name) and name == name.strip() and name not in (*_COLUMNS, *_OF_LABELLED, KEPT)
