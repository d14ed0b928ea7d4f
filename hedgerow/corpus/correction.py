"""Stand-off corrections: other labels for rows of a corpus that lies elsewhere, without its text.

A correction is {"id", "sha256", "certainty" and/or "stance"}; `sha256` is that of the row's text (UTF-8), so that a
label never lands on a sentence it was not given for. It may say what the label was, {"was": {"stance": ...}}, so that
it never lands on one that has been changed since, and give a `reason`, for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hedgerow.errors import CorpusError, InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.labels import AXES, Certainty, Example, Stance


class Labels(BaseModel):
    """The labels of a row, or one of them."""

    model_config = ConfigDict(extra="forbid")

    certainty: Certainty | None = None
    stance: Stance | None = None


class Correction(BaseModel):
    """One line of a file of corrections."""

    model_config = ConfigDict(extra="forbid")

    id: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    certainty: Certainty | None = None
    stance: Stance | None = None
    was: Labels | None = None
    reason: str | None = None


def correct(examples: Sequence[Example], path: Path, *, partial: bool = False) -> list[Example]:
    """`examples` in order, those that the file `path` names with its labels.

    `partial` passes over lines for rows that are not here, where a corpus lies in several files. Raises CorpusError,
    with file and line, for a line that is no correction and one that fits no row.
    """
    place = {example.id: at for at, example in enumerate(examples)}
    corrected = list(examples)
    for number, correction in _read(path):
        at = place.get(correction.id)
        if at is None and partial:
            continue
        if at is None:
            raise CorpusError(f"{path}:{number}: no row has the id {correction.id!r}; name the corpus it is from")
        if sha256(examples[at].text.encode()).hexdigest() != correction.sha256:
            raise CorpusError(f"{path}:{number}: row {correction.id!r} has another text; leave this correction out")
        labels = {axis: label for axis in AXES if (label := getattr(correction, axis)) is not None}
        if correction.was is not None and (fault := _changed_since(corrected[at], correction.was, labels)) is not None:
            raise CorpusError(f"{path}:{number}: row {correction.id!r} {fault}; leave this correction out")
        corrected[at] = replace(corrected[at], **labels)
    return corrected


def _changed_since(example: Example, was: Labels, labels: Mapping[str, Certainty | Stance]) -> str | None:
    """How `example` differs from what it `was`; one that has its new label already is no fault."""
    for axis in AXES:
        before, there = getattr(was, axis), getattr(example, axis)
        if before is not None and there not in (before, labels.get(axis)):
            return f"is {str(there)!r} in {axis}, where it was {str(before)!r}"
    return None


def _read(path: Path) -> list[tuple[int, Correction]]:
    found = []
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                try:
                    found.append((line.number, Correction.model_validate(parse_object(line.raw))))
                except InputError as error:
                    raise CorpusError(f"{path}:{line.number}: {error}") from None
                except ValidationError as error:
                    fault = error.errors()[0]
                    field = ".".join(map(str, fault["loc"]))
                    raise CorpusError(
                        f"{path}:{line.number}: {field} {fault['input']!r}: {fault['msg']}; "
                        "a correction has id, sha256 (of the text), certainty and/or stance, was and reason if known"
                    ) from None
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; name a file of corrections (JSON lines)") from None
    return found
