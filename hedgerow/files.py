"""Files: read line by line, each line with its place; written beside and renamed, so that none is ever half there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from hedgerow.errors import InputError

MAX_ROW_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line as bytes: `raw` without its line end, cut at the limit; `size` of the whole line, in bytes."""

    number: int
    offset: int
    raw: bytes
    size: int
    too_long: bool = False


def read_lines(file: BinaryIO, *, limit: int = MAX_ROW_BYTES) -> Iterator[Line]:
    """The lines of an open file, blank ones left out; a line longer than `limit` bytes never lies in memory whole."""
    number, offset = 0, 0
    while raw := file.readline(limit + 2):
        number += 1
        start, size = offset, len(raw)
        tail = raw
        while not tail.endswith(b"\n") and (tail := file.readline(1 << 20)):
            size += len(tail)
        offset += size
        content = raw.rstrip(b"\r\n")
        if number == 1:
            content = content.removeprefix(b"\xef\xbb\xbf")
        if content.strip():
            yield Line(number, start, content[:limit], size, too_long=len(content) > limit)


def parse_object(raw: bytes) -> dict[str, Any]:
    """A line's JSON object; raises InputError that says what is wrong and what would be right."""
    # The core alone: importing all of pydantic would double the time of labelling one sentence.
    from pydantic_core import from_json

    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(invalid_utf8(error)) from None
    try:
        row = from_json(raw)
    except ValueError as error:
        raise InputError(f"broken JSON ({error}); write one whole JSON object a line") from None
    if not isinstance(row, dict):
        raise InputError(f"a JSON {type(row).__name__} where an object {{...}} belongs")
    return row


def invalid_utf8(error: UnicodeDecodeError, *, before: int = 0) -> str:
    """The fault in words; `before` counts the bytes that came before those of the error."""
    byte, at = error.object[error.start], before + error.start
    return f"invalid UTF-8 (byte 0x{byte:02x} at byte {at}); save it as UTF-8"


def text_fault(text: object, field: str) -> str | None:
    """What forbids labelling `text`, or None: not a string, empty, NUL characters, lone surrogates."""
    if not isinstance(text, str):
        return f"field {field!r} is {type(text).__name__}, not text"
    if not text.strip():
        return f"field {field!r} is empty"
    if "\0" in text:
        return f"NUL character at position {text.index(chr(0))}; remove it"
    at = next((i for i, character in enumerate(text) if "\ud800" <= character <= "\udfff"), None)
    if at is not None:
        return f"lone surrogate U+{ord(text[at]):04X} at position {at}; the text was cut inside a character"
    return None


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


@contextmanager
def replaced_file(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name whole or not at all: written beside, flushed to disk, renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def replaced_folder(path: Path, *, may_hold: Collection[str]) -> Iterator[Path]:
    """A folder that appears whole or not at all; one that is there is replaced if it holds nothing but `may_hold`."""
    if path.exists():
        strange = (
            sorted(entry.name for entry in path.iterdir() if entry.name not in may_hold) if path.is_dir() else [""]
        )
        if strange:
            found = f"holds {strange[0]!r}, which this command did not write" if path.is_dir() else "is a file"
            raise InputError(f"{path}: {found}; name another folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part"))
    try:
        yield beside
        beside.chmod(0o777 & ~_umask())
        if path.exists():
            shutil.rmtree(path)
        beside.replace(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
