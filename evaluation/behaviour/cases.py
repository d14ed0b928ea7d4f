"""A case: a line of `FAMILY.jsonl` that says what must hold of the labels of one sentence, or of several together.

    {"id": "cues-01", "kind": "label", "texts": ["The ferry may sail."], "expect": {"certainty": "possible"},
     "why": "2: may"}

| kind | texts | what must hold |
| --- | --- | --- |
| `label` | one | the `certainty`, the `stance` or both that `expect` names |
| `spans` | one | `expect.marked` (wording to type) is found to the character, `expect.unmarked` is touched by no span |
| `same` | two or more | all have one certainty and one stance |
| `no_lower`, `no_higher` | two or more | the certainty never falls, or never rises, from one text to the next |

`why` opens with the sections of the codebook that decide.
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
    """The labels a sentence must get; an axis on which the codebook leaves room is left out."""

    model_config = _CLOSED

    certainty: Certainty | None = None
    stance: Stance | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.certainty is None and self.stance is None:
            raise ValueError("expects nothing; name a certainty, a stance or both")
        return self


class Marks(BaseModel):
    """What must be marked, and what must not; each wording stands once in the sentence, so that its place is clear."""

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
            if (fault := text_error(text, "texts")) is not None:
                raise ValueError(f"{fault}; write each sentence as text")
        if len(set(self.texts)) < len(self.texts):
            raise ValueError("the same sentence stands twice; keep one of the two")
        return self


class LabelCase(_Case):
    kind: Literal["label"]
    texts: list[str] = Field(min_length=1, max_length=1)
    expect: Labels


class SpansCase(_Case):
    kind: Literal["spans"]
    texts: list[str] = Field(min_length=1, max_length=1)
    expect: Marks

    @model_validator(mode="after")
    def _placed(self) -> Self:
        wordings = [*self.expect.marked, *self.expect.unmarked]
        if not wordings:
            raise ValueError("expects nothing; name wordings under marked or unmarked")
        for wording in wordings:
            if (count := self.texts[0].count(wording) if wording else 0) != 1:
                raise ValueError(f"{wording!r} stands {count} times in the sentence; name wording that stands once")
        return self


class RelationCase(_Case):
    kind: Literal["same", "no_lower", "no_higher"]
    texts: list[str] = Field(min_length=2)


Case = LabelCase | SpansCase | RelationCase
_CASE: TypeAdapter[Case] = TypeAdapter(Annotated[Case, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Located:
    """A case, its family (the file's name) and the place it was read from."""

    family: str
    place: str
    case: Case


def bundled_cases() -> list[Path]:
    """The case files of this folder, one a family."""
    return sorted(Path(__file__).parent.glob("*.jsonl"))


def load(paths: Sequence[Path]) -> list[Located]:
    """The cases of `paths`, in order. Raises InputError that lists every fault with file and line."""
    cases: list[Located] = []
    faults: list[str] = []
    for path in paths:
        for found in _read(path):
            if isinstance(found, str):
                faults.append(found)
            else:
                cases.append(found)
    faults += _repeated(cases)
    if faults:
        rest = f"\n... and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise InputError("\n".join(faults[:_SHOWN]) + rest)
    return cases


def _read(path: Path) -> Iterator[Located | str]:
    empty = True
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                empty = False
                place = f"{path}:{line.number}"
                try:
                    yield Located(path.stem, place, _CASE.validate_python(parse_object(line.raw)))
                except InputError as error:
                    yield f"{place}: {error}"
                except ValidationError as error:
                    yield from (f"{place}: {_explain(detail)}" for detail in error.errors())
    except OSError as error:
        yield f"{path}: {error.strerror}; name a case file (JSON lines)"
        return
    if empty:
        yield f"{path}: no cases; a family needs at least one"


def _explain(detail: Any) -> str:
    """A pydantic error with the field, the value and what would be right."""
    field = ".".join(str(part) for part in detail["loc"][1:])
    message: str = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "value_error":
        return message
    if detail["type"] == "missing":
        return f"no {field!r}; a case has id, kind, texts and why, and expect where it is of kind label or spans"
    if detail["type"] == "extra_forbidden":
        return f"{field} is not known; leave it out"
    if detail["type"].startswith("union_tag"):
        return f"{message}; kind is one of label, spans, same, no_lower, no_higher"
    if detail["type"] == "string_pattern_mismatch":
        return f"{field} {detail['input']!r} names no section; write one such as '2: may'"
    return f"{field} {detail['input']!r}: {message}"


def _repeated(cases: Sequence[Located]) -> Iterator[str]:
    seen: dict[tuple[str, str], Located] = {}
    for found in cases:
        for field, value in (("id", found.case.id), *(("sentence", text) for text in found.case.texts)):
            first = seen.setdefault((field, value), found)
            if first is not found:
                yield f"{found.place}: {field} {value!r} stands at {first.place} already; keep one of the two"
