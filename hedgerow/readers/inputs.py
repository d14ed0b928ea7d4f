"""Inputs: what was named on the command line, found in folders and by patterns, opened one after the other."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.readers import compression
from hedgerow.readers.formats import Format, check_libraries, format_of, read_documents
from hedgerow.readers.input_text import Fields, InputText, Rejected, Unit

STDIN = Path("-")
_IN_MEMORY = 64 * 2**20  # bytes of standard input kept in memory; more goes to a temporary file


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that is read: where it lies, what it is called in the output, what it holds.

    Without a `format` it cannot be read, and `reason` says why.
    """

    path: Path
    name: str
    format: Format | None
    reason: str | None = None


Skip = Callable[[Path], bool]


def find_inputs(
    paths: Iterable[Path], as_: Format | None = None, *, skip: Skip = lambda _: False
) -> tuple[InputFile, ...]:
    """All files that `paths` name: files, "-" for standard input, folders, and patterns like 'news/**/*.jsonl.gz'.

    Of a folder, and below it, those are taken whose suffix is known (all of them, read `as_`), in order of their names;
    hidden files are not, nor are files and folders for which `skip` is true. What cannot be read is there too,
    with the reason. Raises InputError if an optional dependency is missing.
    """
    found = tuple(given for path in paths for given in _find(path, as_, skip))
    for given in found:
        if given.format is not None:
            check_libraries(given.format, given.path)
    return found


def _find(path: Path, as_: Format | None, skip: Skip) -> list[InputFile]:
    if path == STDIN:
        return [InputFile(path, "stdin", as_ or Format.TXT)]
    if path.is_dir():
        found = _in_folder(path, as_, skip)
        return found or [_unreadable(path, "is a folder in which no file has a suffix that is known")]
    if not path.exists() and glob.has_magic(str(path)):
        return _by_pattern(path, as_, skip) or [_unreadable(path, "no file goes by this pattern")]
    return [_file(path, as_)]


def _by_pattern(pattern: Path, as_: Format | None, skip: Skip) -> list[InputFile]:
    """Each file that matches, or lies in a folder that does, once."""
    found: dict[Path, InputFile] = {}
    for match in sorted(map(Path, glob.glob(str(pattern), recursive=True))):  # noqa: PTH207  # it may be absolute
        if any(skip(place) for place in (match, match.parent, match.parent.parent)):
            continue
        if match.is_dir():
            found |= {given.path: given for given in _in_folder(match, as_, skip) if given.path not in found}
        elif match.is_file():
            found.setdefault(match, _file(match, as_))
    return list(found.values())


def _in_folder(folder: Path, as_: Format | None, skip: Skip) -> list[InputFile]:
    found = []
    for place, folders, names in os.walk(folder):
        if skip(Path(place)):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            given = _file(Path(place, name), as_)
            if not name.startswith(".") and given.format is not None and not skip(given.path):
                found.append(given)
    return found


def _file(path: Path, as_: Format | None) -> InputFile:
    name = _shown(path)
    try:
        return InputFile(path, name, as_ or format_of(path))
    except InputError as error:
        return _unreadable(path, str(error).removeprefix(f"{path}: "))


def _unreadable(path: Path, reason: str) -> InputFile:
    return InputFile(path, _shown(path), None, reason)


def _shown(path: Path) -> str:
    """A name that is not UTF-8 is shown as far as it can be, or it could not be written to the output."""
    return os.fsencode(path).decode("utf-8", "replace")


def read_inputs(
    inputs: Iterable[InputFile], unit: Unit, fields: Fields | None = None
) -> Iterator[InputText | Rejected]:
    """The documents of all inputs, in order, and what was rejected."""
    for given in inputs:
        if given.format is None:
            yield Rejected(given.name, None, given.reason or "cannot be read")
            continue
        try:
            with _opened(given.path) as file:
                yield from read_documents(file, given.name, given.format, unit, fields)
        except InputError as error:
            yield Rejected(given.name, None, str(error))
        except OSError as error:
            yield Rejected(given.name, None, unreadable(error))


def unreadable(error: OSError) -> str:
    return f"{error.strerror or error}; check the path and its permissions"


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, or a copy of a pipe or standard input: a text is read twice and so must be kept."""
    with nullcontext(standard_input()) if path == STDIN else compression.opened(path) as file:
        if path != STDIN and file.seekable():
            yield file
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
            shutil.copyfileobj(file, kept)
            kept.seek(0)
            yield kept  # type: ignore[misc]  # a spooled file has all of BinaryIO but the name


def standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise InputError("standard input is closed; give it a text, or name a file")
    return sys.stdin.buffer
