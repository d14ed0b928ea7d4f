"""Read labelled rows that `hedgerow label` wrote: JSON Lines, CSV or Parquet, a file or the parts of a run.

These files were written by this project, so a row that does not fit means that the file is another one. It is not
skipped: reading stops with an error that says where.
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

RUN_MANIFEST = "manifest.json"
_HINT = "name a file that hedgerow label wrote"


class LabelledSpan(BaseModel):
    """The fields of a span that a roll-up counts."""

    model_config = ConfigDict(frozen=True)

    type: SpanType
    text: str


class LabelledRow(BaseModel):
    """The fields of a labelled sentence that a roll-up counts; a label is None if the classifier abstained."""

    model_config = ConfigDict(frozen=True)

    doc: str
    certainty: Certainty | None
    stance: Stance | None
    spans: tuple[LabelledSpan, ...]
    row: dict[str, Any] = Field(default_factory=dict)


def labelled_files(path: Path) -> list[Path]:
    """Return the parts of a run folder, in order, or `path` itself if it is a file; raise InputError if neither."""
    if path.is_dir():
        return _parts(path)
    if path.suffix.lower() not in _READERS:
        raise InputError(f"{path}: not a {', '.join(_READERS)} file or a run folder; write one with hedgerow label")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    return [path]


def _parts(run: Path) -> list[Path]:
    try:
        manifest = json.loads((run / RUN_MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        hint = "name a run folder or a file that hedgerow label wrote"
        raise InputError(f"{run}: no readable {RUN_MANIFEST} ({error}); {hint}") from None
    if not (isinstance(manifest, dict) and manifest.get("complete") is True):
        raise InputError(f"{run}: this run is not finished; run its hedgerow label command again, which resumes it")
    settings = manifest.get("settings")
    suffix = settings.get("parts") if isinstance(settings, dict) else None
    parts = sorted((run / "parts").glob(f"part-*.{suffix}")) if f".{suffix}" in _READERS else []
    if not parts:
        raise InputError(f"{run}: has no parts; name a run folder that hedgerow label wrote")
    return parts


def read_labelled(files: Sequence[Path]) -> Iterator[LabelledRow]:
    """Yield the rows of all `files`.

    Raises InputError that names file, line (row, for Parquet), error and hint.
    """
    for path in files:
        for number, row in _READERS[path.suffix.lower()](path):
            try:
                yield (
                    LabelledRow.model_validate_json(row) if isinstance(row, bytes) else LabelledRow.model_validate(row)
                )
            except ValidationError as error:
                raise InputError(f"{path}:{number}: {_explain(error)}") from None


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
                raise InputError(f"{path}:1: no column {sorted(missing)[0]!r}; {_HINT}")
            for row in rows:
                if None in row or None in row.values():
                    raise InputError(f"{path}:{line + 1}: not as many columns as the header; {_HINT}")
                yield line + 1, _nested(path, line + 1, row)
                line = rows.line_num
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}: after line {line}: {error}; {_HINT}") from None


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
            raise InputError(f"{path}: cannot be read after row {number} ({reason}); {_HINT}") from None


def _nested(path: Path, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with None for empty labels, and with its cells of JSON read."""
    cells = {name: None if value == "" else value for name, value in row.items()}
    for name in ("spans", "row"):
        cell = cells.get(name)
        if isinstance(cell, str):
            try:
                cells[name] = json.loads(cell)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}:{number}: {name}: not JSON ({error}); {_HINT}") from None
    return {name: value for name, value in cells.items() if name != "row" or value is not None}


_READERS: Mapping[str, Callable[[Path], Iterator[tuple[int, bytes | dict[str, Any]]]]] = {
    ".jsonl": _json_lines,
    ".csv": _csv,
    ".parquet": _parquet,
}


def _explain(error: ValidationError) -> str:
    """Return the first error as one line: the field, the error, the value and a hint."""
    first = error.errors(include_url=False)[0]
    field = ".".join(map(str, first["loc"]))
    shown = "" if first["type"] in {"missing", "json_invalid"} else f", not {first['input']!r:.60}"
    return f"{field + ': ' if field else ''}{first['msg']}{shown}; {_HINT}"
