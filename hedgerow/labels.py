"""The codebook in code: certainty, stance, cue and source spans, and the labelled example that carries them.

Certainty follows FactBank (Saurí & Pustejovsky 2009) and Rubin's levels (2006, 2010); stance follows the split between
writer and source of FactBank and PDTB attribution (Prasad et al. 2007). `data/CODEBOOK.md` has the rules. All offsets
are code points, end exclusive, so `text[span.start:span.end] == span.text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Certainty(StrEnum):
    """The degree to which a sentence settles its claim, true or false alike.

    Members are ordered: `certain` > `probable` > `possible`. `uncommitted` is outside the order, and comparing it
    raises TypeError.

    Attributes
    ----------
    CERTAIN : "certain"
        The claim is settled, true or false: is, did, will, confirmed, denied.
    PROBABLE : "probable"
        The sentence leans one way: likely, seems, believes, reportedly.
    POSSIBLE : "possible"
        The claim may or may not be so: may, could, perhaps, allegedly.
    UNCOMMITTED : "uncommitted"
        The claim is left open: a question, unclear whether, if … would.

    Examples
    --------
    >>> from hedgerow import Certainty
    >>> Certainty.POSSIBLE < Certainty.CERTAIN
    True
    >>> Certainty.PROBABLE.level, Certainty.UNCOMMITTED.level
    (0.5, None)
    """

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNCOMMITTED = "uncommitted"

    @property
    def level(self) -> float | None:
        """The position in the order, from 0 (`possible`) to 1 (`certain`); None for `uncommitted`."""
        return CERTAINTY_ORDER.index(self) / (len(CERTAINTY_ORDER) - 1) if self in CERTAINTY_ORDER else None

    def __lt__(self, other: object) -> bool:
        """Return whether this is less certain than `other`."""
        return self._compare(other) < 0

    def __le__(self, other: object) -> bool:
        """Return whether this is at most as certain as `other`."""
        return self._compare(other) <= 0

    def __gt__(self, other: object) -> bool:
        """Return whether this is more certain than `other`."""
        return self._compare(other) > 0

    def __ge__(self, other: object) -> bool:
        """Return whether this is at least as certain as `other`."""
        return self._compare(other) >= 0

    def _compare(self, other: object) -> float:
        # Without this a plain string would be compared letter by letter: str's own operators answer too.
        known = isinstance(other, str) and other in {label.value for label in Certainty}
        mine, theirs = self.level, Certainty(str(other)).level if known else None
        if mine is None or theirs is None:
            reason = "'uncommitted' is outside the order" if known else "the other is not a certainty"
            raise TypeError(
                f"cannot compare {self.value!r} with {str(other)!r}: {reason} certain > probable > possible"
            )
        return mine - theirs


CERTAINTY_ORDER = (Certainty.POSSIBLE, Certainty.PROBABLE, Certainty.CERTAIN)  # least certain first


class Stance(StrEnum):
    """Who stands behind the claim, and how the writer treats it; later members are more marked.

    Attributes
    ----------
    ASSERTED : "asserted"
        The writer: no frame, I think, it seems.
    ATTRIBUTED : "attributed"
        A source, neutrally: said, according to.
    ENDORSED : "endorsed"
        A source that is taken as right: pointed out, admitted, found.
    DISTANCED : "distanced"
        A source that is kept at a distance: reportedly, claims, so-called.
    DISPUTED : "disputed"
        Nobody, the claim is rejected: denied, contrary to, a myth.

    Examples
    --------
    >>> from hedgerow import Stance
    >>> [str(stance) for stance in Stance]
    ['asserted', 'attributed', 'endorsed', 'distanced', 'disputed']
    """

    ASSERTED = "asserted"
    ATTRIBUTED = "attributed"
    ENDORSED = "endorsed"
    DISTANCED = "distanced"
    DISPUTED = "disputed"


class SpanType(StrEnum):
    """The type of a span: nine types of cue, three of source.

    Attributes
    ----------
    MODAL : "modal"
        A modal verb: may, could, would, must (epistemic).
    EPISTEMIC : "epistemic"
        Likelihood or belief: probably, perhaps, seem, suggest, think.
    HEARSAY : "hearsay"
        Reportedly, allegedly, is said to, claims, accused.
    ATTRIBUTION : "attribution"
        A neutral report: said, told, according to.
    FACTIVE : "factive"
        A report that is taken as right: confirmed, admitted, found.
    DENIAL : "denial"
        Denied, rejected, contrary to, no evidence.
    APPROXIMATOR : "approximator"
        About, roughly, nearly, often, typically.
    CONDITION : "condition"
        If, unless, whether, unclear, remains to be seen.
    BOOSTER : "booster"
        Clearly, of course, in fact, undoubtedly.
    SOURCE_NAMED : "source_named"
        A source that is identified: a person, body or document.
    SOURCE_UNNAMED : "source_unnamed"
        A definite source without a name: a senior official, police.
    SOURCE_VAGUE : "source_vague"
        An indefinite or generic source: analysts, some, critics.

    Examples
    --------
    >>> from hedgerow import SpanType
    >>> SpanType.MODAL.is_source, SpanType.SOURCE_VAGUE.is_source
    (False, True)
    """

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
        """Whether spans of the type are sources (else they are cues)."""
        return self.value.startswith("source")


_SPAN_TYPES = {str(kind): kind for kind in SpanType}

CODEBOOK_VERSION = 2  # of data/CODEBOOK.md
AXES: Mapping[str, type[Certainty] | type[Stance]] = {"certainty": Certainty, "stance": Stance}
SPANS = "spans"  # the codebook's span head


@dataclass(frozen=True, slots=True)
class Span:
    """A cue or a source in a sentence.

    Attributes
    ----------
    start, end : int
        The first code point of the span in the sentence, and the one after its last.
    type : SpanType or str
        A plain string for a span head of the user's own.
    text : str
        The words: `sentence[start:end]`.
    score : float or None
        In 0..1; None in a corpus.

    Examples
    --------
    >>> from hedgerow import Span, SpanType
    >>> Span(3, 6, SpanType.MODAL, "may").to_dict()
    {'start': 3, 'end': 6, 'type': 'modal', 'text': 'may'}
    """

    start: int
    end: int
    type: SpanType | str
    text: str
    score: float | None = None

    @property
    def is_source(self) -> bool:
        """Whether the span is a source (else it is a cue)."""
        return isinstance(self.type, SpanType) and self.type.is_source

    def to_dict(self) -> dict[str, Any]:
        """Return the span as a JSON object; `score` only if there is one."""
        row: dict[str, Any] = {"start": self.start, "end": self.end, "type": str(self.type), "text": self.text}
        return row if self.score is None else row | {"score": self.score}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Span:
        """Return the span that `to_dict` wrote."""
        kind = row["type"]
        return cls(row["start"], row["end"], _SPAN_TYPES.get(kind, kind), row["text"], row.get("score"))


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled sentence of a corpus.

    Attributes
    ----------
    id : str
        Its name, which no other row of the corpus has.
    text : str
        The sentence.
    certainty, stance : Certainty, Stance or None
        Its labels; None if the row is not labelled on the axis.
    spans : tuple of Span or None
        Cues and sources. Empty if there are none in the sentence, None if the row is not labelled with spans.
    group, doc : str or None
        What its rows have in common: rows of one group stay together in a split and in a bootstrap.
    corpus, domain, kind : str or None
        Where the sentence comes from; counted, and used for slices.
    extra : mapping of str to Any
        Fields that this project does not know, unchanged. Labels of heads of the user's own are here.

    Examples
    --------
    >>> from hedgerow import Certainty, Example, Span, SpanType, Stance
    >>> spans = (Span(3, 6, SpanType.MODAL, "may"),)
    >>> row = Example("a-1", "He may resign.", Certainty.POSSIBLE, Stance.ASSERTED, spans, group="a")
    >>> row.group_key, list(row.to_dict())
    ('a', ['id', 'group', 'text', 'certainty', 'stance', 'spans'])
    """

    id: str
    text: str
    certainty: Certainty | None
    stance: Stance | None
    spans: tuple[Span, ...] | None = ()
    group: str | None = None
    doc: str | None = None
    corpus: str | None = None
    domain: str | None = None
    kind: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def group_or_doc(self) -> str | None:
        """The group, else the document: other rows can share it. None for a row by itself."""
        return self.group or self.doc

    @property
    def group_key(self) -> str:
        """The key of the rows that a split or a bootstrap keeps together: the group, else the document, else the id."""
        return self.group_or_doc or self.id

    def is_labelled_on(self, head: str) -> bool:
        """Return whether the row has a label of this head: an axis, "spans", or a field of the user's own."""
        value = getattr(self, head) if head in AXES or head == SPANS else self.extra.get(head)
        return value is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the row as a corpus file has it, without the fields that are not set."""
        known = {name: getattr(self, name) for name in ("corpus", "doc", "domain", "kind", "group")}
        kept = {name: value for name, value in known.items() if value is not None}
        labels = {axis: str(label) for axis in AXES if (label := getattr(self, axis)) is not None}
        spans = {} if self.spans is None else {SPANS: [span.to_dict() for span in self.spans]}
        return {"id": self.id, **kept, "text": self.text, **labels, **spans, **self.extra}


def labelled_on(examples: Iterable[Example], head: str) -> list[Example]:
    """Return the rows that are labelled on `head`, in order."""
    return [example for example in examples if example.is_labelled_on(head)]


def labelled_axes(examples: Iterable[Example]) -> tuple[str, ...]:
    """Return the axes that at least one row is labelled on, in the codebook's order."""
    rows = list(examples)
    return tuple(axis for axis in AXES if any(row.is_labelled_on(axis) for row in rows))
