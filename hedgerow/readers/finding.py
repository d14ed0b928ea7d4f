"""Find the files that paths, folders and patterns name, and count what is passed over in folders."""

from __future__ import annotations

import glob
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from hedgerow.errors import InputError
from hedgerow.readers.formats import check_dependencies, format_of, suffix_of
from hedgerow.readers.layout import Format

STDIN = Path("-")
_WORDS = 3  # so many in the name of a file that does not exist are taken for a text
UNREADABLE = ("unreadable folder", "broken link")  # kinds of passed-over entries that could not be read
Skip = Callable[[Path], str | None]


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: its path, its name in the output, and its format.

    If it cannot be read, `format` is None and `reason` says why. `is_guess` is whether nothing names the format.
    """

    path: Path
    name: str
    format: Format | None
    reason: str | None = None
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The files to read, in order, and how many others were passed over, by kind (".docx", "hidden", ...)."""

    files: tuple[InputFile, ...]
    passed_over: Mapping[str, int] = field(default_factory=dict)

    @property
    def unreadable(self) -> int:
        """How many of those that were passed over could not be read."""
        return sum(self.passed_over.get(kind, 0) for kind in UNREADABLE)


def find_inputs(paths: Iterable[Path], as_: Format | None = None, *, skip: Skip = lambda _: None) -> Found:
    """Find the files that `paths` name, each once, in order.

    Parameters
    ----------
    paths : iterable of Path
        Files, "-" for standard input, folders, and patterns such as 'news/**/*.jsonl.gz'. A folder means all
        supported files in it and below it, in the order of their names, without hidden ones. Links are followed.
    as_ : Format, optional
        The format of all files, whatever their suffixes.
    skip : callable
        For a file or a folder, the kind under which it is passed over, or None if it is to be read.

    Returns
    -------
    Found
        An input that cannot be read is among its files, with the reason.
    """
    search = _Search(as_, skip)
    for path in paths:
        search.add(path)
    return Found(tuple(search.files.values()), dict(search.passed_over.most_common()))


def unreadable(error: OSError) -> str:
    """Return the reason for which a file cannot be opened or read."""
    return f"{error.strerror or error}; check the path and its permissions"


class _Search:
    """Collects files by where they really are, so that none is read twice."""

    def __init__(self, as_: Format | None, skip: Skip) -> None:
        self._as = as_
        self._skip = skip
        self._read: set[tuple[int, int]] = set()  # folders, by device and inode
        self.files: dict[str, InputFile] = {}
        self.passed_over: Counter[str] = Counter()

    def add(self, path: Path) -> None:
        """Add what one path names; a path that names nothing is added with the reason."""
        if path == STDIN:
            self.files.setdefault("-", InputFile(path, "stdin", self._as or Format.TXT, is_guess=self._as is None))
            return
        mode = _mode(path)
        if isinstance(mode, OSError):
            pattern = glob.has_magic(str(path)) and isinstance(mode, FileNotFoundError)
            self._add_pattern(path) if pattern else self._reject(path, _missing(path, mode))
        elif not stat.S_ISDIR(mode):
            self._add_named(path)
        elif not self._add_folder(path):
            self._reject(path, "the folder contains no supported file")

    def _add_pattern(self, pattern: Path) -> None:
        """Add each file that matches, or is in a folder that matches."""
        matches = sorted(map(Path, glob.glob(str(pattern), recursive=True)))  # noqa: PTH207  # it may be absolute
        skipped = {path for path in matches if any(self._skip(folder) for folder in list(path.parents)[:2])}
        found = False
        for path in matches:
            if path not in skipped:
                found = (self._add_folder(path) if path.is_dir() else self._add_found(path)) or found
        if not found:
            self._reject(pattern, "no supported file matches this pattern")

    def _add_folder(self, root: Path) -> bool:
        """Add the supported files in and below a folder; return whether there are any."""
        if (kind := self._skip(root)) is not None:
            self.passed_over[kind] += 1
            return False
        read_before = self.passed_over["folder read before"]
        found = sum(self._add_found(path) for path in self._walk(root)) > 0
        return found or self.passed_over["folder read before"] > read_before

    def _add_found(self, path: Path) -> bool:
        """Add a file that was found in a folder or by a pattern; return False if it is passed over."""
        kind = self._kind_passed_over(path)
        if kind is None:
            return self._take(path)
        self.passed_over[kind] += 1
        return False

    def _kind_passed_over(self, path: Path) -> str | None:
        mode = _mode(path)
        if path.name.startswith("."):
            return "hidden"
        if isinstance(mode, OSError):
            return "broken link" if path.is_symlink() else "unreadable folder"
        if (kind := self._skip(path)) is not None:
            return kind
        if self._as is None and suffix_of(path) not in set(Format):
            return path.suffix.lower() or "without suffix"
        return None if stat.S_ISREG(mode) else "no regular file"

    def _walk(self, root: Path) -> Iterator[Path]:
        """Yield the files in and below a folder, and what is hidden: those of a folder before those below it."""
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            try:
                status = folder.stat()
                names = sorted(os.listdir(folder))  # noqa: PTH208  # names, which are sorted as text
            except OSError:
                self.passed_over["unreadable folder"] += 1
                continue
            identity = (status.st_dev, status.st_ino)
            if identity in self._read:
                self.passed_over["folder read before"] += 1
                continue
            self._read.add(identity)
            folders = []
            for path in (folder / name for name in names):
                mode = _mode(path)
                if isinstance(mode, OSError) or not stat.S_ISDIR(mode) or path.name.startswith("."):
                    yield path
                elif (kind := self._skip(path)) is not None:
                    self.passed_over[kind] += 1
                else:
                    folders.append(path)
            waiting += reversed(folders)

    def _add_named(self, path: Path) -> None:
        if (kind := self._skip(path)) is None:
            self._take(path)
        else:
            self.passed_over[kind] += 1

    def _take(self, path: Path) -> bool:
        """Take a file to read, unless it was taken before; return True."""
        key = os.path.realpath(path)
        if key in self.files:
            self.passed_over["named twice"] += 1
        else:
            self.files[key] = _file(path, self._as)
        return True

    def _reject(self, path: Path, reason: str) -> None:
        self.files.setdefault(os.path.realpath(path), InputFile(path, _display_name(path), None, reason))


def _file(path: Path, as_: Format | None) -> InputFile:
    name = _display_name(path)
    try:
        format_ = as_ or format_of(path)
        check_dependencies(format_, path)
    except InputError as error:
        return InputFile(path, name, None, str(error).removeprefix(f"{path}: "))
    return InputFile(path, name, format_)


def _mode(path: Path) -> int | OSError:
    """Return the file's mode, following links, or why it cannot be looked at."""
    try:
        return path.stat().st_mode
    except OSError as error:
        return error
    except ValueError:  # a NUL in the name
        return FileNotFoundError()


def _missing(path: Path, error: OSError) -> str:
    """Return why `path` cannot be looked at; if it is words or a misspelt name, what to write instead."""
    if not isinstance(error, FileNotFoundError):
        return unreadable(error)
    if len(str(path).split()) >= _WORDS and suffix_of(path) not in set(Format):
        return "no such file; if it is a text, not a name, pipe it: echo TEXT | hedgerow label -"
    with suppress(OSError, ValueError):
        if close := get_close_matches(path.name, os.listdir(path.parent), n=1, cutoff=0.8):  # noqa: PTH208  # names
            return f"no such file (perhaps {path.with_name(close[0])})"
    return "no such file"


def _display_name(path: Path) -> str:
    """Return the path as text; bytes that are not UTF-8 are escaped, because the output could not contain them."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
