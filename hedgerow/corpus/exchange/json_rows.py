"""Rows of any JSON file, with fields of other names: one object a line, or one array of objects.

`--field grade=sentence-level-certainty` names the field that a field of the corpus comes from. Fields that are not
named keep their names, and values of the user's own heads stay as they are: a recipe says what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hedgerow.corpus.exchange.annotated import Annotated, Choice, Mark, Reading, Skipped, objects_in, offsets_in
from hedgerow.corpus.exchange.objects import fault, read_objects
from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.corpus.rows import RowError
from hedgerow.corpus.selecting import written
from hedgerow.errors import CorpusError, InputError
from hedgerow.labels import AXES, SPANS

_HINT = "see --text-field and --field"


def read(path: Path, reading: Reading) -> Iterator[Annotated | Skipped | RowError]:
    """Yield the rows of a file that meet the conditions of `reading`."""
    known: set[str] = set()
    for found in read_objects(path):
        if isinstance(found, RowError):
            yield found
            continue
        place, row = found
        known |= row.keys()
        if any(written(row.get(name)) != value for name, value in reading.where.items()):
            yield Skipped("that --where leaves out")
            continue
        try:
            yield _annotated(row, place, path.stem, reading)
        except InputError as error:
            yield fault(place, str(error))
    if missing := [name for name in (*reading.where, *reading.fields.values()) if known and name not in known]:
        raise CorpusError(f"{path}: no row has the field {missing[0]!r}; they have {', '.join(sorted(known))}")


def _annotated(row: Mapping[str, Any], place: str, stem: str, reading: Reading) -> Annotated | Skipped:
    if not isinstance(text := row.get(reading.text_field), str):
        have = ", ".join(row)
        raise InputError(f"field {reading.text_field!r} is not a text (the row has {have}); {_HINT}")
    fields = renamed(row, reading)
    choices = tuple(Choice(_label(fields.pop(axis), axis), axis) for axis in AXES if fields.get(axis) is not None)
    marks = tuple(map(_mark, objects_in(fields, SPANS, _HINT))) if fields.get(SPANS) is not None else ()
    asked = (SPANS,) if fields.get(SPANS) is not None else ()
    own = [name for name in reading.fields if fields.get(name) is not None]
    if reading.fields and not (own or choices or asked):
        return Skipped("without labels")
    rest = {name: value for name, value in fields.items() if name not in (*AXES, SPANS) and value is not None}
    number = f"{stem}-{place.rpartition(':')[2].removeprefix(' task ')}"
    return Annotated(place, text, choices, marks, asked, rest, number, reading.units(Unit.CODE_POINTS))


def renamed(row: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    """Return the fields of a row but its text, with the names that `reading` gives them."""
    taken = {reading.text_field, "text", *reading.fields.values()}
    kept = {name: value for name, value in row.items() if name not in taken and name not in reading.fields}
    return kept | {name: row[source] for name, source in reading.fields.items() if source in row}


def _label(value: object, axis: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{axis} {value!r} is not a text; a scale of your own needs another name, see --field")
    return value


def _mark(span: Mapping[str, Any]) -> Mark:
    if not isinstance(span.get("type"), str):
        raise InputError(f'span {dict(span)!r} is not {{"start", "end", "type", "text"}}; {_HINT}')
    words = span.get("text")
    return Mark(*offsets_in(span, _HINT), span["type"], SPANS, words if isinstance(words, str) else None)
