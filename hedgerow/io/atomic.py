"""Atomic files and folders: written beside their target, flushed, then renamed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hedgerow.errors import InputError


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
def replaced_folder(path: Path, *, allowed: Collection[str]) -> Iterator[Path]:
    """A folder that appears whole or not at all; one that is there is replaced if it holds nothing but `allowed`.

    Raises InputError, before anything is done, where it holds something else or is the folder one stands in.
    """
    path = path.resolve()
    _reject_foreign(path, allowed)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=path.parent, prefix=".hedgerow.", suffix=".part"))
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name another place") from None
    aside = beside.with_suffix(".old")
    try:
        yield beside
        beside.chmod(0o777 & ~_umask())
        _reject_foreign(path, allowed)
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


def _reject_foreign(path: Path, allowed: Collection[str]) -> None:
    if path == Path.cwd():
        raise InputError(f"{path}: is the folder you stand in; name one below it")
    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: is a file; name a folder")
    strange = sorted(entry.name for entry in path.iterdir() if entry.name not in allowed) if path.exists() else []
    if strange:
        raise InputError(f"{path}: holds {strange[0]!r}, which this command did not write; name another folder")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def publish(content: bytes, beside: Path, path: Path) -> None:
    """Write `content` to the temporary file `beside`, flush it to disk, and rename it to `path`."""
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put(beside, path)


def put(beside: Path, path: Path) -> None:
    """Rename a file that is on disk to `path`; the name is on disk too when this returns."""
    beside.replace(path)
    if os.name == "nt":  # a folder cannot be flushed there
        return
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
