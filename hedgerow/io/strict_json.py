"""Strict JSON: nothing that another reader would reject or lose. A user's row may have NaN, as Python writes it."""

from __future__ import annotations

import json
from collections import Counter
from math import isinf
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError
from hedgerow.io.text_checks import invalid_utf8, surrogate_error

TOO_DEEP = "nested too deeply"
_MAX_DEPTH = 200  # lists and objects in each other: Python writes no more than some 1,000
_ONE_A_LINE = "write one whole JSON object a line"


def parse_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in a line.

    Raises InputError for invalid JSON, and for JSON that other readers reject or lose: NaN, infinite numbers, duplicate
    keys, lone surrogates.
    """
    try:
        return _to_object(raw.decode("utf-8"), _STRICT)
    except UnicodeDecodeError as error:
        raise InputError(invalid_utf8(error)) from None


def parse_row(text: str) -> dict[str, Any]:
    """Return the JSON object in a line of a user's file, as `parse_object` does; NaN and Infinity become null."""
    return _to_object(text, _LENIENT)


def decode_value(text: str, start: int) -> tuple[Any, int]:
    """Return the JSON value that starts at `start` and where it ends; NaN and Infinity become null.

    Raises json.JSONDecodeError if the value is broken or incomplete, and RecursionError if it is nested too deeply. A
    value that is whole but that other readers reject or lose comes as an InputError.
    """
    try:
        value, end = _LENIENT.raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        return InputError(f"broken JSON ({error})"), _ANY.raw_decode(text, start)[1]
    message = _lost(text[start:end], value)
    return (value if message is None else InputError(message)), end


def _to_object(text: str, decoder: json.JSONDecoder) -> dict[str, Any]:
    try:
        row = decoder.decode(text)
        message = _lost(text, row)
    except RecursionError:
        raise InputError(f"broken JSON ({TOO_DEEP}); {_ONE_A_LINE}") from None
    except ValueError as error:
        raise InputError(f"broken JSON ({error}); {_ONE_A_LINE}") from None
    if not isinstance(row, dict):
        raise InputError(f"a JSON {type(row).__name__}, not an object {{...}}; write one object a line")
    if message is not None:
        raise InputError(message)
    return row


def _lost(text: str, value: Any) -> str | None:
    """Return why the value cannot be written again, or None; `text` is its JSON."""
    if text.count("{") + text.count("[") > _MAX_DEPTH and _is_deep(value, _MAX_DEPTH):
        return f"broken JSON ({TOO_DEEP})"
    if "\\u" not in text or "\\ud" not in text.lower():
        return None
    return surrogate_error(json.dumps(value, ensure_ascii=False))


def _is_deep(value: Any, limit: int) -> bool:
    """Return whether lists and objects are nested in each other more than `limit` times."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return limit == 0 or any(_is_deep(one, limit - 1) for one in inner)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {key!r:.100} occurs twice")
    return row


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON; write null")


def _as_null(_: str) -> None:
    return None


def _finite(number: str) -> float:
    value = float(number)
    if isinf(value):
        raise ValueError(f"the number {number} is too large")
    return value


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_reject_constant, parse_float=_finite)
_LENIENT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_as_null, parse_float=_finite)
_ANY = json.JSONDecoder(parse_constant=str, parse_float=str, parse_int=str)  # to find the end of a value


def write_json(path: Path, value: object) -> None:
    """Write `value` as JSON in UTF-8, indented by one space; raise ValueError for NaN and infinite numbers."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8")
