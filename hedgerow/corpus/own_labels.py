"""Labels of the user's own in corpus rows: check them against their heads, and write each as its head does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from hedgerow.corpus.rows import CorpusRow, RowError, span_errors
from hedgerow.head import Head, label_text
from hedgerow.labels import Example

_SPAN = "write each span as {start, end, type}, and its text if you like"


class _SpanFields(BaseModel):
    """A span of a head of the user's own; its text may be left out."""

    model_config = ConfigDict(extra="forbid")

    start: StrictInt
    end: StrictInt
    type: str
    text: str = ""


def apply_heads(rows: Iterable[CorpusRow], heads: Sequence[Head]) -> tuple[list[CorpusRow], list[RowError]]:
    """Return the rows with the labels of the user's own heads as these write them, and what is wrong with others.

    A label that is a number, a boolean, or one of the head's `values` becomes the head's label. Spans get their text.
    A row without a field, or with null in it, is not labelled on that head.
    """
    own = [head for head in heads if head.is_own]
    applied: list[CorpusRow] = []
    errors: list[RowError] = []
    for row in rows:
        example, faults = _apply(row.example, own)
        applied.append(replace(row, example=example))
        errors += [RowError(row.path, row.line, *fault) for fault in faults]
    return applied, errors


def _apply(example: Example, heads: Sequence[Head]) -> tuple[Example, list[tuple[str, str]]]:
    found: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for head in heads:
        if (value := example.extra.get(head.name)) is None:
            continue
        if head.kind == "span":
            spans, wrong = _spans(example.text, value, head)
            found[head.name] = spans
            faults += wrong
        elif (label := head.label_of(value)) is not None:
            found[head.name] = label
        else:
            faults.append(_label_fault(value, head))
    return (replace(example, extra={**example.extra, **found}) if found else example), faults


def _label_fault(value: object, head: Head) -> tuple[str, str]:
    known = list(dict.fromkeys([*head.values, *(label for label in head.labels if label not in head.values.values())]))
    listed = f"one of {', '.join(known)}"
    if isinstance(value, list):
        return f"{head.name} {value!r} is a list", f"a sentence has one label, {listed}"
    if isinstance(value, Mapping):
        return f"{head.name} {value!r} is an object", f"write a label, {listed}"
    close = get_close_matches(str(label_text(value)), known, n=1)
    guess = f" (perhaps {close[0]!r})" if close else ""
    written = label_text(value) if isinstance(value, bool) else repr(value)  # as in JSON: true
    return f"{head.name} {written} is not a label of this head", f"{listed}{guess}; or add it to the recipe"


def _spans(text: str, value: object, head: Head) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Return the spans of a field with their text, and what is wrong with them."""
    if not isinstance(value, list):
        return [], [(f"{head.name} {value!r} is not a list of spans", _SPAN)]
    spans: list[_SpanFields] = []
    faults: list[tuple[str, str]] = []
    for one in value:
        try:
            span = _SpanFields.model_validate(one)
        except ValidationError as error:
            faults.append(_explain(one, error, head))
            continue
        span.text = span.text or text[max(span.start, 0) : max(span.end, 0)]
        faults += _type_fault(span, head)
        spans.append(span)
    faults += [(f"{head.name}: {error}", hint) for error, hint in span_errors(text, spans)]
    return [span.model_dump() for span in spans], faults


def _type_fault(span: _SpanFields, head: Head) -> Iterator[tuple[str, str]]:
    if span.type not in head.labels:
        yield f"{head.name} has a span of type {span.type!r}", f"types are {', '.join(head.labels)}"


def _explain(span: object, error: ValidationError, head: Head) -> tuple[str, str]:
    detail = error.errors()[0]
    field = ".".join(map(str, detail["loc"]))
    return f"{head.name} has {span!r}{f', {field!r}' if field else ''}: {detail['msg']}", _SPAN
