"""Turn what a tool says of a text into the labels and spans of a corpus row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain
from typing import Any

from hedgerow.corpus.exchange.annotated import Annotated, Choice, Mark
from hedgerow.corpus.exchange.offsets import locate, trimmed
from hedgerow.errors import InputError
from hedgerow.head import CODEBOOK_HEADS, ROW_FIELDS, label_text
from hedgerow.labels import AXES, SPANS, Span

TEXT_FIELDS = ("corpus", "doc", "domain", "kind", "group")  # of a corpus row, which are text
RESERVED = ROW_FIELDS | AXES.keys() | {SPANS, *TEXT_FIELDS}  # no head of the user's own is called so
_HEADS = {label: head.name for head in CODEBOOK_HEADS for label in head.labels}
_OWN = re.compile(r"([^\W\d]\w*):\s*(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Draft:
    """A corpus row in the making.

    `labels` has the label of each label head, `spans` the spans of each span head that the tool asked for. `identity`
    is the row's own id, or None; `number` is what makes one. `values` has labels that were no text before an export.
    """

    place: str
    text: str
    labels: Mapping[str, str]
    spans: Mapping[str, tuple[Span, ...]]
    fields: Mapping[str, Any] = field(default_factory=dict)
    identity: str | None = None
    number: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, identity: str) -> dict[str, Any]:
        """Return the corpus row with this id, as JSON."""
        spans = {head: [span.to_dict() for span in spans] for head, spans in self.spans.items()}
        known = {name: self.fields[name] for name in TEXT_FIELDS if self.fields.get(name) is not None}
        taken = {"id", "text", SPANS, *AXES, *TEXT_FIELDS, *self.labels, *spans}
        others = {name: value for name, value in self.fields.items() if name not in taken}
        own = {name: self._value(name) for name in self.labels if name not in AXES}
        axes = {axis: self.labels[axis] for axis in AXES if axis in self.labels}
        return {
            "id": identity,
            **known,
            "text": self.text,
            **axes,
            **({SPANS: spans.pop(SPANS)} if SPANS in spans else {}),
            **own,
            **spans,
            **others,
        }

    def _value(self, head: str) -> Any:
        """Return the label of a head as the row wrote it before its export, if it is still the same."""
        label, before = self.labels[head], self.values.get(head)
        return before if before is not None and (label_text(before) or "").strip() == label.strip() else label


def codebook_heads(items: Iterable[Annotated]) -> frozenset[str]:
    """Return the tool's own names of heads that stand for a head of the codebook, such as "label" or "tags".

    They have a label of the codebook, and no other head goes by the name that the codebook gives it. A head that we
    exported has its own name.
    """
    items = list(items)
    exported = {name for item in items for name in (*item.kept.labels, *item.kept.spans)}
    named = {
        (one.head, plain_label(one.label)) for item in items for one in chain[Choice | Mark](item.choices, item.marks)
    }
    names = {head for head, _ in named} | exported
    return frozenset(
        head
        for head, label in named
        if head is not None and head not in exported and _HEADS.get(label, head) not in names
    )


def resolve(item: Annotated, *, head: str | None, known: frozenset[str]) -> Draft:
    """Return the row of an annotated text.

    A label belongs to the head that its name begins with ("topic:sport"), else to the head of the codebook that has it,
    else to `head`. `known` are the tool's names of heads that stand for the codebook's. Raises InputError for a label
    that belongs nowhere, two labels of one head, and a stretch that is not in the text.
    """
    labels: dict[str, str] = {}
    for choice in item.choices:
        name, label = _named(choice, known, head)
        if name == SPANS:
            raise InputError(f"{label!r} is a type of span, and here a label of the whole text; mark words with it")
        if labels.setdefault(name, label) != label:
            raise InputError(f"two labels of {name}, {labels[name]!r} and {label!r}; choose one of the two")
    spans: dict[str, list[Span]] = {name: [] for name in item.asked}
    for mark, start, end in _located(item):
        name, label = _named(mark, known, head)
        if name in AXES or name in labels:
            raise InputError(
                f"{label!r} is a label of {name}, for the whole text, and here of a stretch; see the guide"
            )
        span = Span(start, end, label, item.text[start:end])
        if span not in spans.setdefault(name, []):
            spans[name].append(span)
    ordered = {name: tuple(sorted(found, key=lambda span: (span.start, span.end))) for name, found in spans.items()}
    fields = dict(item.fields)
    identity = fields.pop("id", None)
    return Draft(
        item.place,
        item.text,
        labels,
        ordered,
        _texts(fields),
        None if identity is None else str(identity),
        item.number,
        item.kept.values,
    )


def _texts(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with numbers in fields of text, such as a `group`, as text."""
    return {
        name: str(value) if name in TEXT_FIELDS and isinstance(value, int | float) else value
        for name, value in fields.items()
    }


def _located(item: Annotated) -> Iterator[tuple[Mark, int, int]]:
    for mark in item.marks:
        found = locate(item.text, mark.start, mark.end, mark.words, item.units)
        if found is None:
            raise InputError(_not_found(item, mark))
        edges = trimmed(item.text, found[0], found[1])
        if edges is None:
            raise InputError(f"the span {mark.start}..{mark.end} ({mark.label}) is white space only; remove it")
        yield mark, *edges


def _not_found(item: Annotated, mark: Mark) -> str:
    name = f"span {mark.start}..{mark.end} ({mark.label})"
    units = " or ".join(item.units)
    if mark.words is None:
        return f"{name} is not a stretch of the text of {len(item.text)} characters, in {units}; see --offsets"
    at = item.text.find(mark.words)
    hint = f"its words are at {at}..{at + len(mark.words)}" if at >= 0 else "its words are not in the text"
    return f"{name} is not {mark.words!r} in the text, in {units}; {hint}: mark it again in the tool"


def _named(one: Choice | Mark, known: frozenset[str], own: str | None) -> tuple[str, str]:
    """Return the head that a label belongs to, and the label as that head writes it."""
    plain = plain_label(one.label)
    if one.head is not None and (one.head in AXES or one.head == SPANS):
        return one.head, plain if plain in _HEADS else one.label
    prefixed = _OWN.fullmatch(one.label)
    if one.head is None and prefixed is not None:
        name, label = prefixed[1], prefixed[2]
        return (name, plain_label(label)) if name in AXES or name == SPANS else (_checked(name), label)
    if plain in _HEADS and (one.head is None or one.head in known):
        return _HEADS[plain], plain
    if one.head is not None and one.head not in known:
        return _checked(one.head), one.label
    if own is not None:
        return _checked(own), one.label
    if one.head is not None:
        close = get_close_matches(plain, _HEADS, n=1)
        guess = f" (perhaps {close[0]!r})" if close else ""
        raise InputError(
            f"label {one.label!r} of {one.head!r} is not of the codebook, others of it are; correct it{guess}, or name "
            "the head of the labels that are your own with --head"
        )
    raise InputError(
        f"label {one.label!r} is not of the codebook; for a head of your own write it as NAME:{one.label}, "
        "or name the head with --head"
    )


def plain_label(label: str) -> str:
    """Return a label as the codebook writes its own: "Source named" is source_named."""
    return re.sub(r"[\s-]+", "_", label.strip()).casefold()


def _checked(name: str) -> str:
    if not name.isidentifier() or name in RESERVED:
        problem = "is a field of every row" if name in RESERVED else "is not a name (letters, digits, underscores)"
        raise InputError(f"head {name!r} {problem}; give it another name")
    return name
