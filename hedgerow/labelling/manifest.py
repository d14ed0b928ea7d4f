"""What a run's folder tells of itself.

    RUN/manifest.json           settings, inputs with their hashes, parts with their counts and hashes
    RUN/parts/part-00000.jsonl  labelled sentences (or .csv, .parquet), a part a shard, in the order of the inputs
    RUN/rejected.jsonl           what was rejected, in the same order; not there where nothing was
    RUN/.work/                  only while a run goes on: its lock, its journal, what is half written

The manifest is written twice: with `"complete": false` once the shards are slice_, and at the end, whole. It holds no
date, no path but the inputs' names, and nothing of who did the work, so that the same run ends in the same bytes. What
was done in between stands in the journal, a line a shard.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import hedgerow
from hedgerow.errors import RunError
from hedgerow.io.atomic import sha256
from hedgerow.labelling.layout import MANIFEST, REJECTED, WORK
from hedgerow.labelling.shards import InputSlice, Shard
from hedgerow.readers.input_text import Slice

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides what a run's parts hold, but the inputs."""

    model: str
    model_hash: str
    unit: str = "document"
    as_: str | None = None
    text_field: str = "text"
    id_field: str | None = None
    abstain: float = 0.0
    parts: str = "jsonl"
    shard_rows: int = 10_000
    shard_bytes: int = 1 << 20
    version: str = hedgerow.__version__


@dataclass(frozen=True, slots=True)
class InputRecord:
    """An input as the run saw it: its name in the output, its size in bytes, the hash of these; None if unreadable."""

    name: str
    bytes: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What came of one shard. `rows` went in, `documents` of them were labelled in `sentences`, `rejected` were not."""

    part: int
    rows: int
    documents: int
    sentences: int
    rejected: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run before it is done: the settings, the inputs, and the shards these are cut into."""

    settings: Settings
    inputs: tuple[InputRecord, ...]
    shards: tuple[Shard, ...]


def part_name(number: int, settings: Settings) -> str:
    return f"part-{number:05}.{settings.parts}"


def write_manifest(folder: Path, plan: RunPlan, records: Mapping[int, ShardResult] | None = None) -> None:
    """Write the manifest, whole or not at all: with `records` of all shards the run is complete."""
    records = records or {}
    counts = {
        name: sum(getattr(record, name) for record in records.values())
        for name in ("rows", "documents", "sentences", "rejected")
    }
    manifest = {
        "schema": SCHEMA,
        "complete": len(records) == len(plan.shards),
        "settings": asdict(plan.settings),
        "counts": counts,
        "rejected_sha256": rejected_hash(folder),
        "inputs": [asdict(seen) for seen in plan.inputs],
    }
    parts = (_part(shard, plan.settings, records.get(shard.number)) for shard in plan.shards)
    # A line a part: there may be thousands.
    lines = ",\n  ".join(json.dumps(part, ensure_ascii=False) for part in parts)
    head = json.dumps(manifest, ensure_ascii=False, indent=1).removesuffix("\n}")
    whole = f'{head},\n "parts": [\n  {lines}\n ]\n}}\n'
    publish(whole.encode(), folder / WORK / "manifest.tmp", folder / MANIFEST)


def rejected_hash(folder: Path) -> str | None:
    """The hash of what was rejected; None where nothing was."""
    return sha256(folder / REJECTED) if (folder / REJECTED).exists() else None


def reject_changed_quarantine(folder: Path) -> None:
    """Raise RunError where the rejected rows of a complete run are not those it wrote."""
    wanted = json.loads((folder / MANIFEST).read_text("utf-8"))["rejected_sha256"]
    if rejected_hash(folder) != wanted:
        raise RunError(
            f"{folder / REJECTED}: is not what the run wrote; delete {folder} and run the same command again"
        )


def _part(shard: Shard, settings: Settings, record: ShardResult | None) -> dict[str, Any]:
    pieces = [asdict(piece) for piece in shard.pieces]
    row = {"name": part_name(shard.number, settings), "pieces": pieces}
    return row if record is None else row | {name: value for name, value in asdict(record).items() if name != "part"}


def read_manifest(folder: Path) -> tuple[RunPlan, dict[int, ShardResult], bool] | None:
    """The plan in the folder's manifest, the records it holds, and whether the run is complete; None without one.

    Raises RunError for a manifest that cannot be read or is of another version.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if manifest["schema"] != SCHEMA:
            raise RunError(f"{path}: of schema {manifest['schema']}, not {SCHEMA}; name another folder")
        settings = Settings(**manifest["settings"])
        shards = tuple(Shard(at, _pieces(part["pieces"])) for at, part in enumerate(manifest["parts"]))
        names = [name for name in ShardResult.__dataclass_fields__ if name != "part"]
        complete: bool = manifest["complete"]
        records = {
            at: ShardResult(at, *(part[name] for name in names))
            for at, part in enumerate(manifest["parts"])
            if complete
        }
        return RunPlan(settings, tuple(InputRecord(**seen) for seen in manifest["inputs"]), shards), records, complete
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise RunError(f"{path}: not a run's manifest ({error}); name another folder") from None


def _pieces(rows: Iterable[dict[str, Any]]) -> tuple[InputSlice, ...]:
    return tuple(InputSlice(**row | {"slice": Slice(**row["slice"])}) for row in rows)


def read_journal(folder: Path) -> dict[int, ShardResult]:
    """The shards that are done. A last line that broke off is taken away: its shard is done again."""
    path = folder / WORK / "journal.jsonl"
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(path, len(whole))
    records = [ShardResult(**json.loads(line)) for line in whole.splitlines()]
    return {record.part: record for record in records}


def append_journal(folder: Path, record: ShardResult) -> None:
    with (folder / WORK / "journal.jsonl").open("ab", buffering=0) as file:
        file.write(json.dumps(asdict(record)).encode() + b"\n")
        os.fsync(file.fileno())


def publish(content: bytes, beside: Path, path: Path) -> None:
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put(beside, path)


def put(beside: Path, path: Path) -> None:
    """Give a file that is on disk its name; the name is on disk too when this returns."""
    beside.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
