"""The names of what labelling writes (see manifest), and how it is recognised: it must not be read as input.

OUT, OUT.rejected.jsonl, OUT.manifest.json, OUT.texts.jsonl     one output file, and what is beside it
RUN/manifest.json, RUN/parts/, RUN/texts/, RUN/rejected.jsonl   a run folder
"""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Any, BinaryIO

from hedgerow.errors import HedgerowError
from hedgerow.io.lines import read_lines
from hedgerow.readers import compression, parquet
from hedgerow.readers.finding import Skip
from hedgerow.readers.formats import suffix_of

MANIFEST = "manifest.json"
PARTS = "parts"
TEXTS = "texts"
REJECTED = "rejected.jsonl"
WORK = ".work"
TEXTS_SUFFIX = ".texts.jsonl"
PAGE_GENERATOR = "hedgerow view"  # what a page or picture says that it was made by
EARLIER = "earlier output"  # the kinds under which outputs are passed over
STDOUT = "standard output"

# What no input of other people has: the keys of our rows, by file.
_LABELLED = ({"doc", "index", "certainty", "certainty_scores"}, {"doc", "index", "stance", "stance_scores"})
_LABELLED_CSV = ({"doc", "index", "certainty", "certainty_certain"}, {"doc", "index", "stance", "stance_asserted"})
_PLACED = {"doc", "index", "start", "end", "text"}  # of every model; one with own heads only has little else
_PLACED_CSV = _PLACED | {"time", "read_to", "row"}
_REJECTED = ({"file", "line", "byte", "rows", "reason", "raw"},)
_TEXTS = {"doc", "text"}
_RUN_MANIFEST = ({"schema", "complete", "settings", "parts"},)
_MANIFEST = ({"schema", "complete", "settings", "counts"},)
_SUFFIXES = {"parquet", "csv", "json", "jsonl", "html", "svg"}
_PAGE_HEAD = 2000  # bytes of a page, before its style
_HEAD_BYTES = 1 << 20  # of a file, to recognise it


def is_run(folder: Path) -> bool:
    """Return whether a run wrote `folder`."""
    return (folder / PARTS).is_dir() and is_run_manifest(folder / MANIFEST)


def is_run_manifest(path: Path) -> bool:
    """Return whether a file is the manifest of a run."""
    try:
        return path.is_file() and _has(_keys(path.read_bytes()), _RUN_MANIFEST)
    except (OSError, ValueError, RecursionError):
        return False


def is_output(path: Path) -> bool:
    """Return whether hedgerow wrote the file: labelled or rejected rows, texts, a manifest, a page or picture.

    An empty file is ours.
    """
    try:
        if path.stat().st_size == 0:
            return True
        if suffix_of(path) not in _SUFFIXES:
            return False
        with compression.opened(path) as file:
            return _is_ours(file, path)
    except (OSError, ValueError, RecursionError, csv.Error, HedgerowError):  # what cannot be read is not ours
        return False


def skip_outputs(out: Path | None, *, force: bool) -> Skip:
    """Return what passes over outputs of ours among the inputs; with `force`, only run folders and files of `out`."""
    own = set() if out is None else {os.path.realpath(target) for target in (out, *beside(out))}
    standard = _standard_output() if out is None else None

    def kind(path: Path) -> str | None:
        if standard is not None and path.exists() and os.path.samestat(path.stat(), standard):
            return STDOUT  # hedgerow label . > out.jsonl
        if force and not path.is_dir() and os.path.realpath(path) not in own:
            return None
        return _earlier_output(path)

    return kind


def _standard_output() -> os.stat_result | None:
    """Return what standard output is, if that is a file on disk."""
    try:
        status = os.fstat(1)
    except OSError:  # it is closed
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _earlier_output(path: Path) -> str | None:
    if path.is_dir():
        return EARLIER if is_run(path) else None
    return EARLIER if path.is_file() and path.stat().st_size and is_output(path) else None


def beside(out: Path) -> tuple[Path, Path, Path]:
    """Return what is written beside an output file: its rejected rows, its manifest, and its texts."""
    return rejected_path(out), manifest_path(out), texts_path(out)


def rejected_path(out: Path) -> Path:
    """Return the file beside `out` that its rejected rows are written to."""
    return out.with_name(f"{out.name}.{REJECTED}")


def manifest_path(out: Path) -> Path:
    """Return the file beside `out` that says how it was made."""
    return out.with_name(f"{out.name}.{MANIFEST}")


def texts_path(out: Path) -> Path:
    """Return the file beside `out` that has the texts in which its offsets count."""
    return out.with_name(f"{out.name}{TEXTS_SUFFIX}")


def _is_ours(file: BinaryIO, path: Path) -> bool:
    suffix = suffix_of(path)
    if suffix == "svg":
        return f'data-generator="{PAGE_GENERATOR}"'.encode() in file.read(_PAGE_HEAD)
    if suffix == "html":
        return f'name="generator" content="{PAGE_GENERATOR}"'.encode() in file.read(_PAGE_HEAD)
    if suffix == "parquet":
        return _is_labelled(parquet.column_names(file))
    if suffix == "csv":
        header = next(csv.reader([file.readline(_HEAD_BYTES).decode("utf-8", "replace")]), [])
        return _has(header, (*_LABELLED_CSV, _PLACED_CSV))
    if suffix == "json":
        return _has(_keys(file.read(_HEAD_BYTES)), _MANIFEST)
    line = next(read_lines(file, limit=_HEAD_BYTES), None)
    keys = () if line is None else _keys(line.raw)
    return _is_labelled(keys) or _has(keys, _REJECTED) or (path.name.endswith(TEXTS_SUFFIX) and set(keys) == _TEXTS)


def _is_labelled(names: Collection[str]) -> bool:
    """Return whether these are the fields of our rows: those of an axis, or a place with spans or scores."""
    has_own = "spans" in names or any(name.endswith("_scores") for name in names)
    return _has(names, _LABELLED) or (has_own and set(names) >= _PLACED)


def _keys(raw: bytes) -> Collection[str]:
    value: Any = json.loads(raw)
    return value.keys() if isinstance(value, dict) else ()


def _has(names: Collection[str], wanted: Collection[set[str]]) -> bool:
    return any(keys <= set(names) for keys in wanted)
