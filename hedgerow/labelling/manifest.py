"""What a run's folder says about itself.

    RUN/manifest.json           settings, inputs with their hashes, parts with their counts and hashes
    RUN/parts/part-00000.jsonl  labelled sentences (or .csv, .parquet), one part per shard, in the order of the inputs
    RUN/texts/part-00000.jsonl  with --keep-text, the texts in which the offsets of the part count
    RUN/rejected.jsonl          rejected rows, in the same order; absent if there are none
    RUN/.work/                  only during the run: its lock, its journal, half-written files

The manifest is written twice: with `"complete": false` once the shards are cut, and at the end. It has no date, no path
but the inputs' names, and nothing about who did the work, so that the same run always ends in the same bytes. The
journal records the progress in between, one line per shard. A run that has grown (see `growing`) writes it twice again;
then it already has the results of the shards that were done.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hedgerow.errors import RunError
from hedgerow.io.atomic import publish, sha256
from hedgerow.labelling.layout import MANIFEST, REJECTED, WORK
from hedgerow.labelling.shards import InputSlice, Shard
from hedgerow.readers.layout import Slice

SCHEMA = 3
COUNTED = ("rows", "documents", "sentences", "rejected", "skipped", "decoded")


@dataclass(frozen=True, slots=True)
class InputRecord:
    """An input as the run read it: its name in the output, its size and hash; both None if it is unreadable.

    `since` is the first shard with rows of it. Rejected rows of earlier shards are from before the file was mended.
    """

    name: str
    bytes: int | None
    sha256: str | None
    since: int = 0


@dataclass(frozen=True, slots=True)
class ShardResult:
    """The counts of a labelled shard, and the hash of its part. `rows` is what was labelled, rejected and skipped.

    `decoded` are the labelled documents with decoded HTML entities. `rejected_lines` are the lines that its rejected
    rows take in their file (one line may stand for several rows), and `reasons` the kinds of reasons with their counts.
    `read` has, for each slice, how many texts, rejected and skipped rows it gave.
    """

    part: int
    rows: int
    documents: int
    sentences: int
    rejected: int
    skipped: int
    decoded: int
    rejected_lines: int
    reasons: Mapping[str, int]
    read: Sequence[Sequence[int]]
    sha256: str


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run before it begins: its settings (Options.settings), its inputs, and the shards they are cut into.

    `passed_over` counts what was passed over in folders, by kind.
    """

    settings: Mapping[str, Any]
    inputs: tuple[InputRecord, ...]
    shards: tuple[Shard, ...]
    passed_over: Mapping[str, int] = field(default_factory=dict)

    def part_name(self, number: int) -> str:
        """Return the file name of a shard's part."""
        return f"part-{number:05}.{self.settings['parts']}"


def write_manifest(
    folder: Path, plan: RunPlan, results: Mapping[int, ShardResult] | None = None, *, complete: bool = False
) -> None:
    """Write the manifest atomically, with the results of the shards that are done."""
    results = results or {}
    counts = {name: sum(getattr(result, name) for result in results.values()) for name in COUNTED}
    manifest = {
        "schema": SCHEMA,
        "complete": complete,
        "settings": dict(plan.settings),
        "counts": counts,
        "reasons": dict(total_reasons(results.values()).most_common()),
        "passed_over": dict(plan.passed_over),
        "rejected_sha256": rejected_hash(folder),
        "inputs": [asdict(record) for record in plan.inputs],
    }
    parts = (_part_row(shard, plan, results.get(shard.number)) for shard in plan.shards)
    # One line per part: there may be thousands.
    lines = ",\n  ".join(json.dumps(part, ensure_ascii=False) for part in parts)
    head = json.dumps(manifest, ensure_ascii=False, indent=1).removesuffix("\n}")
    whole = f'{head},\n "parts": [\n  {lines}\n ]\n}}\n'
    publish(whole.encode(), folder / WORK / "manifest.tmp", folder / MANIFEST)


def total_reasons(results: Iterable[ShardResult]) -> Counter[str]:
    """Return the kinds of reasons for rejected rows, with their counts."""
    return sum((Counter(result.reasons) for result in results), Counter())


def rejected_hash(folder: Path) -> str | None:
    """Return the hash of the rejected rows of a run, None if there are none."""
    return sha256(folder / REJECTED) if (folder / REJECTED).exists() else None


def check_rejected(folder: Path) -> None:
    """Raise RunError if the rejected rows of a complete run are not those it wrote."""
    expected = json.loads((folder / MANIFEST).read_text("utf-8"))["rejected_sha256"]
    if rejected_hash(folder) != expected:
        raise RunError(f"{folder / REJECTED}: not as the run wrote it; delete {folder} and run the same command again")


def _part_row(shard: Shard, plan: RunPlan, result: ShardResult | None) -> dict[str, Any]:
    row = {"name": plan.part_name(shard.number), "slices": [asdict(one) for one in shard.slices]}
    return row if result is None else row | {name: value for name, value in asdict(result).items() if name != "part"}


def read_manifest(folder: Path) -> tuple[RunPlan, dict[int, ShardResult], bool] | None:
    """Return the plan in the folder's manifest, its results, and whether the run is complete; None without one.

    Raises RunError for a manifest that cannot be read or has another schema.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if manifest["schema"] != SCHEMA:
            raise RunError(
                f"{path}: has schema {manifest['schema']}, this version writes {SCHEMA}; name another folder"
            )
        parts, complete = manifest["parts"], bool(manifest["complete"])
        shards = tuple(Shard(number, _slices(part["slices"])) for number, part in enumerate(parts))
        inputs = tuple(InputRecord(**record) for record in manifest["inputs"])
        results = {number: _result(number, part) for number, part in enumerate(parts) if "sha256" in part}
        plan = RunPlan(dict(manifest["settings"]), inputs, shards, dict(manifest["passed_over"]))
        return plan, results, complete
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise RunError(f"{path}: not a run's manifest ({error}); name another folder") from None


def _slices(rows: Iterable[dict[str, Any]]) -> tuple[InputSlice, ...]:
    return tuple(InputSlice(**row | {"slice": Slice(**row["slice"])}) for row in rows)


def _result(number: int, part: Mapping[str, Any]) -> ShardResult:
    return ShardResult(number, *(part[name] for name in ShardResult.__dataclass_fields__ if name != "part"))


def read_journal(folder: Path) -> dict[int, ShardResult]:
    """Return the results of the shards that are done; a half-written last line is removed, and its shard redone."""
    path = folder / WORK / "journal.jsonl"
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        os.truncate(path, len(whole))
    results = [ShardResult(**json.loads(line)) for line in whole.splitlines()]
    return {result.part: result for result in results}


def append_journal(folder: Path, result: ShardResult) -> None:
    """Add a result to the journal, on disk when this returns."""
    with (folder / WORK / "journal.jsonl").open("ab", buffering=0) as file:
        file.write(json.dumps(asdict(result)).encode() + b"\n")
        os.fsync(file.fileno())
