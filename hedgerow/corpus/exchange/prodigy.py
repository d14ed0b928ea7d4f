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

from hedgerow.corpus.exchange.annotated import (
    KEPT,
    Annotated,
    Choice,
    KeptHeads,
    Mark,
    Reading,
    Skipped,
    kept_heads,
    listed,
    objects_in,
    offsets_in,
)
from hedgerow.corpus.exchange.objects import fault, read_objects
from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.corpus.rows import RowError
from hedgerow.errors import InputError
from hedgerow.labels import SPANS

_REASONS = {"reject": "rejected", "ignore": "ignored", None: "without an answer"}
_AGAIN = "write the file with prodigy db-out"
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
    if not isinstance(answer, str | None) or answer not in ("accept", *_REASONS):
        raise InputError(f"answer {answer!r} is not accept, reject or ignore; {_AGAIN}")
    if answer != "accept":
        return Skipped(_REASONS[answer])
    if reading.annotator is not None and reading.annotator not in {str(task.get(name)) for name in _WHO}:
        return Skipped("of other annotators")
    if not isinstance(text := task.get(reading.text_field), str):
        hint = f"it has {', '.join(task)}: name the field with the text, --text-field NAME"
        raise InputError(f"no text in the field {reading.text_field!r}; {hint}")
    chosen = [*listed(task, "accept", _AGAIN), *([task["label"]] if isinstance(task.get("label"), str) else [])]
    marks = tuple(_mark(span) for span in objects_in(task, "spans", _AGAIN))
    kept = kept_heads(task)
    asked = kept.spans if kept else ((SPANS,) if task.get("spans") is not None else ())
    if not chosen and not marks and not asked:
        return Skipped("without labels")
    return Annotated(
        place,
        text,
        tuple(Choice(str(label)) for label in chosen),
        marks,
        asked,
        _fields(task),
        number=f"{stem}-{place.rpartition(':')[2]}",
        units=reading.units(Unit.CODE_POINTS),
        kept=kept or KeptHeads(),
    )


def _fields(task: Mapping[str, Any]) -> dict[str, Any]:
    kept = task.get(KEPT, task.get("meta"))
    return dict(kept) if isinstance(kept, Mapping) else {}


def _mark(span: Mapping[str, Any]) -> Mark:
    if not isinstance(span.get("label"), str):
        raise InputError(f"span {dict(span)!r} has no label; mark it again, or {_AGAIN}")
    words = span.get("text")
    return Mark(*offsets_in(span, _AGAIN), span["label"], words=words if isinstance(words, str) else None)
