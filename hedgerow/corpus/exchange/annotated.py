"""What a file of an annotation tool says of a text, before the codebook is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.errors import InputError

# The field of a task, in every tool, that has the fields of a corpus row that the tool does not know.
KEPT = "hedgerow"
HEADS = "hedgerow_heads"  # the field beside it that has the heads that the row was labelled on, see `KeptHeads`


@dataclass(frozen=True, slots=True)
class Choice:
    """A label of the whole text; `head` is what it was chosen for, None if the tool has one list of all labels."""

    label: str
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A label of a stretch of the text, in the tool's offsets; `words` is the stretch as the tool saw it."""

    start: int
    end: int
    label: str
    head: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class KeptHeads:
    """The heads that a row was labelled on when it was exported: those of labels, and those of spans.

    `values` has the labels that were no text (5, true), as the row wrote them.
    """

    labels: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text with the labels that a tool gave it.

    `place` names it in messages. `asked` names the span heads that the row is labelled on, also if it has no mark of
    theirs. `fields` are the row's other fields, and `number` is the tool's own for it, of which an id is made if there
    is none. `units` are those that its offsets may be in, the likeliest first. `kept` has the heads of our own export.
    """

    place: str
    text: str
    choices: tuple[Choice, ...]
    marks: tuple[Mark, ...]
    asked: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    number: str = ""
    units: tuple[Unit, ...] = (Unit.CODE_POINTS,)
    kept: KeptHeads = field(default_factory=KeptHeads)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A text that has no labels to read, and why: "without labels", "rejected", "ignored"."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that a corpus cannot hold, in the plural: "relations"."""

    what: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file of a tool.

    `fields` has the file's name of each field of the corpus that it calls otherwise. Of JSON rows, only those are read
    whose fields have the values of `where`.

    `text_field` has the text. `offsets` is the unit of the offsets, None for the tool's own. Only the work of
    `annotator` is read, if one is named. Labels that the codebook does not have are of the user's head `head`.
    """

    text_field: str = "text"
    offsets: Unit | None = None
    annotator: str | None = None
    head: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)

    def units(self, *usual: Unit) -> tuple[Unit, ...]:
        """Return the units that offsets may be in: those that are `usual` for the tool, unless one was named."""
        return usual if self.offsets is None else (self.offsets,)


def listed(fields: Mapping[str, Any], key: str, hint: str) -> list[Any]:
    """Return the list in a field, an empty one if the field is not there; raise InputError if it is no list."""
    value = fields.get(key)
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise InputError(f"{key} {value!r} is not a list; {hint}")
    return value


def objects_in(fields: Mapping[str, Any], key: str, hint: str) -> list[Mapping[str, Any]]:
    """Return the list of objects in a field, as `listed` does."""
    values = listed(fields, key, hint)
    if wrong := [value for value in values if not isinstance(value, Mapping)]:
        raise InputError(f"{key} has {wrong[0]!r}, which is not an object; {hint}")
    return values


def offsets_in(span: Mapping[str, Any], hint: str) -> tuple[int, int]:
    """Return the fields `start` and `end` of a span; raise InputError if they are not whole numbers."""
    start, end = span.get("start"), span.get("end")
    if type(start) is not int or type(end) is not int:  # True is an int too
        raise InputError(f"span {start!r}..{end!r} is not in whole numbers; {hint}")
    return start, end


def kept_fields(task: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Return the fields of a corpus row in a task: those that were kept on export, else all but those `known`."""
    kept = task.get(KEPT)
    return (
        dict(kept) if isinstance(kept, Mapping) else {name: value for name, value in task.items() if name not in known}
    )


def kept_heads(task: Mapping[str, Any]) -> KeptHeads | None:
    """Return the heads that a task was labelled on when we exported it; None if it was not, or is not ours."""
    kept = task.get(HEADS)
    if not isinstance(kept, Mapping):
        return None
    names = [kept.get(kind) for kind in ("labels", "spans")]
    labels, spans = (tuple(map(str, found)) if isinstance(found, list) else () for found in names)
    values = kept.get("values")
    return KeptHeads(labels, spans, dict(values) if isinstance(values, Mapping) else {})
