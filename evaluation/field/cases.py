"""Read field cases: `sentences.jsonl` and `texts.jsonl` of one folder.

    {"id": "s1", "set": "reported", "phenomenon": "may", "confidence": "hi", "text": "It may rain.",
     "certainty": "possible", "stance": "asserted", "cues": {"must": [["modal", "may"]], "mustnot": ["rain"]}}
    {"id": "t1", "phenomenon": "split: initials", "text": "K. Lyle left. He ran.", "gold": ["K. Lyle left.", "He ran."]}

A label `a|b` is right as either. A sentence of `gold` is its text, or an object that also has the labels that `read`
must give. Of the sets, `reported` has kinds that somebody reported, `probe` kinds that failed before; the set of a text
is in its phenomenon ("split probe: ..."). Other fields are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hedgerow.errors import InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error
from hedgerow.labels import Certainty, SpanType, Stance

SETS = ("reported", "probe")  # their rates are never mixed
GAP = "gap"  # the confidence of a case that the codebook does not decide: it is not counted
SENTENCES, TEXTS = "sentences.jsonl", "texts.jsonl"
_SHOWN = 20
_CONFIG = ConfigDict(extra="ignore", frozen=True)


def _alternatives(value: object) -> object:
    return value.split("|") if isinstance(value, str) else value


def _whole(text: str) -> str:
    if (error := text_error(text, "field 'text'")) is not None:
        raise ValueError(error)
    return text


Certainties = Annotated[tuple[Certainty, ...], BeforeValidator(_alternatives)]
Stances = Annotated[tuple[Stance, ...], BeforeValidator(_alternatives)]
Text = Annotated[str, AfterValidator(_whole)]


class Cues(BaseModel):
    """Words that a span of a type must mark, and words that no cue may mark."""

    model_config = _CONFIG

    must: tuple[tuple[SpanType, str], ...] = ()
    mustnot: tuple[str, ...] = ()


class SentenceCase(BaseModel):
    """A sentence and its labels."""

    model_config = _CONFIG

    id: str
    set: Literal["reported", "probe"]
    kind: str = Field(alias="phenomenon")
    confidence: str
    text: Text
    certainty: Certainties
    stance: Stances
    cues: Cues = Cues()

    @model_validator(mode="after")
    def _placed(self) -> SentenceCase:
        for words in (*(words for _, words in self.cues.must), *self.cues.mustnot):
            if not places(words, self.text):
                raise ValueError(f"the words {words!r} of 'cues' are not in the sentence; copy them from it")
        return self


class GoldSentence(BaseModel):
    """A sentence of a text; without labels it only says where the text is split."""

    model_config = _CONFIG

    text: Text
    certainty: Certainties = ()
    stance: Stances = ()
    confidence: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _complete(self) -> GoldSentence:
        if bool(self.certainty) != bool(self.stance):
            raise ValueError(f"{self.text!r} has a label for one axis only; give both, or none")
        return self

    @property
    def is_counted(self) -> bool:
        """Whether it has labels that the codebook decides."""
        return bool(self.certainty and self.stance) and self.confidence != GAP


class TextCase(BaseModel):
    """A text and its sentences, in order."""

    model_config = _CONFIG

    id: str
    kind: str = Field(alias="phenomenon")
    text: Text
    gold: tuple[GoldSentence, ...] = Field(min_length=1)

    @property
    def set(self) -> str:
        """The set that the kind belongs to."""
        return "probe" if "probe: " in self.kind else "reported"

    @property
    def is_labelled(self) -> bool:
        """Whether the labels of `read` are compared too."""
        return any(sentence.certainty for sentence in self.gold)


@dataclass(frozen=True, slots=True)
class FieldCases:
    """The cases of a folder, and the files they are in."""

    sentences: Sequence[SentenceCase]
    texts: Sequence[TextCase]
    files: Sequence[Path]


def places(words: str, text: str) -> list[tuple[int, int]]:
    """Return where `words` are in `text` as whole words: start and end, in code points."""
    return [match.span() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]


def load(folder: Path) -> FieldCases:
    """Return the cases of `folder`; raise InputError that lists every error with file and line."""
    files = [folder / SENTENCES, folder / TEXTS]
    if not all(path.is_file() for path in files):
        raise InputError(
            f"{folder}: no {SENTENCES} and {TEXTS} in it; field cases are not in the repository, "
            "name their folder with --field FOLDER"
        )
    errors: list[str] = []
    sentences = [case for case in _read(files[0], SentenceCase, errors) if case.confidence != GAP]
    texts = list(_read(files[1], TextCase, errors))
    _raise_errors(errors)
    return FieldCases(sentences, texts, files)


def load_texts(path: Path) -> list[TextCase]:
    """Return the cases of one file of texts; raise InputError that lists every error with file and line."""
    if not path.is_file():
        raise InputError(f"{path}: no such file; name a file of texts, with id, phenomenon, text and gold")
    errors: list[str] = []
    texts = list(_read(path, TextCase, errors))
    _raise_errors(errors)
    return texts


def _raise_errors(errors: Sequence[str]) -> None:
    if errors:
        rest = f"\n... and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        raise InputError("\n".join(errors[:_SHOWN]) + rest)


_Case = TypeVar("_Case", SentenceCase, TextCase)


def _read(path: Path, kind: type[_Case], errors: list[str]) -> Iterator[_Case]:
    """Yield the cases of a file; add the errors of its lines to `errors`."""
    lines: dict[str, int] = {}  # by id
    with path.open("rb") as file:
        for line in read_lines(file):
            place = f"{path}:{line.number}"
            try:
                case = kind.model_validate(parse_object(line.raw))
            except InputError as error:
                errors.append(f"{place}: {error}")
            except ValidationError as error:
                errors += [f"{place}: {_explain(detail)}" for detail in error.errors()]
            else:
                first = lines.setdefault(case.id, line.number)
                if first != line.number:
                    errors.append(f"{place}: id {case.id!r} is at {path}:{first} already; give each case its own")
                yield case
    if not lines and not errors:
        errors.append(f"{path}: no case in it; it needs at least one")


def _explain(detail: Any) -> str:
    """Return a pydantic error as one line: the field, the value and a hint."""
    field = ".".join(map(str, detail["loc"]))
    message: str = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "missing":
        return f"no {field!r}; add it"
    return f"{field} {detail['input']!r}: {message}" if field and detail["type"] != "value_error" else message
