"""Strict JSON: one object per line, nothing that another reader would reject or lose."""

from __future__ import annotations

import json
from math import isinf
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError
from hedgerow.io.text_checks import invalid_utf8, surrogate_error


def parse_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in a line.

    Raises InputError for invalid JSON, and for JSON that other readers reject or lose: NaN, infinite numbers, duplicate
    keys, lone surrogates.
    """
    try:
        text = raw.decode("utf-8")
        row = json.loads(text, object_pairs_hook=_unique, parse_constant=_reject_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise InputError(invalid_utf8(error)) from None
    except RecursionError:
        raise InputError("broken JSON (nested too deeply); write one whole JSON object a line") from None
    except ValueError as error:
        raise InputError(f"broken JSON ({error}); write one whole JSON object a line") from None
    if not isinstance(row, dict):
        raise InputError(f"a JSON {type(row).__name__}, not an object {{...}}; write one object a line")
    if b"\\ud" in raw.lower() and (error_message := surrogate_error(json.dumps(row, ensure_ascii=False))) is not None:
        raise InputError(error_message)
    return row


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} occurs twice")
    return row


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if isinf(value):
        raise ValueError(f"the number {number} is too large")
    return value


def write_json(path: Path, value: object) -> None:
    """Write `value` as JSON in UTF-8, indented by one space; raise ValueError for NaN and infinite numbers."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8")
