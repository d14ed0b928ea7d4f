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
from math import isinf
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from hedgerow.errors import InputError

MAX_ROW_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line as bytes: `raw` without its line end, cut at the limit; `size` of the whole line, in bytes.

    `offset` is the byte of the file at which it begins; `ended` whether a line end closes it.
    """

    number: int
    raw: bytes
    size: int
    too_long: bool = False
    offset: int = 0
    ended: bool = True


def read_lines(file: BinaryIO, *, limit: int = MAX_ROW_BYTES, number: int = 0, offset: int = 0) -> Iterator[Line]:
    """The lines of an open file, blank ones left out; a line longer than `limit` bytes never lies in memory whole.

    Where the file stands within, `number` lines and `offset` bytes were before.
    """
    while raw := file.readline(limit + 2):
        number += 1
        ended = len(raw) > limit or raw.endswith(b"\n")
        size = len(raw) + skip_rest_of_line(file, raw)
        content = raw.rstrip(b"\r\n")
        if number == 1:
            content = content.removeprefix(b"\xef\xbb\xbf")
        if content.strip():
            yield Line(number, content[:limit], size, len(content) > limit, offset, ended)
        offset += size


def skip_rest_of_line(file: BinaryIO, read: bytes) -> int:
    """Where `read` is the beginning of a line, pass over the rest of it; returns how many bytes that was."""
    skipped = 0
    while not read.endswith(b"\n") and (read := file.readline(1 << 20)):
        skipped += len(read)
    return skipped


def parse_object(raw: bytes) -> dict[str, Any]:
    """A line's JSON object; raises InputError that says what is wrong and what would be right.

    Refused is also what other readers would not take, or would lose: NaN and infinite numbers, a key that stands twice,
    and halves of surrogate pairs.
    """
    try:
        text = raw.decode("utf-8")
        row = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise InputError(invalid_utf8(error)) from None
    except RecursionError:
        raise InputError("broken JSON (nested too deeply); write one whole JSON object a line") from None
    except ValueError as error:
        raise InputError(f"broken JSON ({error}); write one whole JSON object a line") from None
    if not isinstance(row, dict):
        raise InputError(f"a JSON {type(row).__name__} where an object {{...}} belongs; write one object a line")
    if b"\\ud" in raw.lower() and (fault := surrogate_fault(json.dumps(row, ensure_ascii=False))) is not None:
        raise InputError(fault)
    return row


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return row


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if isinf(value):
        raise ValueError(f"the number {number} is too large")
    return value


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
    return surrogate_fault(text)


def surrogate_fault(text: str) -> str | None:
    """What is wrong with a text that cannot be written as UTF-8, or None."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        return f"lone surrogate U+{ord(text[error.start]):04X}; a text was cut inside a character, cut it elsewhere"
    return None


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8")


@contextmanager
def replaced_file(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name whole or not at all: written beside, flushed to disk, renamed.

    A link is followed: what it leads to is replaced.
    """
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".hedgerow.", suffix=".part")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name another place") from None
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
    """A folder that appears whole or not at all; one that is there is replaced if it holds nothing but `may_hold`.

    Raises InputError, before anything is done, where it holds something else or is the folder one stands in.
    """
    path = path.resolve()
    _refuse_foreign(path, may_hold)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=path.parent, prefix=".hedgerow.", suffix=".part"))
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name another place") from None
    aside = beside.with_suffix(".old")
    try:
        yield beside
        beside.chmod(0o777 & ~_umask())
        _refuse_foreign(path, may_hold)
        if path.exists():
            path.rename(aside)
        beside.rename(path)
    except BaseException:
        if aside.exists() and not path.exists():
            aside.rename(path)
        raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def _refuse_foreign(path: Path, may_hold: Collection[str]) -> None:
    if path == Path.cwd():
        raise InputError(f"{path}: is the folder you stand in; name one below it")
    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: is a file; name a folder")
    strange = sorted(entry.name for entry in path.iterdir() if entry.name not in may_hold) if path.exists() else []
    if strange:
        raise InputError(f"{path}: holds {strange[0]!r}, which this command did not write; name another folder")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
