"""What labelling recorded about its output: the model, the counts, and hashes that show a damaged file.

A run has it in its manifest.json, a file in FILE.manifest.json beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError
from hedgerow.io.atomic import sha256
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.summary.rows import READERS

MANIFEST = "manifest.json"
_AGAIN = "run the same hedgerow label command again"


@dataclass(frozen=True, slots=True)
class Origin:
    """A labelled file or run: its files in order, and what its manifest says; None for what nothing says.

    `counts` has the numbers of rejected and skipped rows, as far as they are known.
    """

    path: Path
    files: tuple[Path, ...]
    model: str | None = None
    model_hash: str | None = None
    version: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


def find_labelled(path: Path) -> Origin:
    """Return the labelled file or run `path`.

    Raises InputError if it is neither, if a run is not finished, or if a file is not as its manifest says.
    """
    if path.is_dir():
        return _run(path)
    if path.suffix.lower() not in READERS:
        raise InputError(f"{path}: not a {', '.join(READERS)} file or a run folder; write one with hedgerow label")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    beside = path.with_name(f"{path.name}.{MANIFEST}")
    if not beside.is_file():
        return Origin(path, (path,), counts=_counted_rejected(path))
    manifest = _read(beside, "remove it if it is not of hedgerow label")
    expected = manifest.get("output_sha256")
    if expected is not None and sha256(path) != expected:
        raise InputError(
            f"{path}: not as hedgerow label wrote it; {_AGAIN}, or remove {beside.name} if you changed the file"
        )
    return _origin(path, (path,), manifest)


def _run(run: Path) -> Origin:
    if not (run / MANIFEST).is_file():
        raise InputError(f"{run}: no {MANIFEST}; name a run folder or a file that hedgerow label wrote")
    manifest = _read(run / MANIFEST, "name a run folder that hedgerow label wrote")
    if manifest.get("complete") is not True:
        raise InputError(f"{run}: this run is not finished; run its hedgerow label command again, which resumes it")
    parts = manifest.get("parts")
    if not isinstance(parts, list) or not parts:
        raise InputError(f"{run}: has no parts; name a run folder that hedgerow label wrote")
    return _origin(run, tuple(_part(run, part) for part in parts), manifest)


def _part(run: Path, part: Any) -> Path:
    """Return the file of a part; raise InputError if it is not as the run wrote it."""
    name, expected = (part.get("name"), part.get("sha256")) if isinstance(part, dict) else (None, None)
    if not isinstance(name, str) or Path(name).name != name or Path(name).suffix not in READERS or not expected:
        raise InputError(f"{run / MANIFEST}: not a run's manifest; name a run folder that hedgerow label wrote")
    path = run / "parts" / name
    if not path.is_file():
        raise InputError(f"{path}: this part of the run is missing; {_AGAIN}, which labels it anew")
    if sha256(path) != expected:
        raise InputError(f"{path}: this part is not as the run wrote it; delete it and {_AGAIN}")
    return path


def _read(path: Path, hint: str) -> dict[str, Any]:
    try:
        return parse_object(path.read_bytes())
    except InputError as error:
        raise InputError(f"{path}: {error}".partition("; ")[0] + f"; {hint}") from None


def _origin(path: Path, files: tuple[Path, ...], manifest: dict[str, Any]) -> Origin:
    settings, counts = manifest.get("settings"), manifest.get("counts")
    settings = manifest | settings if isinstance(settings, dict) else manifest  # of a file they may stand beside
    known = counts if isinstance(counts, dict) else {}
    model, model_hash, version = (
        value if isinstance(value := settings.get(name), str) else None for name in ("model", "model_hash", "version")
    )
    return Origin(
        path,
        files,
        model,
        model_hash,
        version,
        counts={name: known[name] for name in ("rejected", "skipped") if isinstance(known.get(name), int)},
    )


def _counted_rejected(path: Path) -> dict[str, int]:
    """Return the number of rejected rows that lie beside a file; nothing if there is no such file."""
    rejected = path.with_name(f"{path.name}.rejected.jsonl")
    if not rejected.is_file():
        return {}
    with rejected.open("rb") as file:
        return {"rejected": sum(1 for _ in read_lines(file))}
