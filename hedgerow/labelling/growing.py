"""Let a run grow: inputs that are new, and inputs that could not be read when the run began and can be read now.

Their rows go to new shards after the others. What is done is not touched: only the rejected rows of a mended input are
taken back. An input that gave a labelled row and has changed since is an error.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from pathlib import Path

from hedgerow.errors import RunError
from hedgerow.io.atomic import put
from hedgerow.labelling.counts import kind_of
from hedgerow.labelling.layout import REJECTED, WORK
from hedgerow.labelling.manifest import InputRecord, RunPlan, ShardResult
from hedgerow.labelling.shard_work import shard_rejected_path
from hedgerow.labelling.shards import Shard

Cut = Callable[[Sequence[int]], Iterable[Shard]]  # numbers of inputs to the shards that they are cut into


@dataclass(frozen=True, slots=True)
class Growth:
    """The names of the inputs that are new in a run, that were mended, and that are gone and could never be read.

    A folder without files, or a pattern without matches, is such an input; it is gone when files are found there.
    """

    new: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether the run changes."""
        return bool(self.new or self.mended or self.gone)

    def __len__(self) -> int:
        """Return the number of inputs to label."""
        return len(self.new) + len(self.mended)

    def __str__(self) -> str:
        """Return the numbers of inputs in one line."""
        numbers = {"new": len(self.new), "mended": len(self.mended)}
        return " and ".join(f"{number:,} {kind}" for kind, number in numbers.items() if number)


def in_order(plan: RunPlan, records: Sequence[InputRecord], folder: Path) -> list[int | None]:
    """Return the places of `records` in the order of the run's inputs, the new ones last.

    An input of the run that is not among them has no place. Raises RunError if it could be read.
    """
    places = {record.name: place for place, record in enumerate(records)}
    missing = [record.name for record in plan.inputs if record.name not in places and record.sha256 is not None]
    if missing:
        raise RunError(f"{folder}: began with other inputs, {missing[0]!r} among them; name it too, or another folder")
    known = {record.name for record in plan.inputs}
    new = [at for at, record in enumerate(records) if record.name not in known]
    return [*(places.get(record.name) for record in plan.inputs), *new]


def find_growth(
    plan: RunPlan, results: Mapping[int, ShardResult], records: Sequence[InputRecord | None], folder: Path
) -> Growth:
    """Compare the run's inputs with `records`, what they are now; raise RunError for one that has changed."""
    mended, gone = [], []
    sliced = {one.input for shard in plan.shards for one in shard.slices}
    for number, (before, now) in enumerate(zip(plan.inputs, records, strict=False)):
        if now is None:
            gone += [before.name] if number in sliced else []
            continue
        if (before.bytes, before.sha256) == (now.bytes, now.sha256):
            continue
        if now.sha256 is None or not _gave_nothing(number, before, plan, results):
            raise RunError(f"{folder}: {now.name} has changed since the run began; restore it, or name another folder")
        mended.append(now.name)
    new = (record.name for record in records[len(plan.inputs) :] if record is not None)
    return Growth(tuple(new), tuple(mended), tuple(gone))


def _gave_nothing(number: int, before: InputRecord, plan: RunPlan, results: Mapping[int, ShardResult]) -> bool:
    """Return whether an input could not be read, or all its rows are known to be rejected."""
    if before.sha256 is None:
        return True
    for shard in plan.shards:
        for at, one in enumerate(shard.slices):
            if one.input == number and (shard.number not in results or results[shard.number].read[at][0]):
                return False
    return True


def grow(
    plan: RunPlan, results: Mapping[int, ShardResult], records: Sequence[InputRecord | None], growth: Growth, cut: Cut
) -> tuple[RunPlan, dict[int, ShardResult]]:
    """Return the plan with the new and mended inputs, and the results without the rejected rows of the mended ones."""
    first = len(plan.shards)
    names = {*growth.new, *growth.mended}
    changed = [at for at, record in enumerate(records) if record is not None and record.name in names]
    stale = {at for at in changed if at < len(plan.inputs)}
    stale |= {at for at, record in enumerate(plan.inputs) if record.name in growth.gone}
    kept = [_without(shard, stale) for shard in plan.shards]
    new = (Shard(first + number, shard.slices) for number, shard in enumerate(cut(changed)))
    now = [plan.inputs[at] if record is None else record for at, record in enumerate(records)]
    inputs = tuple(
        replace(record, since=first) if at in stale or at in changed else plan.inputs[at]
        for at, record in enumerate(now)
    )
    reduced = {number: _reduced(result, plan.shards[number], stale) for number, result in results.items()}
    return replace(plan, inputs=inputs, shards=(*kept, *new)), reduced


def _without(shard: Shard, stale: set[int]) -> Shard:
    return replace(shard, slices=tuple(one for one in shard.slices if one.input not in stale))


def _reduced(result: ShardResult, shard: Shard, stale: set[int]) -> ShardResult:
    """Return the result without the rows of the slices that are stale, all of which were rejected or skipped."""
    gone = [at for at, one in enumerate(shard.slices) if one.input in stale]
    return replace(
        result,
        rows=result.rows - sum(shard.slices[at].rows for at in gone),
        rejected=result.rejected - sum(result.read[at][1] for at in gone),
        skipped=result.skipped - sum(result.read[at][2] for at in gone),
        read=[counts for at, counts in enumerate(result.read) if at not in gone],
    )


def keeps(plan: RunPlan, shard: int) -> Callable[[bytes], bool]:
    """Return whether a line of a shard's rejected rows still counts: its input was not mended since."""
    mended = {record.name for record in plan.inputs if shard < record.since}
    return lambda line: not mended or json.loads(line)["file"] not in mended


def recount(plan: RunPlan, results: Mapping[int, ShardResult], folder: Path) -> dict[int, ShardResult]:
    """Return the results with the lines and the reasons of the rejected rows that still count."""
    counted = dict(results)
    for number, result in results.items():
        if not result.rejected_lines:
            continue
        keep = keeps(plan, number)
        with shard_rejected_path(folder, number).open("rb") as file:
            rows = [json.loads(line) for line in file if keep(line)]
        reasons: Counter[str] = Counter()
        for row in rows:
            reasons[kind_of(row["reason"])] += row["rows"]
        counted[number] = replace(result, rejected_lines=len(rows), reasons=dict(reasons))
    return counted


def share_out_rejected(folder: Path, results: Mapping[int, ShardResult]) -> None:
    """Give the rejected rows of a complete run back to its shards, as they were before they were joined."""
    joined = folder / REJECTED
    with joined.open("rb") if joined.exists() else BytesIO() as lines:
        for number, result in sorted(results.items()):
            temporary = folder / WORK / f"{REJECTED}.{number}.tmp"
            with temporary.open("wb") as file:
                file.writelines(islice(lines, result.rejected_lines))
                file.flush()
                os.fsync(file.fileno())
            put(temporary, shard_rejected_path(folder, number))
