"""What a person has decided of a row: with or without a model's labels before their eyes, and what they said first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hedgerow.corpus.correction import Labels
from hedgerow.errors import CorpusError
from hedgerow.head import FIRST_ANSWER, REVIEWED
from hedgerow.io.plural import count
from hedgerow.labels import AXES, SPANS, Certainty, Example, Span, Stance

BLIND = "blind"  # decided before any label was shown
OPEN = "open"  # decided with labels in view
REVISED = "revised"  # decided blind, then changed when the labels had been shown; FIRST_ANSWER has the blind answer
_DECIDED = (BLIND, OPEN, REVISED)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """The labels that a person gave a row."""

    certainty: Certainty | None
    stance: Stance | None
    spans: tuple[Span, ...] | None

    def to_dict(self) -> dict[str, Any]:
        """Return the labels as the field FIRST_ANSWER has them, without those that were not given."""
        labels: dict[str, Any] = {axis: str(label) for axis in AXES if (label := getattr(self, axis)) is not None}
        return labels if self.spans is None else labels | {SPANS: [span.to_dict() for span in self.spans]}


def is_decided(row: Example, *, is_blind: bool = False) -> bool:
    """Return whether a person has decided the row, if `is_blind` without a label before their eyes."""
    how = row.extra.get(REVIEWED)
    return how in _DECIDED and not (is_blind and how == OPEN)


def answer_of(row: Example) -> Answer:
    """Return the labels of a row as an answer."""
    return Answer(row.certainty, row.stance, row.spans)


def first_answer(row: Example) -> Answer | None:
    """Return what was said of a row before its labels were shown; None if nothing was."""
    if FIRST_ANSWER in row.extra:
        named = Labels.model_validate(row.extra[FIRST_ANSWER]).named()
        return Answer(named.get("certainty"), named.get("stance"), named.get(SPANS))
    return answer_of(row) if row.extra.get(REVIEWED) == BLIND else None


def with_first_answer(row: Example, first: Answer | None) -> Example:
    """Return a row that was decided: it stays blind only while it has the labels of its first answer."""
    extra = {name: value for name, value in row.extra.items() if name != FIRST_ANSWER}
    if first is None:
        return replace(row, extra=extra)
    if answer_of(row) == first:
        return replace(row, extra=extra | {REVIEWED: BLIND})
    return replace(row, extra=extra | {REVIEWED: REVISED, FIRST_ANSWER: first.to_dict()})


def as_first_answered(rows: Sequence[Example]) -> list[Example]:
    """Return the rows with the labels that were given blind, where they were changed later."""
    return [_as_first_answered(row) for row in rows]


def _as_first_answered(row: Example) -> Example:
    first = first_answer(row) if row.extra.get(REVIEWED) == REVISED else None
    return row if first is None else replace(row, certainty=first.certainty, stance=first.stance, spans=first.spans)


def reject_foreign(path: Path, rows: Sequence[Example]) -> None:
    """Raise CorpusError if the fields in which decisions are kept hold something else, which saving would replace."""
    for row in rows:
        how = row.extra.get(REVIEWED)
        if REVIEWED in row.extra and how not in _DECIDED:
            raise CorpusError(
                f"{path}: row {row.id!r} has {REVIEWED!r}: {how!r}, and this field says how a person decided a row "
                f"({', '.join(_DECIDED)}); call your field by another name"
            )
        try:
            first = first_answer(row)
        except ValidationError:
            first = None
        if first is None and (FIRST_ANSWER in row.extra or how == REVISED):
            raise CorpusError(
                f"{path}: row {row.id!r} has no labels in {FIRST_ANSWER!r}, which keeps the answer of a row that was "
                f"{REVISED}; mend the field, or remove it and {REVIEWED!r}"
            )


def reject_undecided(path: Path, rows: Sequence[Example], *, is_person: bool = False) -> None:
    """Raise CorpusError if a person has decided some rows of a corpus, but not all: the others are not theirs.

    Of a file that `is_person`, every row must have been decided blind.
    """
    decided = [row for row in rows if is_decided(row)]
    undecided = [row.id for row in rows if not is_decided(row)]
    if undecided and (decided or is_person):
        raise CorpusError(
            f"{path}: {count(len(undecided), 'row')} without a decision in the field {REVIEWED!r}, so no person has "
            f"decided them ({_named(undecided)}); decide them, or remove them from all files"
        )
    seen = [row.id for row in decided if row.extra[REVIEWED] == OPEN]
    if seen and is_person:
        raise CorpusError(
            f"{path}: {count(len(seen), 'row')} decided with labels in view ({_named(seen)}); decide them with "
            "hedgerow serve --blind, or remove them from all files"
        )


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (", ..." if len(ids) > _SHOWN else "")
