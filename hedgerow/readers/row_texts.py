"""Rows to input texts: find the text of a row, or its texts if its field is a path through a list; skip missing ones.

Tables, JSON and Parquet share this. A chat is a row whose path leads through the list of its messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.text_checks import text_error
from hedgerow.readers.entities import decode
from hedgerow.readers.input_text import InputText, Item, Rejected, Skipped
from hedgerow.readers.layout import TOO_LONG, Layout
from hedgerow.readers.missing import BLANK, is_missing
from hedgerow.readers.paths import (
    ALL,
    Found,
    lookup,
    mended_path,
    missing_field,
    parse_path,
    role_of,
    text_keys,
    walk,
    without,
)

_NO_ROLE = "no field 'role', 'from', 'speaker' or 'author.role' beside the text; leave out --role"


class NoText(str):
    """A value that JSON has as a string but that is no text, such as a date."""

    __slots__ = ()


class Binary(NoText):
    """Bytes that are not UTF-8, in base64."""

    __slots__ = ()


class Place(NamedTuple):
    """Where a row is: its file, its number, its first byte, its content.

    The number is that of its line, or with `by_row` its own in the file. `elements` has the numbers of the elements of
    lists that lead to it.
    """

    file: str
    number: int
    offset: int | None = None
    raw: bytes | None = None
    by_row: bool = False
    elements: tuple[int, ...] = ()

    def name(self, numbers: tuple[int, ...] = ()) -> str:
        """Return the name of the row, or of an element of it: "chat.jsonl:3[2]"."""
        name = f"{self.file}:{self.number}"
        return name + _bracketed(self.elements + numbers) if numbers or self.elements else name

    def rejected(self, reason: str) -> Rejected:
        """Return the row, or the element of it, as rejected."""
        reason = f"element {_bracketed(self.elements)}: {reason}" if self.elements else reason
        line, row = (None, self.number) if self.by_row else (self.number, None)
        return Rejected(self.file, line, reason, self.raw, self.offset, row)

    def skipped(self, mark: str) -> Skipped:
        """Return the row as skipped."""
        return Skipped(self.file, self.number, mark)


class RowReader:
    """Reads the text of each row of a file, as the layout says."""

    def __init__(self, layout: Layout) -> None:
        self._text_field, self._id_field, self._role = layout.fields.text, layout.fields.id, layout.fields.role
        self._keep_missing, self._keep_entities = layout.keep_missing, layout.keep_entities
        self._path = parse_path(layout.fields.text)
        self.is_one_per_row = ALL not in self._path
        self._is_flat = len(self._path) <= 1 and self.is_one_per_row

    def read(self, row: dict[str, Any], place: Place) -> Sequence[Item]:
        """Return the texts of a row, each of them labelled, skipped or rejected: one, unless the path has a list."""
        try:
            if self._is_flat or self._text_field in row:
                return (self._read_flat(row, place),)
            return self._read_path(row, place)
        except InputError as error:
            return (place.rejected(str(error)),)

    def _read_flat(self, row: dict[str, Any], place: Place) -> Item:
        if self._text_field not in row:
            raise missing_field(row, self._text_field, option="--text-field")
        id_, id_name = (row.get("id"), "id") if self._id_field is None else self._id(row)
        if self._role is not None and (role := role_of(row)) != self._role:
            return _other_role(role, self._role, place)
        text, is_missing, decoded = self._text(row[self._text_field])
        if is_missing:
            return place.skipped(text)
        others = dict(row)
        others.pop(self._text_field)
        others.pop(id_name, None)
        return InputText(place.name(), iter((text,)), id_, others, decoded=decoded)

    def _id(self, row: dict[str, Any]) -> tuple[Any, str]:
        """Return a row's id, None if it has none, and the name of its field."""
        if self._id_field is None:
            return row.get("id"), "id"
        try:
            return lookup(row, self._id_field), self._id_field
        except KeyError:
            raise missing_field(row, self._id_field, option="--id-field") from None

    def _read_path(self, row: dict[str, Any], place: Place) -> Sequence[Item]:
        id_, id_name = self._id(row)
        others = without(row, self._path)
        others.pop(id_name, None)
        founds = list(walk(row, self._path))
        if founds and not founds[0].numbers and founds[0].error is not None:
            top = founds[0].error.startswith("no field") and len(founds[0].within) == 1
            raise missing_field(row, self._text_field, option="--text-field") if top else self._broken(founds[0])
        if self._role is not None:
            if founds and all(found.role is None for found in founds) and any(found.value for found in founds):
                raise InputError(_NO_ROLE)
            founds = [found for found in founds if found.role == self._role]
        items = [self._element(found, InputText("", iter(()), id_, others), place) for found in founds]
        return items or (place.skipped("no text" if self._role is None else f"no role {self._role}"),)

    def _element(self, found: Found, record: InputText, place: Place) -> Item:
        """Return one text at the path as an item; the fields of the element that are not the record's come with it."""
        try:
            if found.error is not None:
                raise self._broken(found)
            text = self._text(found.value)
        except InputError as error:
            of_element = place._replace(raw=None, elements=place.elements + found.numbers)
            return (of_element if found.numbers else place).rejected(str(error))
        if text.is_missing:
            return place.skipped(text.text)
        others = {**self._fields_of_element(found), **record.row}
        id_ = others.pop("id", None) if record.id is None and self._id_field is None else record.id
        return InputText(place.name(found.numbers), iter([text.text]), id_, others, decoded=text.decoded)

    def _fields_of_element(self, found: Found) -> dict[str, Any]:
        """Return the fields of the element of the first list, without the one that leads on to the text."""
        if self.is_one_per_row:
            return {}
        depth = self._path.index(ALL)
        if len(found.within) <= depth:
            return {}
        names = [step for step in self._path[depth:] if step != ALL]
        return {key: value for key, value in found.within[depth].items() if key != names[0]}

    def _broken(self, found: Found) -> InputError:
        message = f"field {self._text_field!r}: {found.error}"
        is_whole = found.within and self._path[0] != ALL  # the path starts in the outermost of the objects
        mended = mended_path(found.within[0], self._path) if is_whole else None
        if mended is None or parse_path(mended) == self._path:
            return InputError(message)
        return InputError(f"{message}; did you mean --text-field {mended!r}?")

    def _text(self, value: Any) -> _Text:
        """Return the value as a text; raise InputError if it is none."""
        if isinstance(value, list) and value and all(isinstance(part, dict) and "type" in part for part in value):
            value = "\n".join(part["text"] for part in value if isinstance(part.get("text"), str))
        if value is None:
            return _Text("", is_missing=True)
        if not isinstance(value, str) or isinstance(value, NoText):
            raise InputError(_wrong_type(value, self._text_field))
        text = value if self._keep_entities or ("&" not in value and "<" not in value) else decode(value)
        stripped = text.strip().strip(BLANK)
        if not stripped:
            return _Text("", is_missing=True)
        if not self._keep_missing and is_missing(stripped):
            return _Text(stripped, is_missing=True)
        if len(text) > MAX_ROW_BYTES // 4 and len(text.encode("utf-8", "surrogatepass")) > MAX_ROW_BYTES:
            raise InputError(f"a text of {len(text):,} characters; {TOO_LONG}")
        if (error := text_error(text, f"field {self._text_field!r}")) is not None:
            raise InputError(error)
        return _Text(text, decoded=text is not value and text != value)


class _Text(NamedTuple):
    """A text, or the mark that stands for a missing one; whether entities of it were decoded."""

    text: str
    is_missing: bool = False
    decoded: bool = False


def _bracketed(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def _other_role(role: str | None, wanted: str, place: Place) -> Skipped:
    if role is None:
        raise InputError(_NO_ROLE)
    return place.skipped(f"no role {wanted}")


def _wrong_type(value: Any, name: str) -> str:
    if isinstance(value, Binary):
        return f"field {name!r} is binary and not UTF-8; write it as text"
    if isinstance(value, NoText):
        return f"field {name!r} is a date or a number ({value}), not text"
    reason = f"field {name!r} is {type(value).__name__}, not text"
    if isinstance(value, list):
        inner = next(
            (f".{key}" for element in value[:1] if isinstance(element, dict) for key in text_keys(element)), ""
        )
        if not inner and value and not isinstance(value[0], str | list):
            return reason
        return f"{reason}; read its elements: --text-field {name + '[]' + inner!r}"
    if isinstance(value, dict) and (keys := text_keys(value)):
        all_ = f", or read all: --text-field {name + '[]'!r}" if len(keys) > 1 else ""
        return f"{reason}; name a field in it: --text-field {name + '.' + keys[0]!r}{all_}"
    return reason
