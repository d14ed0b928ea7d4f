"""Plan a run: record its inputs and cut them into shards, or take up the plan of a run that was stopped."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from hedgerow.errors import InputError, RunError
from hedgerow.io.atomic import sha256
from hedgerow.labelling.growing import Growth, find_growth, grow, in_order, recount, share_out_rejected
from hedgerow.labelling.layout import WORK
from hedgerow.labelling.manifest import (
    InputRecord,
    RunPlan,
    ShardResult,
    check_rejected,
    read_journal,
    read_manifest,
    write_manifest,
)
from hedgerow.labelling.shard_work import Run, shard_rejected_path
from hedgerow.labelling.shards import InputSlice, Shard, pack, slice_input
from hedgerow.readers import compression
from hedgerow.readers.finding import STDIN, InputFile, unreadable
from hedgerow.readers.inputs import NOT_PROSE, looks_like_json, standard_input
from hedgerow.readers.layout import WHOLE


def reusable(file: InputFile, folder: Path) -> InputFile:
    """Return the input as a file that can be read more than once: standard input is copied."""
    if file.path == STDIN:
        copy = folder / WORK / "stdin"
        with copy.open("wb") as target:
            shutil.copyfileobj(standard_input(), target)
        with copy.open("rb") as source:
            if file.is_guess and looks_like_json(source):
                raise InputError(f"{file.name}: {NOT_PROSE}")
        return replace(file, path=copy)
    if file.format is not None and not file.path.is_file():
        return replace(file, format=None, reason="is no regular file and can be read only once; pipe it in (-)")
    return file


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has begun: the run with its inputs in the plan's order, its plan, and the shards that are done.

    `complete` is whether nothing is left to do, and `growth` what came since the run was stopped or complete.
    """

    run: Run
    plan: RunPlan
    results: dict[int, ShardResult]
    complete: bool = False
    growth: Growth = field(default_factory=Growth)


def begin(run: Run) -> Begun:
    """Begin a run, or take up the one in its folder; raise RunError if that had other settings or inputs."""
    records = [_record(file) for file in run.inputs]
    earlier = read_manifest(run.folder)
    if earlier is None:
        plan = RunPlan(run.options.settings(), tuple(records), tuple(_cut(run, range(len(records)))), run.passed_over)
        write_manifest(run.folder, plan)
        return Begun(run, plan, {})
    plan, results, complete = earlier
    _reject_other_settings(run, plan)
    if not complete:
        results = _still_there(run) | results  # the manifest's are later: they know what was mended
    order = in_order(plan, records, run.folder)
    gone = [InputFile(Path(record.name), record.name, None, "is not named any more") for record in plan.inputs]
    run = replace(run, inputs=tuple(gone[n] if at is None else run.inputs[at] for n, at in enumerate(order)))
    now = [None if at is None else records[at] for at in order]
    growth = find_growth(plan, results, now, run.folder)
    there = {number: result for number, result in results.items() if _has_files(run, number)}
    if not growth and len(there) == len(results):
        return Begun(run, plan, results, complete)
    if complete:
        check_rejected(run.folder)
        share_out_rejected(run.folder, results)
    results = there  # a part that is missing is labelled again
    if growth:
        plan, results = grow(plan, results, now, growth, lambda numbers: _cut(run, numbers))
        plan = replace(plan, passed_over=run.passed_over)
        results = recount(plan, results, run.folder)
    write_manifest(run.folder, plan, results)
    return Begun(run, plan, results, growth=growth)


def _cut(run: Run, numbers: Iterable[int]) -> Iterator[Shard]:
    """Cut the inputs with these numbers into shards."""
    return pack((one for number in numbers for one in _slices(run, number)), run.options)


def _still_there(run: Run) -> dict[int, ShardResult]:
    """Return the results in the journal whose files exist."""
    return {
        number: result
        for number, result in read_journal(run.folder).items()
        if _has_files(run, number) and shard_rejected_path(run.folder, number).exists()
    }


def _has_files(run: Run, number: int) -> bool:
    """Return whether the part of a shard exists, and its texts if they are kept."""
    return run.part_path(number).exists() and (not run.options.keep_text or run.texts_path(number).exists())


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


def _reject_other_settings(run: Run, plan: RunPlan) -> None:
    """Raise RunError if the run in the folder began with other settings."""
    for name, value in run.options.settings().items():
        before = plan.settings.get(name)
        if before != value:
            raise RunError(f"{run.folder}: began with {name} {before!r}, not {value!r}; name another folder")
