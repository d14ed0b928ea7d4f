"""Read the JSON objects of a file: one array of them, or one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hedgerow.corpus.rows import RowError
from hedgerow.errors import CorpusError, InputError
from hedgerow.io.lines import MAX_ROW_BYTES, read_lines
from hedgerow.io.strict_json import decode_value, parse_object
from hedgerow.io.text_checks import invalid_utf8

Object = tuple[str, dict[str, Any]]  # where it is, for messages, and its fields
_BETWEEN = re.compile(r"\s*,?\s*")


def read_objects(path: Path) -> Iterator[Object | RowError]:
    """Yield the objects of a file in order, each with its place, and what is wrong with the others.

    Raises CorpusError if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
            file.seek(0)
            if start.startswith(b"["):
                yield from _array(file.read(), str(path))
                return
            for line in read_lines(file):
                if line.too_long:
                    limit = f"write at most {MAX_ROW_BYTES // 2**20} MB"
                    yield RowError(f"{path}:{line.number}", 0, f"a row of {line.size} bytes", limit)
                    continue
                try:
                    yield f"{path}:{line.number}", parse_object(line.raw)
                except InputError as error:
                    yield fault(f"{path}:{line.number}", str(error))
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; name a file that the tool exported") from None


def _array(raw: bytes, path: str) -> Iterator[Object | RowError]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield fault(path, invalid_utf8(error))
        return
    at, number = _BETWEEN.match(text, text.index("[") + 1).end(), 0  # type: ignore[union-attr]  # it matches anything
    while at < len(text) and text[at] != "]":
        number += 1
        place = f"{path}: task {number}"
        try:
            value, at = decode_value(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            yield RowError(place, 0, f"broken JSON ({error})", "the file was cut or changed; export it again")
            return
        if isinstance(value, dict):
            yield place, value
        elif isinstance(value, InputError):
            yield fault(place, str(value))
        else:
            yield RowError(place, 0, f"a JSON {type(value).__name__}, not an object {{...}}", "export the file again")
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
    if at >= len(text):
        yield RowError(path, 0, "the list of tasks has no end", "the file was cut or changed; export it again")


def fault(place: str, message: str) -> RowError:
    """Return the fault at `place`; `message` is the error, a semicolon, and the hint."""
    error, _, hint = message.partition("; ")
    return RowError(place, 0, error, hint or "export the file again")
