"""JSON Lines: one labelled sentence per line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TextIO

from hedgerow.writers.records import LabelledSentence

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode  # json.dumps would make an encoder for each row


def write_line(file: TextIO, row: Mapping[str, Any]) -> None:
    """Write one JSON object and a line end."""
    file.write(_encode(row) + "\n")


class JsonlWriter:
    """Write labelled sentences to an open text file as JSON Lines."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, sentence: LabelledSentence) -> None:
        """Write one sentence."""
        write_line(self._file, sentence.to_dict())

    def close(self) -> None:
        """Do nothing: every line is written at once."""
