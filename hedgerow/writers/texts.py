"""The texts in which offsets count, as JSON Lines: {"doc": ..., "text": ...}. A text is written as it is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TextIO

from hedgerow.readers.input_text import InputText

Keep = Callable[[InputText], InputText]


def keep_in(file: TextIO) -> Keep:
    """Return a function that gives back an input text which is written to `file` while it is consumed.

    The texts must be consumed one after the other, each to its end.
    """
    return lambda text: replace(text, chunks=_written(text, file))


def _written(text: InputText, file: TextIO) -> Iterator[str]:
    file.write(f'{{"doc": {json.dumps(text.name, ensure_ascii=False)}, "text": "')
    for chunk in text.chunks:
        file.write(json.dumps(chunk, ensure_ascii=False)[1:-1])
        yield chunk
    file.write('"}\n')
