"""A corpus row: one JSON line to an `Example`, or to a fault that says what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES, read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error
from hedgerow.labels import Certainty, Example, Span, SpanType, Stance


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, or with a whole file (line 0): `what` names the value, `cure` what would be right."""

    path: str
    line: int
    what: str
    cure: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.what}; {self.cure}"


class SpanRow(BaseModel):
    """A span as it stands in a file."""

    model_config = ConfigDict(extra="forbid")

    start: StrictInt
    end: StrictInt
    type: SpanType
    text: str


class Row(BaseModel):
    """A row as it stands in a file; fields that are not named here are carried along."""

    model_config = ConfigDict(extra="allow")

    id: str
    text: str
    certainty: Certainty
    stance: Stance
    spans: list[SpanRow] = []
    group: str | None = None
    doc: str | None = None
    corpus: str | None = None
    domain: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """An example and the line it stands on."""

    path: str
    line: int
    example: Example


def read_rows(path: Path) -> Iterator[Located | Fault]:
    """Every row of a corpus file, good or faulty, in order; a file that cannot be read, or is empty, is a fault."""
    empty = True
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                empty = False
                if line.too_long:
                    limit = MAX_ROW_BYTES // 2**20
                    yield Fault(str(path), line.number, f"a row of {line.size} bytes", f"at most {limit} MB a row")
                    continue
                for found in parse_row(line.raw):
                    if isinstance(found, Example):
                        yield Located(str(path), line.number, found)
                    else:
                        yield Fault(str(path), line.number, *found)
    except OSError as error:
        yield Fault(str(path), 0, error.strerror or str(error), "name a corpus file (JSON lines)")
        return
    if empty:
        yield Fault(str(path), 0, "no rows", "a corpus needs labelled sentences")


def parse_row(raw: bytes) -> Iterator[Example | tuple[str, str]]:
    """One example, or every fault of the row as (what, cure)."""
    try:
        row = Row.model_validate(parse_object(raw))
    except InputError as error:
        what, _, cure = str(error).partition("; ")
        yield what, cure or "one JSON object a line"
        return
    except ValidationError as error:
        yield from (_explain(detail) for detail in error.errors())
        return
    faults = list(_span_faults(row))
    if (fault := text_error(row.text, "field 'text'")) is not None:
        faults.append((fault, "write the sentence as text"))
    if faults:
        yield from faults
        return
    yield _example(row)


def _example(row: Row) -> Example:
    spans = tuple(Span(span.start, span.end, span.type, span.text) for span in row.spans)
    known = {name: getattr(row, name) for name in ("group", "doc", "corpus", "domain", "kind")}
    return Example(row.id, row.text, row.certainty, row.stance, spans, **known, extra=row.model_extra or {})


def _span_faults(row: Row) -> Iterator[tuple[str, str]]:
    for number, span in enumerate(row.spans):
        place = f"span {span.start}..{span.end} {span.text!r}"
        if span in row.spans[:number]:
            yield f"{place} stands twice", "keep one of the two"
        if not 0 <= span.start < span.end <= len(row.text):
            yield f"{place} lies outside the text of {len(row.text)} characters", _where(row.text, span.text)
        elif row.text[span.start : span.end] != span.text:
            there = row.text[span.start : span.end]
            yield f"{place} does not match the text, which has {there!r} there", _where(row.text, span.text)


def _where(text: str, wording: str) -> str:
    at = text.find(wording) if wording else -1
    if at < 0:
        return "its text must be a part of the sentence; offsets are code points, end exclusive"
    return f"{wording!r} stands at {at}..{at + len(wording)} (code points, end exclusive)"


def _explain(detail: Any) -> tuple[str, str]:
    """A pydantic error in the words of the field."""
    field = ".".join(str(part) for part in detail["loc"])
    value = detail["input"]
    if detail["type"] == "missing":
        return f"no {field!r}", f"every row has id, text, certainty, stance (and spans, each with {_span_fields()})"
    if detail["type"] == "enum":
        enum = {"certainty": Certainty, "stance": Stance}.get(str(detail["loc"][0]), SpanType)
        labels = [str(label) for label in enum]
        close = get_close_matches(str(value), labels, n=1)
        hint = f" (perhaps {close[0]!r})" if close else ""
        return f"{field} {value!r} is not a label of the codebook", f"one of {', '.join(labels)}{hint}"
    if detail["type"] == "extra_forbidden":
        return f"{field} is not known", f"a span has {_span_fields()}"
    return f"{field} {value!r}: {detail['msg']}", "mend the value"


def _span_fields() -> str:
    return ", ".join(SpanRow.model_fields)
