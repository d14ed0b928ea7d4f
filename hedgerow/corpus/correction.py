"""Stand-off corrections: new labels for rows of a corpus, kept in a file without its text.

A correction is {"id", "sha256", "certainty" and/or "stance"}. `sha256` is the hash of the row's text (UTF-8), so that a
label never lands on another sentence. A correction may name the labels that it replaces, {"was": {"stance": ...}}, so
that it never lands on a row that has changed since, and give a `reason` for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hedgerow.errors import CorpusError, InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.labels import AXES, Certainty, Example, Stance


class Labels(BaseModel):
    """The labels of a row, or one of the two."""

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

    @property
    def labels(self) -> dict[str, Any]:
        """The new labels by axis."""
        return {axis: label for axis in AXES if (label := getattr(self, axis)) is not None}


def correct(examples: Sequence[Example], path: Path, *, partial: bool = False) -> list[Example]:
    """Return `examples` in order, with the labels that the corrections in the file `path` give.

    `partial` skips corrections of rows that are not in `examples`, for a corpus in several files. Raises CorpusError
    with file and line for a line that is not a correction, or does not fit its row.
    """
    index = {example.id: at for at, example in enumerate(examples)}
    corrected = list(examples)
    for line, correction in _read(path):
        at = index.get(correction.id)
        if at is None and partial:
            continue
        if at is None:
            raise CorpusError(f"{path}:{line}: no row has the id {correction.id!r}; name the corpus it is from")
        if (mismatch := _mismatch(corrected[at], correction)) is not None:
            raise CorpusError(f"{path}:{line}: row {correction.id!r} {mismatch}; leave this correction out")
        corrected[at] = replace(corrected[at], **correction.labels)
    return corrected


def _mismatch(example: Example, correction: Correction) -> str | None:
    """Return why `correction` does not fit the row, or None. A row that already has the new label fits."""
    if sha256(example.text.encode()).hexdigest() != correction.sha256:
        return "has another text"
    return None if correction.was is None else _change_since(example, correction.was, correction.labels)


def _change_since(example: Example, was: Labels, labels: Mapping[str, Any]) -> str | None:
    for axis in AXES:
        before = getattr(was, axis)
        now = getattr(example, axis)
        if before is not None and now not in (before, labels.get(axis)):
            return f"has the {axis} {str(now)!r}, and the correction replaces {str(before)!r}"
    return None


def _read(path: Path) -> list[tuple[int, Correction]]:
    """Return the corrections with their line numbers."""
    corrections = []
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                corrections.append((line.number, _parse(line.raw, f"{path}:{line.number}")))
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; name a file of corrections (JSON lines)") from None
    return corrections


def _parse(raw: bytes, place: str) -> Correction:
    try:
        return Correction.model_validate(parse_object(raw))
    except InputError as error:
        raise CorpusError(f"{place}: {error}") from None
    except ValidationError as error:
        detail = error.errors()[0]
        field = ".".join(map(str, detail["loc"]))
        raise CorpusError(
            f"{place}: {field} {detail['input']!r}: {detail['msg']}; a correction has id, sha256 (of the text), "
            "certainty and/or stance, and optionally was and reason"
        ) from None
