"""The origin of figures: the command, the commit, the model and the files, by hash."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hedgerow.predictors.folder import find, read_manifest

ROOT = Path(__file__).resolve().parents[2]  # the project's folder in a clone; the package's parent if installed
OWN_TEXT = ROOT / "data"  # the folder whose sentences are the project's own, so that a report can show them
UNKNOWN = "unknown"


def shown_command(program: Sequence[str], options: Mapping[str, Any]) -> str:
    """Return the command that `options` came from, as one would type it.

    `program` is its first words. Options that are None or False are left out, and one that is True has no value.
    """
    words = list(program)
    for name, value in options.items():
        if value is None or value is False:
            continue
        values = [] if value is True else value if isinstance(value, list) else [value]
        words += [f"--{name.replace('_', '-')}", *map(str, values)]
    return as_utf8(shlex.join(words))


def as_utf8(text: str) -> str:
    """Return a text that can be written as UTF-8; lone surrogates, as of an odd file name, are shown by their code."""
    return text.encode("utf-8", "backslashreplace").decode()


def commit(*measured_by: str) -> str:
    """Return the commit that is checked out, with " with changes" if tracked code, models or data differ from it.

    `measured_by` are files or folders that count beside the package, the models and the data. Returns "unknown"
    outside a git checkout of the project.
    """
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return UNKNOWN
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return UNKNOWN
    changed = _git("status", "--porcelain", "--", "hedgerow", "model", "data", *measured_by)
    return f"{commit} with changes" if changed else commit


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False).stdout.decode().strip()


def short_hash(sha256: str | None, length: int = 12) -> str:
    """Return the beginning of a hash; "none" for a model that was measured before it had one."""
    return (sha256 or "none")[:length]


def short_name(path: Path) -> str:
    """Return a file's name with its folder's."""
    return as_utf8("/".join(path.resolve().parts[-2:]))


def training_hashes(name: str, *keys: str) -> set[str]:
    """Return the hashes of the files that the model's manifest lists under `keys` of its data."""
    data = read_manifest(find(name))["data"]
    return {part["sha256"] for key in keys for part in data.get(key, [])}


def is_own_text(files: Sequence[Path]) -> bool:
    """Return whether all sentences of `files` are the project's own, and so can be shown."""
    return all(path.resolve().is_relative_to(OWN_TEXT) for path in files)
