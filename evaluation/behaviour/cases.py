"""A case: a line of `FAMILY.jsonl` with the labels that one sentence, or several together, must get.

    {"id": "cues-01", "kind": "label", "texts": ["The ferry may sail."], "expect": {"certainty": "possible"},
     "why": "2: may"}

| kind | texts | condition |
| --- | --- | --- |
| `label` | one | the `certainty`, the `stance` or both that `expect` names |
| `spans` | one | `expect.marked` (words to type) are spans to the character, `expect.unmarked` are in no span |
| `same` | two or more | all have one certainty and one stance |
| `no_lower`, `no_higher` | two or more | the certainty never falls, or never rises, from one text to the next |

`why` begins with the sections of the codebook that decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from hedgerow.errors import InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error
from hedgerow.labels import Certainty, SpanType, Stance

_SHOWN = 20
_CLOSED = ConfigDict(extra="forbid", frozen=True)


class Labels(BaseModel):
    """The labels a sentence must get; an axis that the codebook leaves open is left out."""

    model_config = _CLOSED

    certainty: Certainty | None = None
    stance: Stance | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.certainty is None and self.stance is None:
            raise ValueError("expects nothing; name a certainty, a stance or both")
        return self


class Marks(BaseModel):
    """Words that must be marked, and words that must not; each is in the sentence once, so its offsets are clear."""

    model_config = _CLOSED

    marked: dict[str, SpanType] = {}
    unmarked: list[str] = []


class _Case(BaseModel):
    model_config = _CLOSED

    id: str = Field(min_length=1)
    texts: list[str]
    why: str = Field(pattern=r"^[1-4](, [1-4])*: \S")

    @model_validator(mode="after")
    def _whole_texts(self) -> Self:
        for text in self.texts:
            if (error := text_error(text, "field 'texts'")) is not None:
                raise ValueError(f"{error}; write each sentence as text")
        if len(set(self.texts)) < len(self.texts):
            raise ValueError("the same sentence is there twice; keep one of the two")
        return self


class LabelCase(_Case):
    """A sentence and its labels."""

    kind: Literal["label"]
    texts: list[str] = Field(min_length=1, max_length=1)
    expect: Labels


class SpansCase(_Case):
    """A sentence and its spans."""

    kind: Literal["spans"]
    texts: list[str] = Field(min_length=1, max_length=1)
    expect: Marks

    @model_validator(mode="after")
    def _placed(self) -> Self:
        phrases = [*self.expect.marked, *self.expect.unmarked]
        if not phrases:
            raise ValueError("expects nothing; name words under marked or unmarked")
        for phrase in phrases:
            if (count := self.texts[0].count(phrase) if phrase else 0) != 1:
                raise ValueError(f"{phrase!r} is in the sentence {count} times; name words that are in it once")
        return self


class RelationCase(_Case):
    """Sentences whose labels are compared."""

    kind: Literal["same", "no_lower", "no_higher"]
    texts: list[str] = Field(min_length=2)


Case = LabelCase | SpansCase | RelationCase
_CASE: TypeAdapter[Case] = TypeAdapter(Annotated[Case, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class LocatedCase:
    """A case, its family (the file's name) and its place, FILE:LINE."""

    family: str
    place: str
    case: Case


def bundled_cases() -> list[Path]:
    """Return the case files of this folder, one a family."""
    return sorted(Path(__file__).parent.glob("*.jsonl"))


def load(paths: Sequence[Path]) -> list[LocatedCase]:
    """Return the cases of `paths`, in order; raise InputError that lists every error with file and line."""
    cases: list[LocatedCase] = []
    errors: list[str] = []
    for path in paths:
        for case_or_error in _read(path):
            if isinstance(case_or_error, str):
                errors.append(case_or_error)
            else:
                cases.append(case_or_error)
    errors += _repeated(cases)
    if errors:
        rest = f"\n... and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        raise InputError("\n".join(errors[:_SHOWN]) + rest)
    return cases


def _read(path: Path) -> Iterator[LocatedCase | str]:
    """Yield each case, or the error of its line."""
    empty = True
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                empty = False
                place = f"{path}:{line.number}"
                try:
                    yield LocatedCase(path.stem, place, _CASE.validate_python(parse_object(line.raw)))
                except InputError as error:
                    yield f"{place}: {error}"
                except ValidationError as error:
                    yield from (f"{place}: {_explain(detail)}" for detail in error.errors())
    except OSError as error:
        yield f"{path}: {error.strerror}; name a case file (JSON Lines)"
        return
    if empty:
        yield f"{path}: no cases; a family needs at least one"


def _explain(detail: Any) -> str:
    """Return a pydantic error as one line: the field, the value and a hint."""
    field = ".".join(str(part) for part in detail["loc"][1:])
    message: str = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "value_error":
        return message
    if detail["type"] == "missing":
        return f"no {field!r}; a case has id, kind, texts and why, and expect if its kind is label or spans"
    if detail["type"] == "extra_forbidden":
        return f"{field} is not known; leave it out"
    if detail["type"].startswith("union_tag"):
        return f"{message}; kind is one of label, spans, same, no_lower, no_higher"
    if detail["type"] == "string_pattern_mismatch":
        return f"{field} {detail['input']!r} names no section; write one such as '2: may'"
    return f"{field} {detail['input']!r}: {message}"


def _repeated(cases: Sequence[LocatedCase]) -> Iterator[str]:
    seen: dict[tuple[str, str], LocatedCase] = {}
    for located in cases:
        for field, value in (("id", located.case.id), *(("sentence", text) for text in located.case.texts)):
            first = seen.setdefault((field, value), located)
            if first is not located:
                yield f"{located.place}: {field} {value!r} is at {first.place} already; keep one of the two"
