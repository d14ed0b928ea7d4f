"""The names of the files in a run's folder (see manifest), and what labelling must not read as input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

MANIFEST = "manifest.json"
PARTS = "parts"
REJECTED = "rejected.jsonl"
WORK = ".work"


def is_run(folder: Path) -> bool:
    """Return whether a run wrote `folder`."""
    return (folder / MANIFEST).is_file() and (folder / PARTS).is_dir()


def skip_outputs(out: Path | None) -> Callable[[Path], bool]:
    """Return a filter that is true for run folders, for `out` and for the rejected rows beside it."""
    written = set() if out is None else {out.resolve(), out.with_name(f"{out.name}.rejected.jsonl").resolve()}
    return lambda path: is_run(path) or (bool(written) and path.resolve() in written)
