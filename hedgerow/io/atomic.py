"""Write files and folders atomically: under another name beside the target, flushed to disk, then renamed."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hedgerow.errors import InputError


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def replaced_file(path: Path) -> Iterator[TextIO]:
    """Open a text file that appears under its name complete, or not at all.

    If `path` is a link, its target is replaced. Raises InputError if the folder cannot be written.
    """
    path = Path(os.path.realpath(path))
    beside = _name_beside(path)
    try:
        if path.is_symlink():  # to itself
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        path.parent.mkdir(parents=True, exist_ok=True)
        file = beside.open("x", encoding="utf-8", newline="")
    except OSError as error:
        raise _not_writable(path, error) from None
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        put(beside, path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def replaced_folder(path: Path, *, allowed: Collection[str]) -> Iterator[Path]:
    """Make a folder that appears complete, or not at all.

    An existing folder is replaced if it has no entries but those `allowed`. Raises InputError, before anything is
    changed, if it has others, is the current folder, or cannot be written.
    """
    path = Path(os.path.realpath(path))
    _reject_foreign(path, allowed)
    beside = _name_beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
    except OSError as error:
        raise _not_writable(path, error) from None
    aside = beside.with_suffix(".old")
    try:
        yield beside
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


def publish(content: bytes, beside: Path, path: Path) -> None:
    """Write `content` to the file `beside`, flush it to disk, and rename it to `path`, on the same file system."""
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put(beside, path)


def put(beside: Path, path: Path) -> None:
    """Rename the flushed file `beside` to `path`. When this returns, the new name is on disk too."""
    beside.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Flush the names of a folder's files to disk."""
    if os.name == "nt":  # Windows cannot
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name_beside(path: Path) -> Path:
    """Return a free name in the same folder. A new file or folder has the mode that the umask leaves."""
    return path.with_name(f".hedgerow.{secrets.token_hex(8)}.part")


def _not_writable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: cannot be written ({error.strerror}); name another place")


def check_target(path: Path, allowed: Collection[str]) -> None:
    """Raise InputError if `replaced_folder` would reject `path`; ask before any work is done. Leave nothing behind."""
    path = Path(os.path.realpath(path))
    _reject_foreign(path, allowed)
    place = next(parent for parent in path.parents if parent.exists())
    try:
        Path(tempfile.mkdtemp(dir=place)).rmdir()
    except OSError as error:
        raise _not_writable(path, error) from None


def _reject_foreign(path: Path, allowed: Collection[str]) -> None:
    """Raise InputError if `path` must not be replaced."""
    if path == Path.cwd():
        raise InputError(f"{path}: is the current folder; name one below it")
    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: is a file; name a folder")
    foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in allowed) if path.exists() else []
    if foreign:
        raise InputError(f"{path}: has {foreign[0]!r}, which this command did not write; name another folder")
