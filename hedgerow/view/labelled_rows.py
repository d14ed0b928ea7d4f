"""Labelled rows that `hedgerow label` wrote, as documents: nothing is labelled again.

The texts that `--keep-text` wrote beside them are found, and used if the sentences are where the rows say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hedgerow.errors import InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.score_columns import PLAIN, nest_heads
from hedgerow.io.strict_json import parse_object
from hedgerow.labelling.layout import TEXTS, texts_path
from hedgerow.labels import AXES, SPANS, Certainty, Stance
from hedgerow.readers.parquet import column_names
from hedgerow.results import Prediction
from hedgerow.summary import Origin
from hedgerow.summary.rows import READERS
from hedgerow.writers.records import LabelledSentence

_HINT = "name a file that hedgerow label wrote"
_TEXT_BYTES = 1 << 30  # of a line with a text


class _Span(BaseModel):
    model_config = ConfigDict(frozen=True)

    start: int = Field(ge=0)
    end: int
    type: str = Field(min_length=1)
    text: str
    score: float | None = Field(None, ge=0, le=1)


class _Row(BaseModel):
    """The fields that a page shows; heads of the user's own are among the extra ones."""

    model_config = ConfigDict(frozen=True, extra="allow")

    doc: str
    index: int
    start: int = Field(ge=0)
    text: str = Field(min_length=1)
    certainty: Certainty | None = None
    stance: Stance | None = None
    certainty_scores: dict[Certainty, float] = Field(default_factory=dict, min_length=1)
    stance_scores: dict[Stance, float] = Field(default_factory=dict, min_length=1)
    spans: list[_Span] = Field(default_factory=list)
    id: Any = None
    speaker: str | None = None
    time: float | None = None
    read_to: int | None = None
    row: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _check_spans(self) -> _Row:
        for span in self.spans:
            if self.text[span.start : span.end] != span.text:
                raise ValueError(f"span {span.text!r:.40} is not at {span.start}–{span.end} of the sentence")
        return self


def read_rows(origin: Origin) -> Iterator[LabelledSentence]:
    """Yield the labelled sentences of a file or run; raise InputError that names file, line (or row) and error."""
    for path in origin.files:
        for number, raw in READERS[path.suffix.lower()](path, _columns(path)):
            where = f"{path}:{number}"
            fields = raw if isinstance(raw, Mapping) else _parsed(raw, where)
            yield sentence_of(_of_cells(fields, where) if path.suffix.lower() == ".csv" else fields, where)


def _columns(path: Path) -> list[str]:
    if path.suffix.lower() != ".parquet":
        return []
    with path.open("rb") as file:
        return column_names(file)


def _parsed(raw: bytes, where: str) -> dict[str, Any]:
    try:
        return parse_object(raw)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def sentence_of(fields: Mapping[str, Any], where: str) -> LabelledSentence:
    """Return the labelled sentence of a row; raise InputError, which begins with `where`, if it is none."""
    try:
        row = _Row.model_validate(fields)
        prediction = Prediction.from_dict(row.model_dump(exclude={SPANS} - row.model_fields_set))
    except ValidationError as error:
        raise InputError(f"{where}: {_explain(error)}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # of a head of the user's own
        raise InputError(f"{where}: not a labelled sentence ({error}); {_HINT}") from None
    if not (prediction.marks_spans or prediction.label_heads or prediction.other_spans):
        raise InputError(f"{where}: no label with its scores, and no spans; {_HINT}")
    for axis in AXES:
        missing = {axis, f"{axis}_scores"} - row.model_fields_set
        if len(missing) == 1:
            raise InputError(f"{where}: {missing.pop()}: Field required; {_HINT}")
    abstained = frozenset(head for head in prediction.label_heads if fields.get(head) is None)
    return LabelledSentence(row.doc, row.index, prediction, row.id, row.row or {}, row.time, abstained)


def _of_cells(cells: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the row of a CSV file as the other formats have it: scores in one object, numbers as numbers."""
    try:
        heads = nest_heads(cells)
    except ValueError as error:
        raise InputError(f"{where}: {error}; {_HINT}") from None
    plain = {name: cells[name] for name in (*PLAIN, SPANS) if cells.get(name) is not None}
    return plain | {axis: cells[axis] for axis in AXES if axis in cells} | heads


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    field = ".".join(map(str, first["loc"]))
    shown = "" if first["type"] in {"missing", "value_error"} else f", not {first['input']!r:.60}"
    return f"{field + ': ' if field else ''}{first['msg']}{shown}; {_HINT}"


def read_texts_beside(origin: Origin) -> dict[str, str]:
    """Return the texts by document that lie beside the rows; nothing if they were not kept."""
    path = origin.path
    files = sorted((path / TEXTS).glob("*.jsonl")) if path.is_dir() else [texts_path(path)]
    texts = {}
    for one in files:
        if not one.is_file():
            continue
        with one.open("rb") as file:
            for line in read_lines(file, limit=_TEXT_BYTES):
                row = _parsed(line.raw, f"{one}:{line.number}")
                if isinstance(row.get("doc"), str) and isinstance(row.get("text"), str):
                    texts[row["doc"]] = row["text"]
    return texts
