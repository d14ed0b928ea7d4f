"""Settings that replace those of a recipe: `--set optimisation.epochs=3`.

A value is TOML (`3`, `1e-4`, `true`, `["a.jsonl"]`). What is not TOML is text: `start_from=base` needs no quotes within
quotes.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError, RecipeError
from hedgerow.io.optional import library

# What a network begins with: a recipe has one of these, so that setting one removes the others.
STARTS = ("backbone", "encoder", "start_from")


def parse_settings(texts: Sequence[str]) -> dict[str, Any]:
    """Return the values by name from "NAME=VALUE" each; the last of one name counts. Raises InputError."""
    settings = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not all(name.split(".")):
            raise InputError(f"--set {text}: not NAME=VALUE; write a setting as in --set optimisation.epochs=3")
        settings[name] = _parse_value(value)
    return settings


def _parse_value(text: str) -> Any:
    try:
        table = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text.strip()
    return table["value"] if len(table) == 1 else text.strip()


def replace_settings(table: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of the recipe `table` with `settings`, by names such as "optimisation.epochs".

    A table in an array has its "name" or number in its place: "heads.stance.weight". Raises RecipeError that names the
    setting if there is nothing to put it in.
    """
    changed = copy.deepcopy(dict(table))
    for name, value in settings.items():
        put_setting(changed, name, value)
    return changed


def put_setting(table: Any, name: str, value: Any) -> None:
    """Put a setting into `table`, a dict or a document of tomlkit. Raises RecipeError."""
    *path, last = name.split(".")
    if name in STARTS:
        for other in STARTS:
            if other != name and other in table:
                del table[other]
    place = table
    for part in path:
        if isinstance(place, dict):
            place = place.setdefault(part, {})
        elif isinstance(place, list):
            place = place[_number(place, part, name)]
        if not isinstance(place, dict | list):
            raise RecipeError(f"--set {name}={value}: {part!r} is {place!r}, which has no settings; name another")
    if isinstance(place, list):
        place[_number(place, last, name)] = value
    else:
        place[last] = value


def _number(tables: Sequence[Any], part: str, name: str) -> int:
    """Return the place in an array of tables of the one with the name or the number `part`."""
    names = [table.get("name") if isinstance(table, dict) else None for table in tables]
    if part in names:
        return names.index(part)
    if part.isdecimal() and int(part) < len(tables):
        return int(part)
    known = ", ".join(str(at if known is None else known) for at, known in enumerate(names))
    raise RecipeError(f"--set {name}: there is no {part!r}; there are {known}")


def write_recipe(source: Path, target: Path, settings: Mapping[str, Any]) -> None:
    """Copy the recipe `source` to `target` with `settings`, and its comments as they are."""
    if not settings:
        target.write_bytes(source.read_bytes())
        return
    tomlkit = library("tomlkit", needed_for="keeping the settings of --set and --from in a recipe", extra="eval")
    document = tomlkit.parse(source.read_text("utf-8"))
    for name, value in settings.items():
        put_setting(document, name, value)
    target.write_text(tomlkit.dumps(document), "utf-8")
