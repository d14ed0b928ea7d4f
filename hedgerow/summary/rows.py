"""Labelled rows, read back from what `hedgerow label` wrote: a file of JSON lines, or a run folder with its parts.

What is read here was written by this project, so a row that does not fit is no dirty input to be set aside but a sign
that the file is another one: reading stops there and says where.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hedgerow.errors import InputError
from hedgerow.files import read_lines
from hedgerow.labels import Certainty, SpanType, Stance

MANIFEST = "manifest.json"


class LabelledSpan(BaseModel):
    """Of a span, what a roll-up counts."""

    model_config = ConfigDict(frozen=True)

    type: SpanType
    text: str


class LabelledRow(BaseModel):
    """Of a labelled sentence, what a roll-up counts; a label is None where the classifier abstained."""

    model_config = ConfigDict(frozen=True)

    doc: str
    certainty: Certainty | None
    stance: Stance | None
    spans: tuple[LabelledSpan, ...]
    row: dict[str, Any] = Field(default_factory=dict)


def labelled_files(place: Path) -> list[Path]:
    """The files of JSON lines in a run folder, in order, or `place` itself where it is one. Raises InputError."""
    if place.is_dir():
        return _parts(place)
    if place.suffix.lower() != ".jsonl":
        raise InputError(
            f"{place}: not a .jsonl file or a run folder; write one with hedgerow label INPUT -o OUT.jsonl"
        )
    if not place.is_file():
        raise InputError(f"{place}: no such file")
    return [place]


def _parts(run: Path) -> list[Path]:
    try:
        manifest = json.loads((run / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        cure = "name a run folder or a .jsonl file that hedgerow label wrote"
        raise InputError(f"{run}: has no {MANIFEST} that can be read ({error}); {cure}") from None
    if not (isinstance(manifest, dict) and manifest.get("complete") is True):
        raise InputError(f"{run}: this run is not finished; give its hedgerow label command again, which goes on")
    parts = sorted((run / "parts").glob("part-*.jsonl"))
    if not parts:
        raise InputError(f"{run}: has no parts of JSON lines; roll up a run whose parts are jsonl")
    return parts


def read_labelled(files: Sequence[Path]) -> Iterator[LabelledRow]:
    """The rows of all `files`, one at a time. Raises InputError with file, line, what is wrong and what is right."""
    for path in files:
        with path.open("rb") as file:
            for line in read_lines(file):
                try:
                    yield LabelledRow.model_validate_json(line.raw)
                except ValidationError as error:
                    raise InputError(f"{path}:{line.number}: {_fault(error)}") from None


def _fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    shown = "" if first["type"] in {"missing", "json_invalid"} else f", not {first['input']!r:.60}"
    return f"{where + ': ' if where else ''}{first['msg']}{shown}; name a file that hedgerow label wrote"
