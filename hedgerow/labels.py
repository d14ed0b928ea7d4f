"""The codebook in code: the labels of a sentence, the spans that carry them, and what a model says of a text.

Certainty follows FactBank (Saurí & Pustejovsky 2009) and Rubin's levels (2006, 2010); stance follows the split between
writer and source of FactBank and PDTB attribution (Prasad et al. 2007). `data/CODEBOOK.md` has the rules. All offsets
are code points, end exclusive, so `text[span.start:span.end]` is the span as written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, overload


class Certainty(StrEnum):
    """How settled a sentence leaves its claim, true or false alike. `uncommitted` stands outside the order."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNCOMMITTED = "uncommitted"


class Stance(StrEnum):
    """Who stands behind the claim, and how the writer treats it; later ones are more marked."""

    ASSERTED = "asserted"
    ATTRIBUTED = "attributed"
    ENDORSED = "endorsed"
    DISTANCED = "distanced"
    DISPUTED = "disputed"


class SpanType(StrEnum):
    """What a span does: nine types of cue, three of source."""

    MODAL = "modal"
    EPISTEMIC = "epistemic"
    HEARSAY = "hearsay"
    ATTRIBUTION = "attribution"
    FACTIVE = "factive"
    DENIAL = "denial"
    APPROXIMATOR = "approximator"
    CONDITION = "condition"
    BOOSTER = "booster"
    SOURCE_NAMED = "source_named"
    SOURCE_UNNAMED = "source_unnamed"
    SOURCE_VAGUE = "source_vague"

    @property
    def is_source(self) -> bool:
        return self.value.startswith("source")


AXES: Mapping[str, type[Certainty] | type[Stance]] = {"certainty": Certainty, "stance": Stance}


@dataclass(frozen=True, slots=True)
class Span:
    """A cue or a source: `text` is the sentence from code point `start` to `end` (exclusive), `score` in 0..1."""

    start: int
    end: int
    type: SpanType
    text: str
    score: float | None = None

    def to_dict(self) -> dict[str, Any]:
        row: dict[str, Any] = {"start": self.start, "end": self.end, "type": str(self.type), "text": self.text}
        return row if self.score is None else row | {"score": self.score}


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one sentence.

    The scores of an axis hold one number in 0..1 for each of its labels and sum to 1. `start` is the sentence's first
    code point in the document it was read from, 0 when it was given alone. `other_scores` are those of heads beyond the
    codebook's, by head. `read_to` is where reading stopped in a sentence too long for the model, else None.
    """

    text: str
    certainty: Certainty
    stance: Stance
    certainty_scores: Mapping[Certainty, float] = field(hash=False)
    stance_scores: Mapping[Stance, float] = field(hash=False)
    spans: tuple[Span, ...] = ()
    start: int = 0
    other_scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)
    read_to: int | None = None

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def to_dict(self) -> dict[str, Any]:
        """The sentence as one flat JSON object, as every writer of this project gives it."""
        row = {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "certainty": str(self.certainty),
            "certainty_scores": {str(label): round(score, 4) for label, score in self.certainty_scores.items()},
            "stance": str(self.stance),
            "stance_scores": {str(label): round(score, 4) for label, score in self.stance_scores.items()},
            "spans": [span.to_dict() for span in self.spans],
        }
        for name, scores in self.other_scores.items():
            row[name] = max(scores, key=scores.__getitem__)
            row[f"{name}_scores"] = {label: round(score, 4) for label, score in scores.items()}
        return row if self.read_to is None else row | {"read_to": self.read_to}


@dataclass(frozen=True, slots=True)
class Document(Sequence[Prediction]):
    """The labelled sentences of one text, in order; `name` is what its rows are called by (a file's name, a row's)."""

    sentences: tuple[Prediction, ...]
    name: str | None = None

    def __len__(self) -> int:
        return len(self.sentences)

    @overload
    def __getitem__(self, index: int) -> Prediction: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Prediction, ...]: ...
    def __getitem__(self, index: int | slice) -> Prediction | tuple[Prediction, ...]:
        return self.sentences[index]

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self.sentences)

    def to_dict(self) -> dict[str, Any]:
        return {"doc": self.name, "sentences": [sentence.to_dict() for sentence in self.sentences]}


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled sentence of a corpus. `extra` carries the fields this project does not know, unchanged."""

    id: str
    text: str
    certainty: Certainty
    stance: Stance
    spans: tuple[Span, ...] = ()
    group: str | None = None
    doc: str | None = None
    corpus: str | None = None
    domain: str | None = None
    kind: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def unit(self) -> str:
        """What must not be cut by a split or a bootstrap: the group, else the document, else the row itself."""
        return self.group or self.doc or self.id

    def to_dict(self) -> dict[str, Any]:
        """The row as it stands in a corpus file; fields that are not set are left out."""
        known = {name: getattr(self, name) for name in ("corpus", "doc", "domain", "kind", "group")}
        labels = {"text": self.text, "certainty": str(self.certainty), "stance": str(self.stance)}
        spans = [span.to_dict() for span in self.spans]
        kept = {name: value for name, value in known.items() if value is not None}
        return {"id": self.id, **kept, **labels, "spans": spans, **self.extra}
