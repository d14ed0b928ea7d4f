"""A run: inputs to a folder of parts, shard by shard, so that the same command goes on where it was stopped.

Shards are cut once, when the run begins. Each is labelled to a part that appears whole or not at all, then noted in the
journal; killed at any point, the next run does what is not noted and ends in the same bytes. A run goes on only with
the settings, the model and the inputs that it began with.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from hedgerow.errors import RejectedRowError, RunError
from hedgerow.io.atomic import sha256
from hedgerow.labelling.layout import MANIFEST, PARTS, REJECTED, WORK
from hedgerow.labelling.manifest import (
    InputRecord,
    RunPlan,
    Settings,
    ShardResult,
    append_journal,
    part_name,
    put,
    read_journal,
    read_manifest,
    reject_changed_quarantine,
    write_manifest,
)
from hedgerow.labelling.runners import Runner
from hedgerow.labelling.shard_labelling import Run, shard_rejected_path
from hedgerow.labelling.shards import InputSlice, pack, pieces
from hedgerow.readers import compression
from hedgerow.readers.input_text import WHOLE, Fields, Unit
from hedgerow.readers.inputs import STDIN, InputFile, standard_input, unreadable

Begin = Callable[[int, Iterable[ShardResult]], None]
Follow = Callable[[ShardResult], None]


def label_to_folder(job: Run, runner: Runner, *, begin: Begin, follow: Follow) -> dict[int, ShardResult]:
    """Label the job's inputs to its folder, or go on with that; returns what came of each shard.

    `begin` is told how many rows there are and which shards are done already, `follow` each that is done now.
    Raises RunError where the folder holds something else, or another run than this one.
    """
    with _locked(job.folder):
        job = replace(job, inputs=tuple(_kept(given, job.folder) for given in job.inputs))
        plan, done, complete = _begun(job)
        begin(sum(shard.rows for shard in plan.shards), done.values())
        if job.strict and any(record.rejected for record in done.values()):
            raise RejectedRowError(
                f"{job.folder}: rows were rejected before (--strict); see {WORK} and {REJECTED} in it"
            )
        for record in runner(job, [shard for shard in plan.shards if shard.number not in done]):
            append_journal(job.folder, record)
            done[record.part] = record
            follow(record)
        done = dict(sorted(done.items()))
        _check(job.folder, plan, done, complete)
        if not complete:
            _join_rejected(job.folder, done)
            write_manifest(job.folder, plan, done)
        shutil.rmtree(job.folder / WORK)
        return done


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The folder, ours alone, with what a killed run left half written taken away."""
    ours = {MANIFEST, PARTS, REJECTED, WORK}
    strange = sorted({entry.name for entry in folder.iterdir()} - ours) if folder.is_dir() else []
    if strange:
        raise RunError(f"{folder}: holds {strange[0]!r}, which no run wrote; name another folder")
    try:
        (folder / WORK).mkdir(parents=True, exist_ok=True)
        (folder / PARTS).mkdir(exist_ok=True)
    except OSError as error:
        raise RunError(f"{folder}: cannot be written ({error.strerror}); name another place") from None
    with (folder / WORK / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunError(f"{folder}: another run is at work here; wait for it, or name another folder") from None
        for left in (folder / WORK).glob("*.tmp"):
            left.unlink()
        yield


def _kept(given: InputFile, folder: Path) -> InputFile:
    """The input, standard input as a file that can be read more than once."""
    if given.path == STDIN:
        kept = folder / WORK / "stdin"
        with kept.open("wb") as file:
            shutil.copyfileobj(standard_input(), file)
        return replace(given, path=kept)
    if given.format is not None and not given.path.is_file():
        return replace(given, format=None, reason="is no regular file and can be read only once; pipe it in (-)")
    return given


def _begun(job: Run) -> tuple[RunPlan, dict[int, ShardResult], bool]:
    """The plan, made now or when the run began, the shards that are done, and whether all was done before."""
    seen = tuple(_seen(given) for given in job.inputs)
    found = read_manifest(job.folder)
    if found is None:
        plan = _plan(job, seen)
        write_manifest(job.folder, plan)
        return plan, {}, False
    plan, records, complete = found
    _reject_other(job, plan, seen)
    done = records if complete else _still_there(job.folder, plan.settings, read_journal(job.folder))
    return plan, done, complete


def _still_there(folder: Path, settings: Settings, records: dict[int, ShardResult]) -> dict[int, ShardResult]:
    return {
        number: record
        for number, record in records.items()
        if (folder / PARTS / part_name(number, settings)).exists() and shard_rejected_path(folder, number).exists()
    }


def _seen(given: InputFile) -> InputRecord:
    try:
        if given.format is None:
            return InputRecord(given.name, None, None)
        return InputRecord(given.name, given.path.stat().st_size, sha256(given.path))
    except OSError:
        return InputRecord(given.name, None, None)


def _plan(job: Run, seen: Sequence[InputRecord]) -> RunPlan:
    rows, bytes_ = job.settings.shard_rows, job.settings.shard_bytes
    found = (piece for number in range(len(seen)) for piece in _pieces(job, number))
    return RunPlan(job.settings, tuple(seen), tuple(pack(found, rows=rows, bytes_=bytes_)))


def _pieces(job: Run, number: int) -> Iterator[InputSlice]:
    given, settings = job.inputs[number], job.settings
    if given.format is None:
        yield InputSlice(number, WHOLE, 1, 0, given.reason)
        return
    fields, unit = Fields(settings.text_field, settings.id_field), Unit(settings.unit)
    try:
        with compression.opened(given.path) as file:
            size = given.path.stat().st_size
            yield from pieces(
                file, number, given.format, unit, fields, size, rows=settings.shard_rows, bytes_=settings.shard_bytes
            )
    except OSError as error:
        yield InputSlice(number, WHOLE, 1, 0, unreadable(error))


def _reject_other(job: Run, plan: RunPlan, seen: Sequence[InputRecord]) -> None:
    """Raise RunError where the run in the folder was begun with something else."""
    for name, value in asdict(job.settings).items():
        before = getattr(plan.settings, name)
        if before != value:
            raise RunError(f"{job.folder}: was begun with {name} {before!r}, not {value!r}; name another folder")
    if [one.name for one in plan.inputs] != [one.name for one in seen]:
        raise RunError(f"{job.folder}: was begun with other inputs; name another folder")
    for then, now in zip(plan.inputs, seen, strict=True):
        if then != now:
            raise RunError(
                f"{job.folder}: {now.name} has changed since the run began; put it back, or name another folder"
            )


def _check(folder: Path, plan: RunPlan, records: dict[int, ShardResult], complete: bool) -> None:
    """Raise RunError where a row is lost, or a part is not what the run wrote."""
    missing = [shard.number for shard in plan.shards if shard.number not in records]
    if missing:
        raise RunError(f"{folder}: {len(missing)} shards were not labelled; run the same command again")
    expected = {part_name(number, plan.settings) for number in records}
    if strange := sorted({entry.name for entry in (folder / PARTS).iterdir()} - expected):
        raise RunError(f"{folder / PARTS}: holds {strange[0]!r}, which is no part of this run; take it away")
    for number, record in records.items():
        part = folder / PARTS / part_name(number, plan.settings)
        if not part.exists() or sha256(part) != record.sha256:
            cure = f"delete {folder if complete else part} and run the same command again"
            raise RunError(f"{part}: is not what the run wrote; {cure}")
    if complete:
        reject_changed_quarantine(folder)


def _join_rejected(folder: Path, records: dict[int, ShardResult]) -> None:
    """All rejected to one file, in the order of the shards."""
    if not any(record.rejected for record in records.values()):
        return
    beside = folder / WORK / f"{REJECTED}.tmp"
    with beside.open("wb") as whole:
        for number in records:
            with shard_rejected_path(folder, number).open("rb") as file:
                shutil.copyfileobj(file, whole)
        whole.flush()
        os.fsync(whole.fileno())
    put(beside, folder / REJECTED)
