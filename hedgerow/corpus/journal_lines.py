"""The lines of a journal: a row or a skip each, written so that they can be read again, and read back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hedgerow.corpus.rows import parse_row
from hedgerow.errors import CorpusError, InputError
from hedgerow.io.atomic import flush_folder
from hedgerow.io.lines import MAX_ROW_BYTES, read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.labels import Example

SKIPPED = "skipped"
Corrections = Mapping[str, Example | None]  # by id; None: the row was skipped


def read_journal(path: Path) -> Corrections:
    """Return the corrections by id, in the order of the first of each; a last line without its end is dropped.

    Raises CorpusError, with file and line, for a line that is whole but no correction.
    """
    found: dict[str, Example | None] = {}
    with path.open("rb") as file:
        for line in read_lines(file):
            if line.too_long:
                raise CorpusError(
                    f"{path}:{line.number}: a row of {line.size:,} bytes, and a row has at most {MAX_ROW_BYTES:,}; "
                    "remove the line and lose its correction"
                )
            if line.ended:
                identity, row = _parse(line.raw, f"{path}:{line.number}")
                found[identity] = row
    return found


def _parse(raw: bytes, place: str) -> tuple[str, Example | None]:
    cure = "mend the line, or remove it and lose its correction"
    try:
        entry = parse_object(raw)
    except InputError as error:
        raise CorpusError(f"{place}: {error}; {cure}") from None
    if entry.keys() == {"id", SKIPPED}:
        return str(entry["id"]), None
    for row in parse_row(raw):
        if isinstance(row, Example):
            return row.id, row
        raise CorpusError(f"{place}: {row[0]}; {cure}")
    raise CorpusError(f"{place}: not a row; {cure}")


def journal_line(entry: Mapping[str, Any], *, is_row: bool = False) -> bytes:
    """Return an entry as a line of a journal; raise InputError for one that could not be read again."""
    line = json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(line) > MAX_ROW_BYTES:
        raise InputError(
            f"the row has {len(line):,} bytes, and at most {MAX_ROW_BYTES:,} can be kept; save a shorter one"
        )
    for found in parse_row(line) if is_row else ():
        if not isinstance(found, Example):
            raise InputError("; ".join(found))
    return line + b"\n"


def append_line(path: Path, line: bytes) -> None:
    """Append a line to a file, as a whole or not at all; when this returns, it is on disk."""
    is_new = not path.exists()
    try:
        with path.open("ab", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            try:
                if file.write(line) != len(line):
                    raise OSError(0, "the disk took a part of it only")
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)  # the next line must not go on where this one was cut
                raise
        if is_new:
            flush_folder(path.parent)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); make room and save again") from None
