"""What an export writes: texts with labels, of a corpus or of a model."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hedgerow.corpus.checking import reject
from hedgerow.corpus.exchange.annotated import HEADS, KEPT
from hedgerow.corpus.exchange.labelled_rows import (
    count_ids,
    is_labelled,
    is_spans,
    other_fields,
    own_heads,
    read_labelled,
    row_name,
    span_heads,
    spans_in,
)
from hedgerow.corpus.exchange.objects import fault
from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.corpus.exchange.resolving import RESERVED
from hedgerow.corpus.rows import RowError, parse_row
from hedgerow.errors import CorpusError, InputError
from hedgerow.head import CODEBOOK_HEADS, Head, label_text
from hedgerow.io.text_checks import text_error
from hedgerow.labels import AXES, SPANS, Example, Span
from hedgerow.results import Prediction


@dataclass(frozen=True, slots=True)
class Item:
    """A text to export.

    `labels` has the label of each label head and `spans` the spans of each span head. If they are a model's, `scores`
    has the scores of each label head, by label. `fields` are the row's other fields, and `values` has the labels that
    are no text (5, true) as the row writes them.
    """

    id: str
    text: str
    labels: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    is_suggestion: bool = False  # the labels are a model's, for a person to look at

    @property
    def is_labelled(self) -> bool:
        """Whether the text is labelled on a head; spans that are empty are labels too: there are none in it."""
        return bool(self.labels or self.spans)

    def score(self, head: str) -> float | None:
        """Return the score of the label of a head, None if a person gave it."""
        return self.scores.get(head, {}).get(self.labels[head])

    def kept(self) -> dict[str, Any]:
        """Return the fields of a task that bring back what the tool has no place for, see `KeptHeads`."""
        fields = {KEPT: {"id": self.id, **self.fields}}
        if not self.is_labelled:
            return fields
        heads: dict[str, Any] = {"labels": list(self.labels), "spans": list(self.spans)}
        return fields | {HEADS: heads | {"values": dict(self.values)} if self.values else heads}


@dataclass(frozen=True, slots=True)
class Source:
    """What is the same for all texts of an export: the heads, the unit of the tool's offsets, the model's name."""

    heads: Sequence[Head]
    unit: Unit
    model: str = "hedgerow"


def read_items(path: Path, own: Sequence[str] = ()) -> list[Item]:
    """Return the texts of a corpus, of rows of `hedgerow label`, or of rows without labels, in order.

    Fields of a corpus are heads if they are named in `own`. Raises CorpusError that lists every fault.
    """
    if wrong := [name for name in own if name in RESERVED]:
        raise InputError(f"--head {wrong[0]}: a field of every row, not a head of your own; leave it out")
    if wrong := [name for name in own if not name.isidentifier()]:
        raise InputError(f"--head {wrong[0]}: a head is called with letters, digits and underscores; rename the field")
    items: list[Item] = []
    errors: list[RowError] = []
    seen: set[str] = set()
    rows = list(read_labelled(path))
    ids, heads = count_ids(rows), span_heads(rows)
    for found in rows:
        if isinstance(found, RowError):
            errors.append(found)
            continue
        place, row = found
        seen |= row.keys()
        try:
            labelled = is_labelled(row, heads)
            items.append(_labelled(row, row_name(row, ids), heads) if labelled else _item(row, place, own))
        except InputError as error:
            errors += [fault(place, line) for line in str(error).splitlines()]
    reject(errors)
    if not items:
        raise CorpusError(f"{path}: no rows; name a corpus, or rows of hedgerow label")
    if missing := [name for name in own if name not in seen]:
        raise InputError(f"--head {missing[0]}: no row of {path} has this field; it has {', '.join(sorted(seen))}")
    return items


def suggest(items: Iterable[Item], predictions: Iterable[Prediction]) -> list[Item]:
    """Return the items with the labels of a model instead of their own."""
    pairs = zip(items, predictions, strict=True)
    return [replace(item, values={}, **_labels(one.to_dict(), one.other_spans)) for item, one in pairs]


def heads_of(items: Iterable[Item], known: Iterable[Head] = ()) -> list[Head]:
    """Return the heads of the codebook, and the user's own: those `known`, and others with the labels that occur."""
    labels = {(head.name, head.kind): dict.fromkeys(head.labels) for head in known}
    for item in items:
        for name, label in item.labels.items():
            labels.setdefault((name, "label"), {}).update(dict.fromkeys(item.scores.get(name, (label,))))
        for name, spans in item.spans.items():
            labels.setdefault((name, "span"), {}).update(dict.fromkeys(str(span.type) for span in spans))
    own = [Head(name, kind, tuple(found)) for (name, kind), found in labels.items() if found]
    return [*CODEBOOK_HEADS, *(head for head in own if head.is_own)]


def _labelled(row: dict[str, Any], name: str, heads: Collection[str]) -> Item:
    if (message := text_error(row.get("text"), "field 'text'")) is not None:
        raise InputError(f"{message}; name a file that hedgerow label wrote")
    return Item(name, row["text"], fields=other_fields(row, heads), **_labels(row, heads))


def _item(row: dict[str, Any], place: str, own: Sequence[str]) -> Item:
    """Return the item of a corpus row, or of a row without labels."""
    if any(row.get(name) is not None for name in (*AXES, SPANS, *own)):
        parsed = list(parse_row(json.dumps(row, ensure_ascii=False).encode()))
        if errors := [one for one in parsed if not isinstance(one, Example)]:
            raise InputError("\n".join("; ".join(error) for error in errors))
        (example,) = (one for one in parsed if isinstance(one, Example))
        return _of_example(example, own)
    if (message := text_error(row.get("text"), "field 'text'")) is not None:
        raise InputError(f"{message}; write the sentence as text")
    fields = {name: value for name, value in row.items() if name not in ("id", "text")}
    number = place.replace(" ", ":").rpartition(":")[2]
    return Item(number if row.get("id") is None else str(row["id"]), row["text"], fields=fields)


def _of_example(example: Example, own: Sequence[str]) -> Item:
    fields = {name: value for name, value in example.to_dict().items() if name not in {"id", "text", SPANS, *AXES}}
    values: dict[str, Any] = {}
    labels = {axis: str(label) for axis in AXES if (label := getattr(example, axis)) is not None}
    spans: dict[str, Sequence[Span]] = {} if example.spans is None else {SPANS: example.spans}
    for name in own:
        if (value := fields.get(name)) is None or value == "":
            continue  # not labelled on this head
        if is_spans(value) or value == []:
            spans[name] = tuple(map(Span.from_dict, value))
        elif (label := label_text(value)) is not None:
            labels[name] = label
            values |= {name: value} if value != label.strip() else {}
        else:
            raise InputError(f"{name} {value!r} is no label and no list of spans; leave out --head {name}")
        del fields[name]
    return Item(example.id, example.text, labels, spans, fields=fields, values=values)


def _labels(row: Mapping[str, Any], heads: Collection[str] = ()) -> dict[str, Any]:
    """Return the labels, spans and scores of a labelled row, as an Item has them."""
    labels, spans = own_heads(row, heads)
    for name in labels:
        numbers = row[f"{name}_scores"].values()
        if not isinstance(row.get(name), str | None) or not all(isinstance(one, int | float) for one in numbers):
            raise InputError(f"{name} {row[name]!r} is no label with scores; name a file that hedgerow label wrote")
    return {
        "labels": {name: row[name] for name in labels if row.get(name) is not None},
        "spans": {name: spans_in(row, name) for name in spans},
        "scores": {name: row[f"{name}_scores"] for name in labels},
        "is_suggestion": True,
    }
