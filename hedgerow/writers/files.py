"""Labelled sentences to JSON lines, CSV or Parquet."""

from __future__ import annotations

import base64
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from hedgerow.errors import InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.labels import Certainty, Stance
from hedgerow.readers.input_text import Rejected
from hedgerow.readers.parquet import pyarrow
from hedgerow.writers import parquet

Write = Callable[[Mapping[str, Any]], None]
SUFFIXES = (".jsonl", ".csv", ".parquet")
_SCORES = [f"{axis}_{label}" for axis, enum in (("certainty", Certainty), ("stance", Stance)) for label in enum]
COLUMNS = ["doc", "id", "index", "start", "end", "text", "certainty", "stance", *_SCORES, "spans", "row"]


@contextmanager
def writer(out: Path | None) -> Iterator[Write]:
    """Where rows go: the file `out`, whole or not at all, else standard output as JSON lines."""
    if out is None:
        yield jsonl_writer(sys.stdout)
        return
    with replaced_file(out) as file, part_writer(out.suffix.lower(), file) as write:
        yield write


def check_out(out: Path, inputs: list[Path]) -> None:
    """Raise InputError where `out` cannot be written as it is named, or it or its rejected would replace an input."""
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(f"--out {out}: suffix {out.suffix!r} is not one of {', '.join(SUFFIXES)}")
    if out.suffix.lower() == ".parquet":
        pyarrow()
    for target in (out, rejected_path(out)):
        if target.is_dir():
            raise InputError(f"--out {out}: {target} is a folder; name another file")
        for path in inputs:
            if path.exists() and target.exists() and path.samefile(target):
                raise InputError(f"--out {out}: {target} is an input too; name another file")


def rejected_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.rejected.jsonl")


@contextmanager
def rejected_writer(path: Path) -> Iterator[Callable[[Rejected], None]]:
    """Where rejected go: one JSON object a line, its bytes in base64; no file where nothing was rejected.

    They are written as they come, so that dirty input does not fill the memory.
    """
    with ExitStack() as stack:
        opened: list[Write] = []

        def reject(rejection: Rejected) -> None:
            if not opened:
                opened.append(jsonl_writer(stack.enter_context(replaced_file(path))))
            opened[0](rejected_row(rejection))

        yield reject
        if not opened:
            path.unlink(missing_ok=True)


def rejected_row(rejection: Rejected) -> dict[str, Any]:
    """A rejection as it is written: where it stood, why, and its bytes in base64, null where they are too many."""
    raw = None if rejection.raw is None else base64.b64encode(rejection.raw).decode("ascii")
    place = {"file": rejection.file, "line": rejection.line, "row": rejection.row, "byte": rejection.offset}
    return place | {"rows": rejection.rows, "reason": rejection.reason, "raw": raw}


@contextmanager
def part_writer(suffix: str, file: TextIO) -> Iterator[Write]:
    """Writes rows to an open file as the format of `suffix` has them; all are there once it is left."""
    if suffix == ".parquet":
        with parquet.writer(file.buffer) as write:
            yield write
    else:
        yield _csv(file) if suffix == ".csv" else jsonl_writer(file)


def jsonl_writer(file: TextIO) -> Write:
    def write(row: Mapping[str, Any]) -> None:
        file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")

    return write


def _csv(file: TextIO) -> Write:
    rows = csv.DictWriter(file, COLUMNS)
    rows.writeheader()

    def write(row: Mapping[str, Any]) -> None:
        flat = {name: row.get(name) for name in COLUMNS}
        for axis in ("certainty", "stance"):
            flat |= {f"{axis}_{label}": score for label, score in row[f"{axis}_scores"].items()}
        for name in ("spans", "row"):
            flat[name] = json.dumps(row[name], ensure_ascii=False) if name in row else None
        rows.writerow(flat)

    return write
