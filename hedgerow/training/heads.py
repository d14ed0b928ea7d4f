"""The heads of a recipe: what each predicts, and what is wrong with it, before anything is read or trained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any, Protocol

from hedgerow.head import (
    CODEBOOK_HEADS,
    LEVEL,
    RANGE,
    Head,
    column_names,
    is_same_value,
    label_text,
    name_error,
    to_number,
)
from hedgerow.labels import AXES, SPANS, Example
from hedgerow.predictors.network.bio import tag_names

# What to do about a linear recipe without heads, and rows without an axis.
NO_AXIS = "name labels of your own with --head, or in [[heads]] of the recipe; a network learns spans too"
_CODEBOOK = {head.name: head for head in CODEBOOK_HEADS}


class HeadSettings(Protocol):
    """A head in a recipe."""

    @property
    def name(self) -> str:
        """The field of a corpus row with its label, or its spans."""

    @property
    def kind(self) -> str:
        """Whether it is a "label", a "span", or "ordered": a label of labels in order, the lowest first."""

    @property
    def labels(self) -> Sequence[object]:
        """The labels, or types of span: texts, numbers or booleans. Without any, the codebook's, or those of `map`."""

    @property
    def map(self) -> Mapping[str, object]:
        """The label of each value in a corpus that is not a label itself."""


def to_heads(settings: Iterable[HeadSettings]) -> tuple[Head, ...]:
    """Return the heads of a recipe without faults, with all labels as text."""
    return tuple(_to_head(head) for head in settings)


def _to_head(head: HeadSettings) -> Head:
    if head.name in _CODEBOOK and not (head.name == SPANS and head.labels):
        return _CODEBOOK[head.name]
    kind = "span" if head.kind == "span" else "label"
    values = {value: str(label_text(label)) for value, label in head.map.items()}
    labels = tuple(str(label_text(label)) for label in head.labels) or tuple(dict.fromkeys(values.values()))
    return Head(head.name, kind, labels, head.kind == "ordered", values)


def head_faults(settings: Sequence[HeadSettings]) -> Iterator[str]:
    """Yield a message for each fault of the heads of a recipe."""
    sound = []
    for head in settings:
        faults = list(_codebook_faults(head) if head.name in _CODEBOOK else _own_faults(head))
        yield from faults
        if not faults:
            sound.append(_to_head(head))
    names = [head.name for head in settings]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"setting 'heads': two heads have one name, {name!r}; give each its own"
    yield from _collisions(sound)


def _codebook_faults(head: HeadSettings) -> Iterator[str]:
    """Yield the faults of a head with a name of the codebook, which says everything else."""
    known = _CODEBOOK[head.name]
    if head.kind != known.kind:
        yield f"setting 'heads.{head.name}.kind' = {head.kind!r}: the codebook's head is a {known.kind!r}; correct it"
    named = tuple(map(label_text, head.labels))
    is_part = head.name == SPANS and len(set(named)) == len(named) and set(named) <= set(known.labels)
    if named and named != known.labels and not is_part:
        hint = f"it has {', '.join(known.labels)}: leave 'labels' out, or give a head of your own another name"
        yield f"setting 'heads.{head.name}.labels' = {list(head.labels)}: not the codebook's; {hint}"
    if head.map:
        yield f"setting 'heads.{head.name}.map': the codebook's head has none; give a head of your own another name"


def _own_faults(head: HeadSettings) -> Iterator[str]:
    place = f"setting 'heads.{head.name}"
    if (problem := name_error(head.name)) is not None:
        yield f"{place}': {head.name!r} {problem}"
    labels = [str(label_text(label)) for label in head.labels] or list(_to_head(head).labels)
    written = f"{place}.labels' = {list(head.labels or labels)}"
    if len(labels) < (1 if head.kind == "span" else 2):
        least = "the types of its spans" if head.kind == "span" else "at least two labels"
        yield f"{written}: too few; name {least}"
    if not all(label.strip() == label and label for label in labels):
        yield f"{written}: one is empty, or begins or ends with a space; correct it"
    if twice := sorted({label for label in labels if labels.count(label) > 1}):
        yield f"{written}: {twice[0]!r} is there twice; use distinct labels (1 and '1' are one label)"
    for word in {LEVEL, "scores"} & set(labels) if head.kind != "span" else ():
        yield f"{written}: outputs have a column {head.name}_{word} for something else; use another word"
    if head.map and head.kind == "span":
        yield f"{place}.map': a span head has none; write its types in the corpus as they are"
    yield from (f"{place}.{fault}" for fault in _map_faults(head, labels))


def _map_faults(head: HeadSettings, labels: Sequence[str]) -> Iterator[str]:
    """Yield a message for each fault of the values in a head's map."""
    for value, label in head.map.items():
        if RANGE in value and not _is_range(value):
            hint = "write the least one, two dots and the greatest, as 1..2.5"
            yield f"map': {value!r} is not a range of numbers; {hint}"
        if head.labels and label_text(label) not in labels:
            yield f"map.{value}' = {label!r}: not one of its labels, {', '.join(labels)}; correct it"
    for (value, label), (other, label_of_other) in combinations(head.map.items(), 2):
        if is_same_value(value, other) and label != label_of_other:
            yield f"map': {value!r} and {other!r} are one value, and have two labels; keep one of them"
    if head.kind == "ordered" and not head.labels:
        yield from _order_faults(head)


def _order_faults(head: HeadSettings) -> Iterator[str]:
    """Yield a message if the numbers of a map that gives labels their order do not rise with them."""
    lowest: dict[str, tuple[float, str]] = {}  # the least number of each label in order, and how it is written
    for value, label in head.map.items():
        if (number := _least_number(value)) is not None:
            name = str(label_text(label))
            lowest[name] = min(lowest.get(name, (number, value)), (number, value))
    for (label, (number, value)), (above, (higher, other)) in pairwise(lowest.items()):
        if higher < number:
            hint = "write them in that order; if it is meant, give 'labels' in order, before the map"
            yield f"map': {label!r} ({value}) is before {above!r} ({other}), and the lowest comes first; {hint}"


def _is_range(value: str) -> bool:
    """Return whether a value is a range of numbers with the lower one first, "1..2.5"."""
    low, _, high = map(to_number, value.partition(RANGE))
    return low is not None and high is not None and low <= high


def _least_number(value: str) -> float | None:
    """Return the number that a value is, or the lower edge of its range; None if it is neither."""
    return to_number(value.partition(RANGE)[0] if _is_range(value) else value)


def _collisions(heads: Sequence[Head]) -> Iterator[str]:
    """Yield a message for each head of the user's own that would write a column of another one."""
    own = [head for head in heads if head.is_own]
    for head in own:
        for other in own:
            columns = column_names(other)
            if other.name != head.name and (head.name in columns or f"{head.name}_scores" in columns):
                hint = "give one of the two another name"
                yield f"setting 'heads.{head.name}': {head.name!r} is a column of the head {other.name!r} too; {hint}"


def outputs(head: Head) -> list[str]:
    """Return what a network computes for a head: its labels, or the BIO tags of its types."""
    return tag_names(head.labels) if head.kind == "span" else list(head.labels)


def describe_head(head: Head) -> dict[str, Any]:
    """Return what the manifest of a model says of a head beside its temperature."""
    ordered = {"ordered": True} if head.is_ordered else {}
    values = {"values": dict(head.values)} if head.values else {}
    return {"name": head.name, "kind": head.kind, "labels": outputs(head), **ordered, **values}


def coverage_faults(examples: Sequence[Example], heads: Iterable[Head]) -> Iterator[tuple[str, str]]:
    """Yield, as (error, hint), each label without an example, and each span head, or type of one's own, without one."""
    hint = "a model cannot learn it, add some"
    for head in heads:
        if head.kind == "label":
            found = {label_of(example, head.name) for example in examples}
            yield from ((f"no example of {head.name} {label!r}", hint) for label in head.labels if label not in found)
        elif not (types := _types(examples, head.name) & set(head.labels)):
            yield f"no row has {head.name!r}", "a head cannot learn it, add some"
        elif head.is_own:
            yield from ((f"no span of {head.name} {kind!r}", hint) for kind in head.labels if kind not in types)


def label_of(example: Example, head: str) -> str | None:
    """Return the label of a row, as text; None if it has none."""
    value = getattr(example, head) if head in AXES else example.extra.get(head)
    return None if value is None else str(value)


def _types(examples: Sequence[Example], head: str) -> set[str]:
    if head == SPANS:
        return {str(span.type) for example in examples for span in example.spans or ()}
    return {span["type"] for example in examples for span in example.extra.get(head) or ()}
