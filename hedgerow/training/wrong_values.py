"""Say what a setting with a wrong value must be: pydantic's error as the cure in a recipe's own terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

NGRAMS = "give the shortest and the longest n-gram, as in [1, 3]"
_LABEL = 5  # parts of the place of a label in an error: heads, number, "labels" or "map", number or value, type tried
_CURES = {
    "dict_type": 'give a table of values and their labels, as in {{"1" = "low", "2" = "high"}}',
    "too_short": "it is empty; give at least one",
    "too_long": NGRAMS,
    "missing": NGRAMS,  # a number of two
    "finite_number": "give a finite number",
    "float_type": "give a number",
    "int_type": "give a whole number",
    "int_from_float": "give a whole number",
    "bool_type": "give true or false",
    "string_type": "give a text, in quotes",
    "greater_than": "give more than {gt:g}",
    "greater_than_equal": "give at least {ge:g}",
    "less_than": "give less than {lt:g}",
    "less_than_equal": "give at most {le:g}",
    "literal_error": "give {expected}",
    "value_error": "{error}",
}


def wrong_value(detail: Mapping[str, Any], recipe: type[Any], place: Sequence[Any]) -> str:
    """Return a message about the setting at `place` of the dataclass `recipe`, from a pydantic error `detail`."""
    kind, value = detail["type"], detail["input"]
    if kind == "missing":
        place = place[:-1]
    if len(place) == _LABEL:
        place, cure = place[:-1], "a label is a text, a number, or true or false; give one of these"
    elif kind == "tuple_type":
        cure = _list_cure(value, recipe, place)
    elif kind == "dataclass_type":
        cure = _table_cure(recipe, place)
    elif kind in _CURES:
        cure = _CURES[kind].format(**detail.get("ctx", {}))
    else:
        cure = str(detail["msg"])
    if isinstance(value, str) and kind in ("float_type", "int_type", "bool_type"):
        cure += ", without quotes"
    if kind == "literal_error" and value == "span":
        cure += '; a linear model has no span heads, a network has (kind = "network")'
    written = str(value).lower() if isinstance(value, bool) else repr(value)
    return f"setting '{'.'.join(map(str, place))}' = {written}: {cure}"


def _list_cure(value: object, recipe: type[Any], place: Sequence[Any]) -> str:
    *_, hint = _types_along(recipe, place)
    if dataclass_in(hint) is not None:
        return f"it is an array of tables; write each as [[{_table_name(place)}]] in the recipe"
    if get_args(hint) == (int, int):
        return NGRAMS
    try:
        TypeAdapter(hint).validate_json(dumps([value]), strict=True)
    except ValidationError:
        return "give a list, in brackets"
    return f"give a list: {dumps([value], ensure_ascii=False)}"


def _table_cure(recipe: type[Any], place: Sequence[Any]) -> str:
    if isinstance(place[-1], int):
        return f"it is a table; write it as [[{_table_name(place)}]] in the recipe"
    name = _table_name(place)
    return (
        f"it is a table; give its settings: {', '.join(f'{name}.{known}' for known in known_settings(recipe, place))}"
    )


def _table_name(place: Sequence[Any]) -> str:
    return ".".join(part for part in place if isinstance(part, str))


def known_settings(recipe: type[Any], place: Sequence[Any]) -> list[str]:
    """Return the names that the table at `place` may have, from the dataclass `recipe` down."""
    tables = [table for hint in _types_along(recipe, place) if (table := dataclass_in(hint)) is not None]
    return list(tables[-1].__dataclass_fields__)


def _types_along(recipe: type[Any], place: Sequence[Any]) -> Iterator[Any]:
    """Yield the dataclass `recipe`, and the type of each setting on the way to `place`."""
    table = recipe
    yield recipe
    for part in place:
        if isinstance(part, str):
            hint = get_type_hints(table)[part]
            table = dataclass_in(hint) or table
            yield hint


def all_settings(table: type[Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of the settings of a dataclass and of the tables in it, but for arrays of tables."""
    for name, hint in get_type_hints(table).items():
        yield f"{prefix}{name}"
        nested = dataclass_in(hint)
        if nested is not None and get_origin(hint) is not tuple:
            yield from all_settings(nested, f"{prefix}{name}.")


def dataclass_in(hint: Any) -> type[Any] | None:
    """Return the dataclass in a type such as `tuple[HeadRecipe, ...]` or `Distillation | None`."""
    if hasattr(hint, "__dataclass_fields__"):
        table: type[Any] = hint
        return table
    return next((kind for kind in map(dataclass_in, get_args(hint)) if kind is not None), None)
