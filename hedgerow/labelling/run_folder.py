"""A run: inputs to a folder of parts, shard by shard, resumed by the same command.

Shards are cut once, when the run begins. Each is labelled to a part that appears whole or not at all, then recorded in
the journal. A run killed at any point resumes with the shards that are not recorded, and ends in the same bytes. It
resumes only with the settings, the model and the inputs that it began with.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from hedgerow.classifier import load
from hedgerow.errors import InputError, RejectedRowError, RunError
from hedgerow.io.atomic import put, sha256
from hedgerow.labelling.counts import Counts
from hedgerow.labelling.growing import Growth, keeps
from hedgerow.labelling.layout import MANIFEST, PARTS, REJECTED, TEXTS, WORK, is_run_manifest, skip_outputs
from hedgerow.labelling.manifest import (
    COUNTED,
    RunPlan,
    ShardResult,
    append_journal,
    check_rejected,
    total_reasons,
    write_manifest,
)
from hedgerow.labelling.options import Options, RunnerName
from hedgerow.labelling.outputs import check_inputs, check_labelled, check_name, check_used
from hedgerow.labelling.planning import begin, reusable
from hedgerow.labelling.runners import LocalRunner, ProcessRunner, Runner
from hedgerow.labelling.shard_work import Run, shard_rejected_path
from hedgerow.labelling.thresholds import check_thresholds
from hedgerow.readers.finding import STDIN, Found, find_inputs


def _ignore(*_: object) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class RunListener:
    """Who follows a run.

    `on_found` gets the inputs; `on_start` gets the number of rows and the results of an earlier, stopped run, after
    `on_growth`, if inputs came or were mended since; `on_shard` gets each new result; `counts` are kept up to date
    within a shard, if the runner works in this process.
    """

    on_found: Callable[[Found], None] = _ignore
    on_growth: Callable[[Growth], None] = _ignore
    on_start: Callable[[int, Iterable[ShardResult]], None] = _ignore
    on_shard: Callable[[ShardResult], None] = _ignore
    counts: Counts | None = None


def label_to_run(inputs: Iterable[Path], out: Path, options: Options, listener: RunListener | None = None) -> Counts:
    """Label `inputs` to the run folder `out`, or resume it; return the counts of the whole run.

    Raises RunError if the folder holds something else, or a run with other settings or inputs.
    """
    listener = listener or RunListener()
    check_name(out)
    inputs = tuple(inputs)
    if inputs.count(STDIN) > 1:
        raise InputError("standard input (-) can be read once; name it once")
    found = find_inputs(inputs, options.as_, skip=skip_outputs(None, force=options.force))
    listener.on_found(found)
    check_inputs(found, out)
    check_used(found, options)
    if isinstance(options.abstain, Mapping):
        check_thresholds(options.abstain, load(options.model).heads)
    run = Run(out, options, found.files, found.passed_over)
    results = execute(run, make_runner(options, listener.counts), listener).values()
    check_labelled(sum(result.documents for result in results), options)
    return Counts(
        **{name: sum(getattr(result, name) for result in results) for name in COUNTED if name != "rows"},
        reasons=total_reasons(results),
    )


def make_runner(options: Options, counts: Counts | None = None) -> Runner:
    """Return the runner that the options ask for."""
    if options.runner is RunnerName.RAY:
        from hedgerow.labelling.ray_runner import RayRunner

        return RayRunner(options.workers, options.ray_address)
    if options.workers is not None and options.workers > 1:
        return ProcessRunner(options.workers, counts)
    return LocalRunner(load(options.model), counts)


def execute(run: Run, runner: Runner, listener: RunListener) -> dict[int, ShardResult]:
    """Label the run's inputs to its folder, or resume it; return the result of each shard."""
    with _locked(run.folder, keep_text=run.options.keep_text):
        run = replace(run, inputs=tuple(reusable(file, run.folder) for file in run.inputs))
        begun = begin(run)
        run, plan, results = begun.run, begun.plan, begun.results
        if begun.growth:
            listener.on_growth(begun.growth)
        listener.on_start(sum(shard.rows for shard in plan.shards), results.values())
        if run.options.strict and any(result.rejected for result in results.values()):
            raise RejectedRowError(
                f"{run.folder}: rows were rejected earlier (--strict); see its {REJECTED} and {WORK}"
            )
        for result in runner(run, [shard for shard in plan.shards if shard.number not in results]):
            append_journal(run.folder, result)
            results[result.part] = result
            listener.on_shard(result)
        results = dict(sorted(results.items()))
        _check(run, plan, results, begun.complete)
        if not begun.complete:
            _join_rejected(run.folder, plan, results)
            write_manifest(run.folder, plan, results, complete=True)
        shutil.rmtree(run.folder / WORK, ignore_errors=os.name == "nt")  # Windows keeps the lock file, which is open
    return results


def _foreign(folder: Path) -> list[str]:
    """Return the names in the folder that no run wrote; before a run has a manifest, it has written no other file."""
    entries = {entry.name: entry for entry in folder.iterdir()} if folder.is_dir() else {}
    if MANIFEST in entries:
        ours = {PARTS, TEXTS, REJECTED, WORK} | ({MANIFEST} if is_run_manifest(entries[MANIFEST]) else set())
    else:
        empty = (name for name in (PARTS, TEXTS) if name in entries and entries[name].is_dir())
        ours = {WORK, *(name for name in empty if not any(entries[name].iterdir()))}
    return sorted(entries.keys() - ours)


@contextmanager
def _locked(folder: Path, *, keep_text: bool) -> Iterator[None]:
    """Lock the folder, and remove what a killed run left half-written."""
    if others := _foreign(folder):
        raise RunError(f"{folder}: holds {others[0]!r}, which no run wrote; name another folder")
    try:
        (folder / WORK).mkdir(parents=True, exist_ok=True)
        (folder / PARTS).mkdir(exist_ok=True)
        if keep_text:
            (folder / TEXTS).mkdir(exist_ok=True)
    except OSError as error:
        raise RunError(f"{folder}: cannot be written ({error.strerror}); name another place") from None
    try:
        lock = FileLock(folder / WORK / "lock", timeout=0).acquire()
    except Timeout:
        raise RunError(f"{folder}: another run is using this folder; wait for it, or name another folder") from None
    with lock:
        for temporary in (folder / WORK).glob("*.tmp"):
            temporary.unlink()
        yield


def _check(run: Run, plan: RunPlan, results: dict[int, ShardResult], complete: bool) -> None:
    """Raise RunError if a shard is missing, or a part is not what the run wrote."""
    folder = run.folder
    missing = [shard.number for shard in plan.shards if shard.number not in results]
    if missing:
        raise RunError(f"{folder}: {len(missing)} shards were not labelled; run the same command again")
    expected = {plan.part_name(number) for number in results}
    if others := sorted({entry.name for entry in (folder / PARTS).iterdir()} - expected):
        raise RunError(f"{folder / PARTS}: holds {others[0]!r}, which is no part of this run; remove it")
    for number, result in results.items():
        part = folder / PARTS / plan.part_name(number)
        if not part.exists() or sha256(part) != result.sha256:
            raise RunError(f"{part}: not as the run wrote it; delete it and run the same command again")
    if complete:
        check_rejected(folder)


def _join_rejected(folder: Path, plan: RunPlan, results: dict[int, ShardResult]) -> None:
    """Join the rejected rows of all shards to one file, in order, without those of inputs that were mended since."""
    if not any(result.rejected for result in results.values()):
        (folder / REJECTED).unlink(missing_ok=True)
        return
    temporary = folder / WORK / f"{REJECTED}.tmp"
    with temporary.open("wb") as whole:
        for number in results:
            with shard_rejected_path(folder, number).open("rb") as file:
                keep = keeps(plan, number)
                whole.writelines(line for line in file if keep(line))
        whole.flush()
        os.fsync(whole.fileno())
    put(temporary, folder / REJECTED)
