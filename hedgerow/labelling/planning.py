"""Plan a run: record its inputs and cut them into shards, or take up the plan of a run that was stopped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hedgerow.errors import RunError
from hedgerow.io.atomic import sha256
from hedgerow.labelling.layout import WORK
from hedgerow.labelling.manifest import (
    InputRecord,
    RunPlan,
    ShardResult,
    read_journal,
    read_manifest,
    write_manifest,
)
from hedgerow.labelling.shard_work import Run, shard_rejected_path
from hedgerow.labelling.shards import InputSlice, pack, slice_input
from hedgerow.readers import compression
from hedgerow.readers.inputs import STDIN, InputFile, standard_input, unreadable
from hedgerow.readers.layout import WHOLE


def reusable(file: InputFile, folder: Path) -> InputFile:
    """Return the input as a file that can be read more than once: standard input is copied."""
    if file.path == STDIN:
        copy = folder / WORK / "stdin"
        with copy.open("wb") as target:
            shutil.copyfileobj(standard_input(), target)
        return replace(file, path=copy)
    if file.format is not None and not file.path.is_file():
        return replace(file, format=None, reason="is no regular file and can be read only once; pipe it in (-)")
    return file


def begin(run: Run) -> tuple[RunPlan, dict[int, ShardResult], bool]:
    """Return the plan, made now or when the run began, the shards that are done, and whether all were done before."""
    inputs = tuple(_record(file) for file in run.inputs)
    earlier = read_manifest(run.folder)
    if earlier is None:
        slices = (one for number in range(len(inputs)) for one in _slices(run, number))
        plan = RunPlan(run.options.settings(), inputs, tuple(pack(slices, run.options)))
        write_manifest(run.folder, plan)
        return plan, {}, False
    plan, results, complete = earlier
    _reject_other(run, plan, inputs)
    return plan, results if complete else _still_there(run), complete


def _still_there(run: Run) -> dict[int, ShardResult]:
    """Return the results in the journal whose files exist."""
    return {
        number: result
        for number, result in read_journal(run.folder).items()
        if run.part_path(number).exists() and shard_rejected_path(run.folder, number).exists()
    }


def _record(file: InputFile) -> InputRecord:
    try:
        if file.format is None:
            return InputRecord(file.name, None, None)
        return InputRecord(file.name, file.path.stat().st_size, sha256(file.path))
    except OSError:
        return InputRecord(file.name, None, None)


def _slices(run: Run, number: int) -> Iterator[InputSlice]:
    file = run.inputs[number]
    if file.format is None:
        yield InputSlice(number, WHOLE, 1, 0, file.reason)
        return
    try:
        with compression.opened(file.path) as opened:
            yield from slice_input(opened, number, file.format, file.path.stat().st_size, run.options)
    except OSError as error:
        yield InputSlice(number, WHOLE, 1, 0, unreadable(error))


def _reject_other(run: Run, plan: RunPlan, inputs: Sequence[InputRecord]) -> None:
    """Raise RunError if the run in the folder began with other settings or inputs."""
    for name, value in run.options.settings().items():
        before = plan.settings.get(name)
        if before != value:
            raise RunError(f"{run.folder}: began with {name} {before!r}, not {value!r}; name another folder")
    if [record.name for record in plan.inputs] != [record.name for record in inputs]:
        raise RunError(f"{run.folder}: began with other inputs; name another folder")
    for before, now in zip(plan.inputs, inputs, strict=True):
        if before != now:
            raise RunError(f"{run.folder}: {now.name} has changed since the run began; restore it, or name another")
