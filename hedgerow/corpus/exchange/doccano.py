"""doccano: read its JSON Lines exports, of all kinds of text projects.

Text classification writes {"text", "label": ["a", "b"]}, sequence labelling {"text", "label": [[start, end, "a"]]}
or, with relations, {"text", "entities": [{"id", "label", "start_offset", "end_offset"}], "relations"}, and "intent
detection and slot filling", which has labels and spans, {"text", "cats": ["a"], "entities": [[start, end, "b"]]}. The
labels of a project are one list, so ours are written HEAD:LABEL.

doccano counts UTF-16 code units; a project that counts "grapheme clusters as one character" counts these. It does not
write the marked words, so nothing tells the units apart: the option --offsets says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hedgerow.corpus.exchange.annotated import (
    Annotated,
    Choice,
    KeptHeads,
    Lost,
    Mark,
    Reading,
    Skipped,
    kept_fields,
    kept_heads,
    listed,
    offsets_in,
)
from hedgerow.corpus.exchange.objects import fault, read_objects
from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.corpus.rows import RowError
from hedgerow.errors import InputError
from hedgerow.labels import SPANS

_LABELS = ("label", "labels", "cats", "entities")
_AGAIN = "export the project as JSONL"
_OWN = frozenset({*_LABELS, "id", "data", "relations", "Comments"})


def read(path: Path, reading: Reading) -> Iterator[Annotated | Skipped | Lost | RowError]:
    """Yield the texts of an export with their labels."""
    for found in read_objects(path):
        if isinstance(found, RowError):
            yield found
            continue
        place, row = found
        try:
            if row.get("relations"):
                yield Lost("relations")
            if row.get("Comments"):
                yield Lost("comments")
            yield _annotated(row, place, path.stem, reading)
        except InputError as error:
            yield fault(place, str(error))


def _annotated(row: Mapping[str, Any], place: str, stem: str, reading: Reading) -> Annotated | Skipped:
    name = reading.text_field if reading.text_field in row else "data"
    if not isinstance(text := row.get(name), str):
        hint = f"it has {', '.join(row)}: name the field with the text, --text-field NAME"
        raise InputError(f"no text in the field {reading.text_field!r}; {hint}")
    choices: list[Choice] = []
    marks: list[Mark] = []
    for key in _LABELS:
        for label in listed(row, key, _AGAIN):
            if isinstance(label, str):
                choices.append(Choice(label))
            else:
                marks.append(_mark(label))
    kept = kept_heads(row)
    if not choices and not marks and not (kept and kept.spans):
        return Skipped("without labels")
    return Annotated(
        place,
        text,
        tuple(choices),
        tuple(marks),
        asked=kept.spans if kept else ((SPANS,) if marks or row.get("entities") is not None else ()),
        fields=kept_fields(row, _OWN | {name}),
        number=f"{stem}-{row.get('id') or place.rpartition(':')[2]}",
        units=reading.units(Unit.UTF_16),
        kept=kept or KeptHeads(),
    )


def _mark(value: Any) -> Mark:
    if isinstance(value, Mapping):
        value = [value.get("start_offset"), value.get("end_offset"), value.get("label")]
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[2], str):
        raise InputError(f"the label {value!r} is not [start, end, label]; {_AGAIN}")
    return Mark(*offsets_in({"start": value[0], "end": value[1]}, _AGAIN), value[2])
