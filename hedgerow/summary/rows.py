"""Read labelled rows that `hedgerow label` wrote: JSON Lines, CSV or Parquet, a file or the parts of a run.

These files were written by this project, so a row that does not fit means that the file is another one. It is not
skipped: reading stops with an error that says where.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES, read_lines
from hedgerow.io.optional import library
from hedgerow.io.score_columns import LIST_OF_SPANS, PLAIN, nest_heads
from hedgerow.labels import AXES, SPANS, Certainty, SpanType, Stance
from hedgerow.summary.scheme import CODEBOOK, Scheme

MAX_OUTPUT_BYTES = 8 * MAX_ROW_BYTES  # of a labelled row: it has its sentence and the other columns of its input row
_PLACE = {"doc", "index", "start", "end", "text"}  # fields of every labelled row
_HINT = "name a file that hedgerow label wrote"
_AGAIN = "run its hedgerow label command again"
_DAMAGED = f"the file was cut or changed; {_AGAIN}"


@dataclass(frozen=True, slots=True)
class FoundHeads:
    """The heads of labelled rows: label heads with their labels, and the names of the user's own span heads.

    `has_spans` is whether the rows have the codebook's spans.
    """

    labels: Mapping[str, tuple[str, ...]]
    spans: tuple[str, ...] = ()
    has_spans: bool = True


class LabelledSpan(BaseModel):
    """The fields of a span that a roll-up counts."""

    model_config = ConfigDict(frozen=True)

    type: SpanType
    text: str


class OwnSpan(BaseModel):
    """A span of a head of the user's own, whose types are its own."""

    model_config = ConfigDict(frozen=True)

    type: str
    text: str


class LabelledRow(BaseModel):
    """The fields of a labelled sentence that a roll-up counts; a label is None if the classifier abstained.

    `row_type` gives a type of rows for a model without an axis, or with heads of the user's own.
    """

    model_config = ConfigDict(frozen=True)

    doc: str
    certainty: Certainty | None
    stance: Stance | None
    spans: tuple[LabelledSpan, ...]
    text: str | None = None
    row: dict[str, Any] = Field(default_factory=dict)
    _names: ClassVar[Mapping[str, str]] = {}
    _scheme: ClassVar[Scheme] = CODEBOOK
    _span_heads: ClassVar[Sequence[str]] = ()

    @classmethod
    def kept(cls) -> list[str]:
        """Return the fields of a file that rows of this type keep, beside the usual ones."""
        return list(cls._names)

    def field(self, column: str) -> Any:
        """Return the row's own field of that name, None without one; see `read_labelled`."""
        name = self._names.get(column, column if column in LabelledRow.model_fields else None)
        return None if name is None else getattr(self, name)

    @classmethod
    def scheme(cls) -> Scheme:
        """Return the label heads of the rows."""
        return cls._scheme

    def label(self, head: str) -> str | None:
        """Return the label of a head, None if the classifier abstained."""
        label = getattr(self, head if head in AXES else self._names[head])
        return None if label is None else str(label)

    def own_spans(self) -> Iterator[tuple[str, tuple[OwnSpan, ...]]]:
        """Yield the name and the spans of each span head of the user's own."""
        for head in self._span_heads:
            yield head, getattr(self, self._names[head])


def row_type(heads: FoundHeads, columns: Sequence[str] = ()) -> type[LabelledRow]:
    """Return a type of rows with these heads, which keeps the fields `columns` too, whatever they hold."""
    own = [name for name in heads.labels if name not in AXES]
    kept = [*own, *heads.spans, *columns]
    names = {
        name: f"column_{at}" for at, name in enumerate(dict.fromkeys(kept)) if name not in LabelledRow.model_fields
    }
    fields: dict[str, Any] = {name: (Any, Field(None, alias=column)) for column, name in names.items()}
    fields |= {axis: (enum | None, None) for axis, enum in AXES.items() if axis not in heads.labels}
    fields |= {names[name]: (str | None, Field(alias=name)) for name in own}
    fields |= {names[name]: (tuple[OwnSpan, ...], Field(alias=name)) for name in heads.spans}
    fields |= {} if heads.has_spans else {SPANS: (tuple[LabelledSpan, ...], ())}
    if not fields:
        return LabelledRow
    kind: type[LabelledRow] = create_model("LabelledRow", __base__=LabelledRow, **fields)
    kind._names = names
    kind._scheme = Scheme(heads.labels)
    kind._span_heads = heads.spans
    return kind


def read_labelled(files: Sequence[Path], columns: Sequence[str] = ()) -> Iterator[LabelledRow]:
    """Yield labelled rows.

    Parameters
    ----------
    files : sequence of Path
        JSON Lines, CSV or Parquet that `hedgerow label` wrote.
    columns : sequence of str
        Fields to keep beside the usual ones; a `Group` has those that it needs.

    Yields
    ------
    LabelledRow
        One per row, in order.

    Raises
    ------
    InputError
        With file, line (row, for Parquet), error and hint.

    Examples
    --------
    >>> from pathlib import Path
    >>> import hedgerow
    >>> from hedgerow.summary import read_labelled
    >>> counts = hedgerow.label_files("data/examples/article.txt", "rows.jsonl", model="lexicon")
    >>> len(list(read_labelled([Path("rows.jsonl")])))
    33
    """
    kind = row_type(find_heads(files), columns)
    for path in files:
        for number, row in READERS[path.suffix.lower()](path, kind.kept()):
            try:
                yield kind.model_validate_json(row) if isinstance(row, bytes) else kind.model_validate(row)
            except ValidationError as error:
                raise InputError(f"{path}:{number}: {_explain(error)}") from None


def find_heads(files: Sequence[Path]) -> FoundHeads:
    """Return the heads of the first row of `files`: the axes that it has, and other fields with scores or spans."""
    for path in files:
        suffix = path.suffix.lower()
        if suffix == ".parquet":
            return _heads_in_parquet(path)
        for _, raw in READERS[suffix](path, ()):
            return heads_of(_object(raw) if isinstance(raw, bytes) else _cells(raw))
    return FoundHeads(CODEBOOK.heads)


def heads_of(row: Mapping[str, Any]) -> FoundHeads:
    """Return the heads of a labelled row: the axes that it has, and other fields with scores or spans."""
    axes = {axis: CODEBOOK.heads[axis] for axis in AXES if axis in row}
    scores = {name.removesuffix("_scores"): value for name, value in row.items() if name.endswith("_scores")}
    own = {name: tuple(value) for name, value in scores.items() if name not in AXES and isinstance(value, Mapping)}
    spans = [name for name, value in row.items() if isinstance(value, list) and name != SPANS and name not in PLAIN]
    found = tuple(name for name in spans if name not in own)
    return FoundHeads(axes | own, found, has_spans=SPANS in row or not (axes or own or found))


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError):
        return {}  # reading it says what is wrong
    return row if isinstance(row, Mapping) else {}


def _cells(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row of CSV with scores as objects; axes that have no scores stay."""
    try:
        nested = nest_heads(row)
    except ValueError:
        nested = {}
    return dict(row) | nested


def _heads_in_parquet(path: Path) -> FoundHeads:
    parquet, arrow = (library(name, needed_for="Parquet") for name in ("pyarrow.parquet", "pyarrow"))
    try:
        schema = parquet.read_schema(path)
    except (arrow.ArrowException, OSError):
        return FoundHeads(CODEBOOK.heads)  # reading it says what is wrong
    kinds = arrow.types
    shown = {field.name: field.type for field in schema}
    found: dict[str, Any] = {
        name: dict.fromkeys((one.name for one in kind), 0)
        if kinds.is_struct(kind)
        else []
        if kinds.is_list(kind)
        else None
        for name, kind in shown.items()
    }
    return heads_of(found)


def _json_lines(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, bytes]]:  # noqa: ARG001  # all are there
    with path.open("rb") as file:
        for line in read_lines(file, limit=MAX_OUTPUT_BYTES):
            if not line.ended and not _is_json(line.raw):
                raise InputError(f"{path}:{line.number}: the file ends in the middle of this row; {_AGAIN}")
            if line.too_long:
                raise InputError(f"{path}:{line.number}: {line.size:,} bytes, more than a row may have; {_HINT}")
            yield line.number, line.raw


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _csv(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:  # noqa: ARG001  # all are there
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        line = 1
        try:
            names = set(rows.fieldnames or ())
            if missing := sorted({"doc", *(() if names >= _PLACE else (SPANS,))} - names):
                raise InputError(f"{path}:1: no column {missing[0]!r}; {_HINT}")
            for row in rows:
                if None in row or None in row.values():
                    raise InputError(f"{path}:{line + 1}: not as many columns as the header; {_DAMAGED}")
                yield line + 1, _nested(path, line + 1, row)
                line = rows.line_num
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}:{line + 1}: {error}; {_DAMAGED}") from None


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    parquet, arrow = (library(name, needed_for="Parquet") for name in ("pyarrow.parquet", "pyarrow"))
    number = 0
    with path.open("rb") as opened:
        try:
            file = parquet.ParquetFile(opened)
            known = {*LabelledRow.model_fields, *columns}
            kept = [name for name in file.schema_arrow.names if name in known]
            for batch in file.iter_batches(batch_size=1000, columns=kept):
                for row in batch.to_pylist():
                    number += 1
                    yield number, _nested(path, number, row)
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = " ".join(str(error).split())
            hint = f"if it was cut or changed, {_AGAIN}; else {_HINT}"
            raise InputError(f"{path}: cannot be read after row {number} ({reason}); {hint}") from None


def _nested(path: Path, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with None for empty labels, and with its cells of JSON read."""
    cells = {name: None if value == "" else value for name, value in row.items()}
    for name, cell in cells.items():
        if isinstance(cell, str) and (name in (SPANS, "row") or (cell.startswith(LIST_OF_SPANS) and name not in PLAIN)):
            try:
                cells[name] = json.loads(cell)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}:{number}: {name}: not JSON ({error}); {_DAMAGED}") from None
    return {name: value for name, value in cells.items() if name != "row" or value is not None}


READERS: Mapping[str, Callable[[Path, Sequence[str]], Iterator[tuple[int, bytes | dict[str, Any]]]]] = {
    ".jsonl": _json_lines,
    ".csv": _csv,
    ".parquet": _parquet,
}


def _explain(error: ValidationError) -> str:
    """Return the first error as one line: the field, the error, the value and a hint."""
    first, *_ = error.errors(include_url=False)
    field = ".".join(map(str, first["loc"]))
    shown = "" if first["type"] in {"missing", "json_invalid"} else f", not {first['input']!r:.60}"
    return f"{field + ': ' if field else ''}{first['msg']}{shown}; {_HINT}"
