"""Inputs: the texts in the files that were found (see `finding`)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.strict_json import parse_object
from hedgerow.readers import compression
from hedgerow.readers.finding import STDIN, InputFile, unreadable
from hedgerow.readers.formats import read_texts
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.layout import Layout, Source

NOT_PROSE = "looks like JSON Lines; name the format: --as jsonl (or --as txt if it is prose)"
_IN_MEMORY = 64 * 2**20  # bytes of standard input kept in memory; more goes to a temporary file


def read_inputs(inputs: Iterable[InputFile], layout: Layout) -> Iterator[Item]:
    """Yield the texts, the rejected rows and the skipped rows of all inputs, in order; each has its own format."""
    for input_file in inputs:
        name = input_file.name
        if input_file.format is None:
            yield Rejected(name, None, input_file.reason or "cannot be read")
            continue
        try:
            with _opened(input_file.path) as file:
                if input_file.is_guess and looks_like_json(file):
                    yield Rejected(name, 1, NOT_PROSE)
                    continue
                yield from read_texts(Source(file, name, replace(layout, format=input_file.format)))
        except InputError as error:
            yield Rejected(name, None, str(error))
        except OSError as error:
            yield Rejected(name, None, unreadable(error))


def looks_like_json(file: BinaryIO) -> bool:
    """Return whether the first line of an open file is a JSON object; the file is at its start afterwards."""
    file.seek(0)
    line = file.readline(_IN_MEMORY)
    file.seek(0)
    try:
        parse_object(line)
    except InputError:
        return False
    return True


def standard_input() -> BinaryIO:
    """Return standard input as bytes; raise InputError if it is closed."""
    if sys.stdin is None:
        raise InputError("standard input is closed; pipe a text to it, or name a file")
    return sys.stdin.buffer


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open the file for reading, or a copy of it if it cannot seek: a text is read twice."""
    with nullcontext(standard_input()) if path == STDIN else compression.opened(path) as file:
        if path != STDIN and file.seekable():
            yield file
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            if file.isatty():
                copy.write(file.read())  # in one go: copyfileobj would ask for a second end of the text
            else:
                shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield copy  # type: ignore[misc]  # a SpooledTemporaryFile has all methods of a BinaryIO
