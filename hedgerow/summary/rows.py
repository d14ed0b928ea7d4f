"""Labelled rows, read back from what `hedgerow label` wrote: JSON lines, CSV or Parquet, a file or a run's parts.

What is read here was written by this project, so a row that does not fit is no dirty input to be set aside but a sign
that the file is another one: reading stops there and says where.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hedgerow.errors import InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.optional import library
from hedgerow.labels import Certainty, SpanType, Stance

MANIFEST = "manifest.json"
_CURE = "name a file that hedgerow label wrote"


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
    """The parts of a run folder, in order, or `place` itself where it is a labelled file. Raises InputError."""
    if place.is_dir():
        return _parts(place)
    if place.suffix.lower() not in _READERS:
        raise InputError(f"{place}: not a {', '.join(_READERS)} file or a run folder; write one with hedgerow label")
    if not place.is_file():
        raise InputError(f"{place}: no such file")
    return [place]


def _parts(run: Path) -> list[Path]:
    try:
        manifest = json.loads((run / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        cure = "name a run folder or a file that hedgerow label wrote"
        raise InputError(f"{run}: has no {MANIFEST} that can be read ({error}); {cure}") from None
    if not (isinstance(manifest, dict) and manifest.get("complete") is True):
        raise InputError(f"{run}: this run is not finished; give its hedgerow label command again, which goes on")
    settings = manifest.get("settings")
    suffix = settings.get("parts") if isinstance(settings, dict) else None
    parts = sorted((run / "parts").glob(f"part-*.{suffix}")) if f".{suffix}" in _READERS else []
    if not parts:
        raise InputError(f"{run}: has no parts; name a run folder that hedgerow label wrote")
    return parts


def read_labelled(files: Sequence[Path]) -> Iterator[LabelledRow]:
    """The rows of all `files`, one at a time.

    Raises InputError with file, line (of Parquet: row), what is wrong and what is right.
    """
    for path in files:
        for number, row in _READERS[path.suffix.lower()](path):
            try:
                yield (
                    LabelledRow.model_validate_json(row) if isinstance(row, bytes) else LabelledRow.model_validate(row)
                )
            except ValidationError as error:
                raise InputError(f"{path}:{number}: {_fault(error)}") from None


def _json_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for line in read_lines(file):
            yield line.number, line.raw


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        line = 1
        try:
            if missing := {"doc", "certainty", "stance", "spans"} - set(rows.fieldnames or ()):
                raise InputError(f"{path}:1: no column {sorted(missing)[0]!r}; {_CURE}")
            for row in rows:
                if None in row or None in row.values():
                    raise InputError(f"{path}:{line + 1}: not as many columns as the header has; {_CURE}")
                yield line + 1, _nested(path, line + 1, row)
                line = rows.line_num
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}: after line {line}: {error}; {_CURE}") from None


def _parquet(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    parquet, arrow = (library(name, needed_for="Parquet") for name in ("pyarrow.parquet", "pyarrow"))
    number = 0
    with path.open("rb") as opened:
        try:
            file = parquet.ParquetFile(opened)
            columns = [name for name in LabelledRow.model_fields if name in file.schema_arrow.names]
            for batch in file.iter_batches(batch_size=1000, columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield number, _nested(path, number, row)
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{path}: cannot be read from row {number + 1} on ({reason}); {_CURE}") from None


def _nested(path: Path, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its labels None where they are empty, and what is JSON in a cell read."""
    found = {name: None if value == "" else value for name, value in row.items()}
    for name in ("spans", "row"):
        cell = found.get(name)
        if isinstance(cell, str):
            try:
                found[name] = json.loads(cell)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}:{number}: {name}: not JSON ({error}); {_CURE}") from None
    return {name: value for name, value in found.items() if name != "row" or value is not None}


_READERS: Mapping[str, Callable[[Path], Iterator[tuple[int, bytes | dict[str, Any]]]]] = {
    ".jsonl": _json_lines,
    ".csv": _csv,
    ".parquet": _parquet,
}


def _fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    shown = "" if first["type"] in {"missing", "json_invalid"} else f", not {first['input']!r:.60}"
    return f"{where + ': ' if where else ''}{first['msg']}{shown}; {_CURE}"
