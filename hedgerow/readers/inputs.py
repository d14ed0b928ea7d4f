"""Inputs: the files that paths, folders and patterns name, and the texts in them."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.readers import compression
from hedgerow.readers.formats import check_dependencies, format_of, read_texts
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.layout import Format, Layout, Source

STDIN = Path("-")
_IN_MEMORY = 64 * 2**20  # bytes of standard input kept in memory; more goes to a temporary file


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: its path, its name in the output, and its format.

    If it cannot be read, `format` is None and `reason` says why.
    """

    path: Path
    name: str
    format: Format | None
    reason: str | None = None


Skip = Callable[[Path], bool]


def find_inputs(
    paths: Iterable[Path], as_: Format | None = None, *, skip: Skip = lambda _: False
) -> tuple[InputFile, ...]:
    """Return the files that `paths` name, in order.

    Parameters
    ----------
    paths : iterable of Path
        Files, "-" for standard input, folders, and patterns such as 'news/**/*.jsonl.gz'. A folder means all
        supported files in it and below it, in the order of their names, without hidden ones.
    as_ : Format, optional
        The format of all files, whatever their suffixes.
    skip : callable
        Whether to leave out a file or a folder that was found in a folder or by a pattern.

    Returns
    -------
    tuple of InputFile
        An input that cannot be read is among them, with the reason.

    Raises
    ------
    InputError
        If an optional dependency is missing.
    """
    inputs = tuple(input_file for path in paths for input_file in _find(path, as_, skip))
    for input_file in inputs:
        if input_file.format is not None:
            check_dependencies(input_file.format, input_file.path)
    return inputs


def read_inputs(inputs: Iterable[InputFile], layout: Layout) -> Iterator[Item]:
    """Yield the texts, the rejected rows and the skipped rows of all inputs, in order; each has its own format."""
    for input_file in inputs:
        name = input_file.name
        if input_file.format is None:
            yield Rejected(name, None, input_file.reason or "cannot be read")
            continue
        try:
            with _opened(input_file.path) as file:
                yield from read_texts(Source(file, name, replace(layout, format=input_file.format)))
        except InputError as error:
            yield Rejected(name, None, str(error))
        except OSError as error:
            yield Rejected(name, None, unreadable(error))


def unreadable(error: OSError) -> str:
    """Return the reason for which a file cannot be opened or read."""
    return f"{error.strerror or error}; check the path and its permissions"


def standard_input() -> BinaryIO:
    """Return standard input as bytes; raise InputError if it is closed."""
    if sys.stdin is None:
        raise InputError("standard input is closed; pipe a text to it, or name a file")
    return sys.stdin.buffer


def _find(path: Path, as_: Format | None, skip: Skip) -> list[InputFile]:
    if path == STDIN:
        return [InputFile(path, "stdin", as_ or Format.TXT)]
    if path.is_dir():
        return _in_folder(path, as_, skip) or [_rejected(path, "the folder contains no supported file")]
    if not path.exists() and glob.has_magic(str(path)):
        return _by_pattern(path, as_, skip) or [_rejected(path, "no file matches this pattern")]
    return [_file(path, as_)]


def _by_pattern(pattern: Path, as_: Format | None, skip: Skip) -> list[InputFile]:
    """Return each file that matches, or is in a folder that matches, once."""
    files: dict[Path, InputFile] = {}
    for match in sorted(map(Path, glob.glob(str(pattern), recursive=True))):  # noqa: PTH207  # it may be absolute
        if any(skip(path) for path in (match, match.parent, match.parent.parent)):
            continue
        if match.is_dir():
            for input_file in _in_folder(match, as_, skip):
                files.setdefault(input_file.path, input_file)
        elif match.is_file():
            files.setdefault(match, _file(match, as_))
    return list(files.values())


def _in_folder(root: Path, as_: Format | None, skip: Skip) -> list[InputFile]:
    files = []
    for folder, subfolders, names in os.walk(root):
        if skip(Path(folder)):
            subfolders.clear()
            continue
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            input_file = _file(Path(folder, name), as_)
            if not name.startswith(".") and input_file.format is not None and not skip(input_file.path):
                files.append(input_file)
    return files


def _file(path: Path, as_: Format | None) -> InputFile:
    try:
        return InputFile(path, _display_name(path), as_ or format_of(path))
    except InputError as error:
        return _rejected(path, str(error).removeprefix(f"{path}: "))


def _rejected(path: Path, reason: str) -> InputFile:
    return InputFile(path, _display_name(path), None, reason)


def _display_name(path: Path) -> str:
    """Return the path as text; bytes that are not UTF-8 are replaced, because the output could not contain them."""
    return os.fsencode(path).decode("utf-8", "replace")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open the file for reading, or a copy of it if it cannot seek: a text is read twice."""
    with nullcontext(standard_input()) if path == STDIN else compression.opened(path) as file:
        if path != STDIN and file.seekable():
            yield file
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield copy  # type: ignore[misc]  # a SpooledTemporaryFile has all methods of a BinaryIO
