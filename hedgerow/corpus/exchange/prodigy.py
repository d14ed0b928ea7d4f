"""Prodigy: read what `prodigy db-out DATASET` writes, JSON Lines.

A task has "text", "answer" (accept, reject or ignore), "spans": [{"start", "end", "label", "token_start", "token_end"}]
of recipes that mark, "accept": [option, ...] of recipes that offer choices, "label" of a question about one label. A
recipe does one of these, so the lines of the same text are merged. Offsets are code points. Labels are one list, so
they are written HEAD:LABEL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hedgerow.corpus.exchange.annotated import KEPT, Annotated, Choice, Mark, Reading, Skipped
from hedgerow.corpus.exchange.objects import fault, read_objects
from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.corpus.rows import RowError
from hedgerow.errors import InputError

_REASONS = {"reject": "rejected", "ignore": "ignored", None: "without an answer"}
_WHO = ("_annotator_id", "_session_id")


def read(path: Path, reading: Reading) -> Iterator[Annotated | Skipped | RowError]:
    """Yield the accepted tasks of a dataset."""
    for found in read_objects(path):
        if isinstance(found, RowError):
            yield found
            continue
        place, task = found
        try:
            yield _annotated(task, place, path.stem, reading)
        except InputError as error:
            yield fault(place, str(error))


def _annotated(task: Mapping[str, Any], place: str, stem: str, reading: Reading) -> Annotated | Skipped:
    answer = task.get("answer")
    if answer not in ("accept", *_REASONS):
        raise InputError(f"answer {answer!r} is not accept, reject or ignore; write the file with prodigy db-out")
    if answer != "accept":
        return Skipped(_REASONS[answer])
    if reading.annotator is not None and reading.annotator not in {str(task.get(name)) for name in _WHO}:
        return Skipped("of other annotators")
    if not isinstance(text := task.get(reading.text_field), str):
        hint = f"it has {', '.join(task)}: name the field with the text, --text-field NAME"
        raise InputError(f"no text in the field {reading.text_field!r}; {hint}")
    chosen = [*_listed(task, "accept"), *([task["label"]] if isinstance(task.get("label"), str) else [])]
    marks = None if task.get("spans") is None else tuple(_mark(span) for span in _listed(task, "spans"))
    if not chosen and marks is None:
        return Skipped("without labels")
    number = f"{stem}-{place.rpartition(':')[2]}"
    choices = tuple(Choice(str(label)) for label in chosen)
    return Annotated(place, text, choices, marks, _fields(task), number, reading.units(Unit.CODE_POINTS))


def _fields(task: Mapping[str, Any]) -> dict[str, Any]:
    kept = task.get(KEPT, task.get("meta"))
    return dict(kept) if isinstance(kept, Mapping) else {}


def _listed(task: Mapping[str, Any], key: str) -> list[Any]:
    value = task.get(key)
    if value is not None and not isinstance(value, list):
        raise InputError(f"{key} {value!r} is not a list; write the file with prodigy db-out")
    return value or []


def _mark(span: Any) -> Mark:
    if not isinstance(span, Mapping) or not isinstance(span.get("label"), str):
        raise InputError(f"span {span!r} has no label; mark it again, or write the file with prodigy db-out")
    start, end, words = span.get("start"), span.get("end"), span.get("text")
    if not isinstance(start, int) or not isinstance(end, int):
        raise InputError(f"span {span!r} has no whole numbers for start and end; write the file with prodigy db-out")
    return Mark(start, end, span["label"], words=words if isinstance(words, str) else None)
