"""Paths into nested rows: "data.text", and "messages[].content", which is a text per element of the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hedgerow.errors import InputError

ALL = ""  # the step to every element of a list, or to every value of an object
Path = tuple[str, ...]
_ROLES = ("role", "from", "speaker")
_USUAL = ("body", "content", "full_text", "text", "sentence", "message", "comment", "selftext", "article", "tweet")
_NO_TEXTS = {*_ROLES, "author", "id", "type", "name", "date", "time", "timestamp", "url"}
_LISTED = 300  # characters
_DEPTH = 4  # how deep a suggestion looks


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a path: the value, the numbers of its elements from 1, the objects on the way, or an error."""

    value: Any
    numbers: tuple[int, ...]
    within: tuple[dict[str, Any], ...]
    error: str | None = None

    @property
    def role(self) -> str | None:
        """The role of the speaker that the innermost object names."""
        return next((role for row in reversed(self.within) if (role := role_of(row)) is not None), None)


def parse_path(text: str) -> Path:
    """Return the steps of a path: names, and `ALL` for each "[]"."""
    steps: list[str] = []
    for part in text.split("."):
        name = re.sub(r"(?:\[\])+\Z", "", part)
        steps += [name] if name else []
        steps += [ALL] * ((len(part) - len(name)) // 2)
    return tuple(steps)


def role_of(row: dict[str, Any]) -> str | None:
    """Return the role of a message: its "role", "from" or "speaker", or its author or the author's role."""
    role = next((row[name] for name in _ROLES if isinstance(row.get(name), str)), None)
    author = row.get("author")
    if role is None and author is not None:
        role = author.get("role") if isinstance(author, dict) else author
    return role if isinstance(role, str) else None


def walk(row: dict[str, Any], path: Path) -> Iterator[Found]:
    """Yield what lies at a path of a row, in order; where the path breaks off, the error."""
    return _walk(row, path, Found(None, (), ()))


def _walk(value: Any, path: Path, found: Found) -> Iterator[Found]:
    numbers, within = found.numbers, found.within
    if not path or value is None:
        yield Found(value, numbers, within)
    elif path[0] == ALL and isinstance(value, list | dict):
        elements = value.values() if isinstance(value, dict) else value
        for number, element in enumerate(elements, 1):
            yield from _walk(element, path[1:], Found(None, (*numbers, number), within))
    elif path[0] == ALL:
        yield Found(None, numbers, within, f"is {type(value).__name__}, not a list")
    elif not isinstance(value, dict):
        yield Found(None, numbers, within, f"is {type(value).__name__}, not an object with {path[0]!r}")
    elif path[0] not in value:
        error = f"no field {path[0]!r}; the fields there are {listed(value)}"
        yield Found(None, numbers, (*within, value), error)
    else:
        yield from _walk(value[path[0]], path[1:], Found(None, numbers, (*within, value)))


def without(row: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return a copy of the row without what lies at the path, or without the list that the path goes through."""
    if path[0] == ALL:
        return {}
    copy = dict(row)
    inner = copy.pop(path[0], None)
    if len(path) > 1 and ALL not in path and isinstance(inner, dict) and (rest := without(inner, path[1:])):
        copy[path[0]] = rest
    return copy


def lookup(row: dict[str, Any], name: str) -> Any:
    """Return the field of this name, or at this path without lists; raise KeyError if there is none."""
    if name in row:
        return row[name]
    value: Any = row
    for step in parse_path(name):
        if not isinstance(value, dict):
            raise KeyError(name)
        value = value[step]
    return value


def missing_field(row: dict[str, Any], name: str, *, option: str) -> InputError:
    """Return the error for a row without a field, with the path to a field of that name that lies deeper."""
    names = listed(row)
    message = f"no field {name!r}; the row's fields are {names}"
    *_, last = parse_path(name) or ("",)
    is_text = last == "text"
    fields = [field for field, value in row.items() if not is_text or value is None or isinstance(value, str)]
    wanted = (last, *_USUAL) if is_text else (last,)
    deeper = (path for field in wanted for path in _paths(row, field, "", 0) if path != name)
    suggestion = alike(fields, name) or next(deeper, None)
    return InputError(message if suggestion is None else f"{message}; did you mean {option} {suggestion!r}?")


def mended_path(row: dict[str, Any], path: Path) -> str | None:
    """Return the path with "[]" where it leads through a list, or has "*"; None if it does not lead to a text so."""
    value: Any = row
    mended = ""
    for step in path:
        if isinstance(value, list) or step in (ALL, "*"):
            mended += "[]"
            elements = [*value.values()] if isinstance(value, dict) else value
            value = elements[0] if isinstance(elements, list) and elements else None
            if step in (ALL, "*"):
                continue
        mended += f".{step}" if mended else step
        value = value.get(step) if isinstance(value, dict) else None
    return mended if isinstance(value, str) else None


def text_keys(value: dict[str, Any]) -> list[str]:
    """Return the keys of an object's texts, those with a usual name first."""
    keys = [key for key, inner in value.items() if isinstance(inner, str) and key not in _NO_TEXTS]
    return sorted(keys, key=lambda key: key not in _USUAL)


def listed(names: Iterable[str]) -> str:
    """Return the names of fields as a list in a message, cut if it is long."""
    text = ", ".join(map(repr, names)) or "none"
    return text if len(text) <= _LISTED else f"{text[:_LISTED]}..."


def alike(names: Iterable[str], wanted: str) -> str | None:
    """Return the field that the user may have meant: the same but for case, or, for a text, a usual name of one."""
    given = {name.lower(): name for name in names}
    usual = _USUAL if wanted == "text" else ()
    return next((given[name] for name in (wanted.lower(), *usual) if name in given), None)


def _paths(value: Any, name: str, at: str, depth: int) -> Iterator[str]:
    """Yield the paths to texts of this name."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        yield from _paths(value[0] if value else None, name, f"{at}[]", depth)
    elif isinstance(value, dict):
        prefix = f"{at}." if at else ""
        if len(value) > 1 and all(isinstance(one, dict) for one in value.values()):  # its keys are ids
            yield from _paths(next(iter(value.values())), name, f"{at}[]", depth + 1)
        if isinstance(value.get(name), str):
            yield prefix + name
        for key, inner in value.items():
            yield from _paths(inner, name, prefix + str(key), depth + 1)
