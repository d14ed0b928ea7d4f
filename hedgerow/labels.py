"""The codebook in code: certainty, stance, cue and source spans, and the labelled example that carries them.

Certainty follows FactBank (Saurí & Pustejovsky 2009) and Rubin's levels (2006, 2010); stance follows the split between
writer and source of FactBank and PDTB attribution (Prasad et al. 2007). `data/CODEBOOK.md` has the rules. All offsets
are code points, end exclusive, so `text[span.start:span.end] == span.text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any


class Certainty(StrEnum):
    """The degree to which a sentence settles its claim, true or false alike.

    Members are ordered: `certain` > `probable` > `possible`. `uncommitted` is outside the order, and comparing it
    raises TypeError.

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
        """Whether the span says whose words they are."""
        return self.value.startswith("source")


_SPAN_TYPES = {str(kind): kind for kind in SpanType}

CODEBOOK_VERSION = 2  # of data/CODEBOOK.md
AXES: Mapping[str, type[Certainty] | type[Stance]] = {"certainty": Certainty, "stance": Stance}
SPANS = "spans"  # the codebook's span head
# Fields of every output row that no head of the user's own may be called by.
ROW_FIELDS = frozenset({"doc", "id", "index", "start", "end", "text", "speaker", "time", "read_to", "row"})
CORPUS_FIELDS = frozenset({"corpus", "domain", "kind", "group", "part"})  # of corpus rows, beside those
REVIEWED = "reviewed"  # of a row that a person has decided: how (hedgerow.corpus.decisions)
FIRST_ANSWER = "first_answer"  # of such a row: the labels that they gave before they saw others
# Columns, groups of spans and fields that outputs have for something else.
_OUTPUT_NAMES = frozenset({"cues", "sources", "hedgerow_sentences", "model", "picked", REVIEWED, FIRST_ANSWER})
# Names that training, its libraries and its files have for something else.
_TRAINING_NAMES = frozenset(
    {"attention_mask", "file", "hedgerow", "input_ids", "inputs_embeds", "label", "label_ids", "labels", "length", "on"}
    | {"position_ids", "return_loss", "score", "self", "sentences", "starts", "token_type_ids", "type", "words"}
)
LEVEL = "level"  # NAME_level is the column of the expected level of an ordered head
RANGE = ".."  # between the least and the greatest number of a range
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CLOSE = 0.88  # how like a field of the codebook a name must be to be taken for a slip: one letter of it


@dataclass(frozen=True, slots=True)
class Head:
    """One thing that a model predicts for a sentence.

    `kind` is "label" (one of `labels` for the sentence) or "span" (stretches of it, each of a type in `labels`). The
    labels of a label head that `is_ordered` are in order, the lowest first. `values` has the label of each value that
    corpora write otherwise, {"5": "high"}, and of ranges of numbers, {"1..2.5": "low"}.

    Examples
    --------
    >>> import hedgerow
    >>> [(head.name, head.kind, len(head.labels)) for head in hedgerow.load("lexicon").heads]
    [('certainty', 'label', 4), ('stance', 'label', 5), ('spans', 'span', 12)]
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    is_ordered: bool = False
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_own(self) -> bool:
        """Whether the head is the user's own, beyond the codebook's axes and spans."""
        return self.name not in AXES and self.name != SPANS

    def label_of(self, value: object) -> str | None:
        """Return the label that a corpus writes as `value`, a text, number or boolean; None if there is none."""
        written = label_text(value)
        return None if written is None else next(self._meant(written), None)

    def _meant(self, written: str) -> Iterator[str]:
        """Yield the labels that a text can mean: of its value, as it is and otherwise written, of its range; itself."""
        if written in self.values:
            yield self.values[written]
        yield from (label for value, label in self.values.items() if is_same_value(written, value))
        yield from (label for edges, label in self.values.items() if RANGE in edges and _is_in(written, edges))
        if written in self.labels:
            yield written
        yield from (label for label in self.labels if is_same_value(written, label))


def to_number(written: str) -> float | None:
    """Return the number that a text is; None if it is none."""
    try:
        return float(written)
    except ValueError:
        return None


def _is_in(number: str, edges: str) -> bool:
    """Return whether a number is in a range, or on its edge; what is no number is in none."""
    low, high = map(float, edges.split(RANGE))
    value = to_number(number)
    return value is not None and low <= value <= high


def is_same_value(one: str, other: str) -> bool:
    """Return whether two texts are one number, "1" and "1.0", or one boolean, "true" and "True"."""
    number = to_number(one)
    if number is not None:
        return number == to_number(other)
    return one.casefold() in ("true", "false") and one.casefold() == other.casefold()


def name_error(name: str) -> str | None:
    """Return why a head of the user's own cannot be called `name`, with a hint; None if it can."""
    if not _NAME.fullmatch(name):
        return "is not a name; write it with letters (a to z), digits and underscores, and no digit first"
    if name in ROW_FIELDS | CORPUS_FIELDS | {*AXES, SPANS, REVIEWED, FIRST_ANSWER} or name.endswith("_scores"):
        return "is a field of rows; give the head another name"
    if name in _OUTPUT_NAMES:
        return "is a name that outputs use for something else; give the head another name"
    for axis in CODEBOOK_HEADS:
        if name in column_names(axis):
            return f"is a column of the head {axis.name!r} too; give the head another name"
    if name in _TRAINING_NAMES:
        return "is a name that training uses itself; give the head another name"
    if close := close_names(name, (*AXES, SPANS)):
        return f"is too like the codebook's {close[0]!r}; give the head another name"
    return None


def column_names(head: Head) -> frozenset[str]:
    """Return the columns that outputs and training have for a head, beside its name."""
    if head.kind == "span":
        return frozenset()
    return frozenset(f"{head.name}_{end}" for end in ("scores", "score", LEVEL, "soft", *head.labels))


def close_names(name: str, names: Iterable[str]) -> list[str]:
    """Return the one of `names` that `name` is taken for a slip of, in a list that may be empty."""
    by_plain_name = {one.casefold(): one for one in names}
    return [by_plain_name[close] for close in get_close_matches(name.casefold(), by_plain_name, n=1, cutoff=_CLOSE)]


def label_text(value: object) -> str | None:
    """Return a label as text: 5, 5.0 and "5" are "5", true is "true"; None if it is no text, number or boolean."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else None


CODEBOOK_HEADS = (
    *(Head(axis, "label", tuple(map(str, enum))) for axis, enum in AXES.items()),
    Head(SPANS, "span", tuple(map(str, SpanType))),
)


@dataclass(frozen=True, slots=True)
class Span:
    """A cue or a source in a sentence.

    `text` is the sentence from code point `start` to `end` (exclusive); `score` is in 0..1, None in a corpus. `type` is
    a SpanType, or a plain string for a span head of the user's own.

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
        """Whether the span says whose words they are (else it is a cue)."""
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
    """One labelled sentence of a corpus; `extra` keeps fields that this project does not know, unchanged.

    An axis is None, and so are `spans`, if the row is not labelled with it; spans that are empty are labelled: there
    are none in the sentence. Labels of heads of the user's own are in `extra`.

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
