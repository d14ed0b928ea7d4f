"""Inputs: what was named on the command line, opened one after the other."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from hedgerow.batch import compression
from hedgerow.batch.documents import Fields, Refusal, Source, Unit
from hedgerow.batch.formats import Format, format_of, read_documents
from hedgerow.errors import InputError

STDIN = Path("-")
_IN_MEMORY = 64 * 2**20  # bytes of standard input kept in memory; more goes to a temporary file


def shown(path: Path) -> str:
    """What a file is called in the output: a name that is not UTF-8 as far as it can be, or it could not be written."""
    return "stdin" if path == STDIN else os.fsencode(path).decode("utf-8", "replace")


def read_inputs(
    paths: Iterable[Path], unit: Unit, as_: Format | None, fields: Fields | None = None
) -> Iterator[Source | Refusal]:
    """The documents of all `paths` ("-" is standard input), read as `as_` or by their suffix; a path that cannot be
    read is a refusal too."""
    for path in paths:
        name = shown(path)
        try:
            format_ = as_ or (Format.TXT if path == STDIN else format_of(path))
            with _opened(path) as file:
                yield from read_documents(file, name, format_, unit, fields)
        except InputError as error:
            yield Refusal(name, None, str(error).removeprefix(f"{name}: "))
        except OSError as error:
            yield Refusal(name, None, f"{error.strerror or error}; check the path and its permissions")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, or a copy of a pipe or standard input: a text is read twice and so must be kept."""
    if path == STDIN and sys.stdin is None:
        raise InputError("standard input is closed; give it a text, or name a file")
    with nullcontext(sys.stdin.buffer) if path == STDIN else compression.opened(path) as file:
        if path != STDIN and file.seekable():
            yield file
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
            shutil.copyfileobj(file, kept)
            kept.seek(0)
            yield kept  # type: ignore[misc]  # a spooled file has all of BinaryIO but the name
