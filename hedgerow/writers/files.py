"""Choose the writer of labelled sentences: a file by its suffix, or standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO

from hedgerow.head import Head
from hedgerow.io.atomic import replaced_file
from hedgerow.writers.csv_rows import CsvWriter
from hedgerow.writers.jsonl import JsonlWriter
from hedgerow.writers.records import LabelledSentence

SUFFIXES = (".jsonl", ".csv", ".parquet")


class Writer(Protocol):
    """Takes labelled sentences one by one."""

    def write(self, sentence: LabelledSentence) -> None:
        """Write one sentence."""
        ...

    def close(self) -> None:
        """Write what is buffered; the file itself stays open."""
        ...


def make_writer(suffix: str, file: TextIO, heads: Sequence[Head]) -> Writer:
    """Return a writer of the format of `suffix` to an open file, for a model with these heads."""
    if suffix == ".parquet":
        from hedgerow.writers.parquet import ParquetWriter

        return ParquetWriter(file.buffer, heads)
    return CsvWriter(file, heads) if suffix == ".csv" else JsonlWriter(file)


@contextmanager
def open_writer(out: Path | None, heads: Sequence[Head]) -> Iterator[Writer]:
    """Open the writer of the file `out`, which appears whole or not at all; without `out`, JSON Lines on stdout."""
    if out is None:
        yield JsonlWriter(sys.stdout)
        return
    with replaced_file(out) as file:
        writer = make_writer(out.suffix.lower(), file, heads)
        yield writer
        writer.close()
