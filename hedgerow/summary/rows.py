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
from hedgerow.extras import library
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
    parts = [path for path in sorted((run / "parts").glob("part-*")) if path.suffix in _READERS]
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
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        try:
            for row in rows:
                yield rows.line_num, _nested(path, rows.line_num, row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}:{rows.line_num}: {error}; name a file that hedgerow label wrote") from None


def _parquet(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    parquet = library("pyarrow.parquet", needed_for="Parquet")
    number = 0
    try:
        file = parquet.ParquetFile(path)
        columns = [name for name in LabelledRow.model_fields if name in file.schema_arrow.names]
        for batch in file.iter_batches(batch_size=1000, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield number, _nested(path, number, row)
    except library("pyarrow", needed_for="Parquet").ArrowException as error:
        raise InputError(f"{path}: not a whole Parquet file ({error}); name one that hedgerow label wrote") from None


def _nested(path: Path, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its labels None where they are empty, and what is JSON in a cell read."""
    found = {name: None if value == "" else value for name, value in row.items()}
    for name in ("spans", "row"):
        cell = found.get(name)
        if isinstance(cell, str):
            try:
                found[name] = json.loads(cell)
            except ValueError as error:
                cure = "name a file that hedgerow label wrote"
                raise InputError(f"{path}:{number}: {name}: not JSON ({error}); {cure}") from None
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
    return f"{where + ': ' if where else ''}{first['msg']}{shown}; name a file that hedgerow label wrote"
