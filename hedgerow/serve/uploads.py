"""A file that a client sends: kept for as long as it is read, in a file that only this process knows."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path, PurePosixPath
from threading import Semaphore
from time import monotonic
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.labelling.options import Options
from hedgerow.labelling.outputs import check_used
from hedgerow.readers.compression import SUFFIXES, opened, read_error
from hedgerow.readers.finding import InputFile, find_inputs
from hedgerow.readers.formats import suffix_of
from hedgerow.readers.input_text import Item
from hedgerow.readers.inputs import read_inputs
from hedgerow.readers.layout import Format
from hedgerow.report.markup import clean
from hedgerow.serve.problems import ApiError, invalid

_MAX_NAME = 200  # characters
_PIECE = 2**17  # bytes
_PACKED_FILES = Semaphore(4)  # that are read at a time: each may fill memory up to its limit
_OWN_LIMITS = {name: Options.model_fields[name].default for name in ("max_bytes", "max_pages", "max_seconds")}


def shown_name(name: str | None) -> str:
    """Return the last part of a file's name, without characters that nobody can see; "file" if there is none."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    kept = "".join(character for character in clean(last) if character.isprintable()).strip()
    return kept[-_MAX_NAME:] or "file"


def check_type(name: str, options: Options) -> None:
    """Raise ApiError if neither the name nor an option says a format that can be read."""
    if options.as_ is None and suffix_of(Path(name)) not in set(Format):
        known = ", ".join(f".{format_}" for format_ in Format)
        packed = ", ".join(SUFFIXES)
        raise ApiError(
            415, f"{name!r} has the name of no format: {known}, also with {packed}; or name it: as", field="file"
        )


def of_file(file: BinaryIO, name: str, options: Options) -> Iterator[Item]:
    """Yield the texts of a file that was sent, its rejected and its skipped rows; raise ApiError if it takes too long.

    A compressed file is unpacked first, and refused if it is damaged.
    """
    is_packed = Path(name).suffix.lower() in SUFFIXES
    with (
        _PACKED_FILES if is_packed else nullcontext(),
        tempfile.TemporaryDirectory(prefix="hedgerow-", ignore_cleanup_errors=True) as folder,
    ):
        path = Path(folder) / f"sent{_suffixes(name)}"
        file.seek(0)
        with path.open("xb") as copy:
            shutil.copyfileobj(file, copy)
        if is_packed:
            path = _unpacked(path, options)
        yield from _in_time(_read(path, name, options), options.max_seconds)


def _unpacked(path: Path, options: Options) -> Path:
    """Unpack a file beside itself; raise ApiError if it is damaged, too large or too slow."""
    until = monotonic() + options.max_seconds
    size = 0
    with opened(path) as packed, path.with_suffix("").open("xb") as plain:
        while piece := packed.read(_PIECE):
            size += plain.write(piece)
            if size > options.max_bytes:
                raise invalid(f"over {options.max_bytes:,} bytes after unpacking; send a smaller file")
            if monotonic() > until:
                raise _too_slow(options.max_seconds)
        if (reason := read_error(packed)) is not None:
            raise invalid(reason)
    return path.with_suffix("")


def _in_time(items: Iterator[Item], seconds: float) -> Iterator[Item]:
    """Yield items until reading them has taken so many seconds; what is done with them does not count."""
    left = seconds
    while True:
        begun = monotonic()
        item = next(items, None)
        left -= monotonic() - begun
        if item is None:
            return
        if left < 0:
            raise _too_slow(seconds)
        yield item


def _too_slow(seconds: float) -> ApiError:
    return invalid(f"reading takes over {seconds:g} seconds; send a smaller file")


def _read(path: Path, name: str, options: Options) -> Iterator[Item]:
    """Yield the texts, the rejected and the skipped rows of a file of our own."""
    found = find_inputs([path], options.as_)
    try:
        check_used(found, options.model_copy(update=_OWN_LIMITS))
    except InputError as error:
        raise invalid(str(error)) from None
    yield from read_inputs(_named(found.files, path, name), options.layout())


def _named(files: Iterable[InputFile], path: Path, name: str) -> Iterator[InputFile]:
    """Yield the files under the name that the client gave."""
    for one in files:
        reason = None if one.reason is None else one.reason.replace(str(path), name)
        yield replace(one, name=name, reason=reason)


def _suffixes(name: str) -> str:
    """Return the suffixes by which a reader is chosen; nothing else of a client's name becomes one of ours."""
    path = Path(name)
    packed = path.suffix.lower() if path.suffix.lower() in SUFFIXES else ""
    format_ = suffix_of(path)
    return (f".{format_}" if format_ in set(Format) else "") + packed
