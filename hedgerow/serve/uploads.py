"""A file that a client sends: kept for as long as it is read, in a file that only this process knows."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.labelling.options import Options
from hedgerow.labelling.outputs import check_used
from hedgerow.readers.compression import SUFFIXES
from hedgerow.readers.finding import InputFile, find_inputs
from hedgerow.readers.formats import suffix_of
from hedgerow.readers.input_text import Item
from hedgerow.readers.inputs import read_inputs
from hedgerow.readers.layout import Format
from hedgerow.serve.problems import ApiError, invalid
from hedgerow.view.markup import clean

_MAX_NAME = 200  # characters
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
    """Yield the texts of a file that was sent, its rejected and its skipped rows."""
    with tempfile.TemporaryDirectory(prefix="hedgerow-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"sent{_suffixes(name)}"
        file.seek(0)
        with path.open("xb") as copy:
            shutil.copyfileobj(file, copy)
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
