"""Read and write corpus rows: a JSON line becomes an `Example`, or an error with a hint how to correct it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol, TextIO

from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from hedgerow.errors import InputError
from hedgerow.head import CORPUS_FIELDS, FIRST_ANSWER, REVIEWED, ROW_FIELDS, close_names
from hedgerow.io.lines import MAX_ROW_BYTES, read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error
from hedgerow.labels import AXES, SPANS, Certainty, Example, Span, SpanType, Stance

_TABLES = (".csv", ".tsv")
_SPREADSHEETS = (".xlsx", ".xls", ".ods")
_NO_LABELS = ROW_FIELDS | CORPUS_FIELDS | {REVIEWED, FIRST_ANSWER}  # fields that say something else of a row


@dataclass(frozen=True, slots=True)
class RowError:
    """An error in a row, or in a whole file; as text it is the message.

    Attributes
    ----------
    path : str
        The file.
    line : int
        The line, from 1; 0 for an error of the whole file.
    error, hint : str
        What is wrong, and what to do.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow import corpus
    >>> size = Path("mine.jsonl").write_text('{"id": "a", "text": "It rained.", "certainty": "sure"}')
    >>> print(corpus.check([Path("mine.jsonl")])[0])
    mine.jsonl:1: certainty 'sure' is not a label of the codebook; one of certain, probable, possible, uncommitted
    """

    path: str
    line: int
    error: str
    hint: str

    def __str__(self) -> str:
        """Return the message: file, line, error, hint."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.error}; {self.hint}"


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """An example, and the file and line that it was read from."""

    path: str
    line: int
    example: Example


class SpanFields(BaseModel):
    """The fields of a span in a file."""

    model_config = ConfigDict(extra="forbid")

    start: StrictInt
    end: StrictInt
    type: SpanType
    text: str

    def to_span(self) -> Span:
        """Return the span."""
        return Span(self.start, self.end, self.type, self.text)


class RowFields(BaseModel):
    """The fields of a row in a file. Other fields are kept as they are.

    A row need not be labelled on everything: an axis or spans that are absent, or null, are not labelled.
    """

    model_config = ConfigDict(extra="allow")

    id: str
    text: str
    certainty: Certainty | None = None
    stance: Stance | None = None
    spans: list[SpanFields] | None = None
    group: str | None = None
    doc: str | None = None
    corpus: str | None = None
    domain: str | None = None
    kind: str | None = None


def read_rows(path: Path) -> Iterator[CorpusRow | RowError]:
    """Yield the rows of a corpus file in order, and the errors of those that have some.

    A file that cannot be read or has no rows yields one error.
    """
    empty = True
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                if empty and (error := _other_format(path, line.raw)):
                    yield error
                    return
                empty = False
                if line.too_long:
                    limit = MAX_ROW_BYTES // 2**20
                    yield RowError(str(path), line.number, f"a row of {line.size} bytes", f"write at most {limit} MB")
                    continue
                for row in parse_row(line.raw):
                    if isinstance(row, Example):
                        yield CorpusRow(str(path), line.number, row)
                    else:
                        yield RowError(str(path), line.number, *row)
    except OSError as error:
        yield RowError(str(path), 0, error.strerror or str(error), "name a corpus file (JSON Lines)")
        return
    if empty:
        yield RowError(str(path), 0, "no rows", "a corpus has labelled sentences, one JSON object per line")


def _other_format(path: Path, first: bytes) -> RowError | None:
    """Return an error if the first line of a file, or its name, shows that it is no JSON Lines at all."""
    suffix, start = path.suffix.lower(), first.lstrip()[:1]
    if start == b"{":
        return None
    if suffix in _TABLES:
        return RowError(str(path), 0, "a table, and a corpus is JSON Lines", _import(path, "csv", ".jsonl"))
    if start == b"[":
        error = "an array, and a corpus is JSON Lines (one object a line)"
        return RowError(str(path), 0, error, _import(path, "json", ".rows.jsonl"))
    if suffix in _SPREADSHEETS:
        how = "save it as CSV, and see hedgerow corpus import --help"
        return RowError(str(path), 0, "a spreadsheet, and a corpus is JSON Lines", how)
    return None


def _import(path: Path, kind: str, suffix: str) -> str:
    """Return the hint how to make a corpus of a file."""
    file, out = shlex.quote(str(path)), shlex.quote(str(path.with_suffix(suffix)))
    return f"make one of it: hedgerow corpus import {file} --from {kind} --text-field NAME --out {out}"


def write_rows(file: TextIO, examples: Iterable[Example]) -> None:
    """Write examples as the rows of a corpus file."""
    file.writelines(json.dumps(example.to_dict(), ensure_ascii=False) + "\n" for example in examples)


def parse_row(raw: bytes) -> Iterator[Example | tuple[str, str]]:
    """Yield one example, or every error of the row as (error, hint)."""
    try:
        fields = parse_object(raw)
    except InputError as error:
        message, _, hint = str(error).partition("; ")
        yield message, hint or "write one JSON object per line"
        return
    yield from parse_fields(fields)


def parse_fields(fields: Mapping[str, Any], *, may_lack_labels: bool = False) -> Iterator[Example | tuple[str, str]]:
    """Yield the example of a JSON object, or every error of it as (error, hint)."""
    try:
        row = RowFields.model_validate(fields)
    except ValidationError as error:
        yield from (_explain(detail) for detail in error.errors())
        return
    errors = [*span_errors(row.text, row.spans or ()), *(() if may_lack_labels else _label_errors(row))]
    if (message := text_error(row.text, "field 'text'")) is not None:
        errors.append((message, "write the sentence as text"))
    if not row.id.strip():
        errors.append(("field 'id' is empty", "give the row an id that no other row has"))
    if errors:
        yield from errors
        return
    yield _example(row)


def _example(row: RowFields) -> Example:
    spans = None if row.spans is None else tuple(span.to_span() for span in row.spans)
    known = {name: getattr(row, name) for name in ("group", "doc", "corpus", "domain", "kind")}
    return Example(row.id, row.text, row.certainty, row.stance, spans, **known, extra=row.model_extra or {})


def _label_errors(row: RowFields) -> Iterator[tuple[str, str]]:
    """Yield an error for each misspelt field of the codebook, and one if the row has no label at all."""
    others = row.model_extra or {}
    absent = [name for name in (*AXES, SPANS) if getattr(row, name) is None]
    misspelt = False
    for name in absent:
        for close in close_names(name, others):
            misspelt = True
            hint = "correct its name; a field of your own needs one that is less like it"
            yield f"no {name!r}, but {close!r}", hint
    if len(absent) == len(AXES) + 1 and not has_own_label(others) and not misspelt:
        missing = ", ".join(f"no {name!r}" for name in absent)
        yield f"{missing}, and no label of your own", "label the row with one of them at least"


def has_own_label(fields: Mapping[str, Any]) -> bool:
    """Return whether one of the fields that are not the codebook's can hold the label of a head of the user's own."""
    return any(name not in _NO_LABELS and isinstance(value, str | int | float | list) for name, value in fields.items())


class AnySpan(Protocol):
    """A span of a row, of any head: code points, end exclusive, and the text between them."""

    start: int
    end: int
    text: str


def span_errors(text: str, spans: Sequence[AnySpan]) -> Iterator[tuple[str, str]]:
    """Yield every error of the spans of `text` as (error, hint)."""
    for number, span in enumerate(spans):
        name = f"span {span.start}..{span.end} {span.text!r}"
        if span in spans[:number]:
            yield f"{name} occurs twice", "keep one of the two"
        if not 0 <= span.start < span.end <= len(text):
            yield f"{name} is outside the text of {len(text)} characters", _position_hint(text, span.text)
        elif text[span.start : span.end] != span.text:
            covered = text[span.start : span.end]
            yield f"{name} does not match the text, which has {covered!r} there", _position_hint(text, span.text)


def _position_hint(text: str, phrase: str) -> str:
    start = text.find(phrase) if phrase else -1
    if start < 0:
        return "its text must be a part of the sentence; offsets are code points, end exclusive"
    return f"{phrase!r} is at {start}..{start + len(phrase)} (code points, end exclusive)"


def _explain(detail: Any) -> tuple[str, str]:
    """Return a pydantic error as (error, hint)."""
    field = ".".join(str(part) for part in detail["loc"])
    value = detail["input"]
    if detail["type"] == "missing":
        return f"no {field!r}", f"every row has id, text, and labels (spans each have {_span_fields()})"
    if detail["type"] == "enum":
        enum = {"certainty": Certainty, "stance": Stance}.get(str(detail["loc"][0]), SpanType)
        labels = [str(label) for label in enum]
        close = get_close_matches(str(value), labels, n=1)
        guess = f" (perhaps {close[0]!r})" if close else ""
        return f"{field} {value!r} is not a label of the codebook", f"one of {', '.join(labels)}{guess}"
    if detail["type"] == "extra_forbidden":
        return f"{field} is not a known field", f"a span has {_span_fields()}"
    return f"{field} {value!r}: {detail['msg']}", "correct the value"


def _span_fields() -> str:
    return ", ".join(SpanFields.model_fields)
