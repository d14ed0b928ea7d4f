"""Heads: what a model predicts for a sentence, the names that they may have, and their labels as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from hedgerow.labels import AXES, SPANS, SpanType

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

    Attributes
    ----------
    name : str
        The field of a row that has its label.
    kind : "label" or "span"
        One of `labels` for the sentence, or stretches of it, each of a type in `labels`.
    labels : tuple of str
        The labels; the lowest first, if the head is ordered.
    is_ordered : bool
        Whether the labels are in an order.
    values : mapping of str to str
        The label of each value that corpora write otherwise, {"5": "high"}, and of ranges of numbers,
        {"1..2.5": "low"}.

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
