"""A run: inputs to a folder of parts, shard by shard, resumed by the same command.

Shards are cut once, when the run begins. Each is labelled to a part that appears whole or not at all, then recorded in
the journal. A run killed at any point resumes with the shards that are not recorded, and ends in the same bytes. It
resumes only with the settings, the model and the inputs that it began with.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from hedgerow.classifier import load
from hedgerow.errors import RejectedRowError, RunError
from hedgerow.io.atomic import put, sha256
from hedgerow.labelling.layout import MANIFEST, PARTS, REJECTED, WORK, skip_outputs
from hedgerow.labelling.manifest import RunPlan, ShardResult, append_journal, check_rejected, write_manifest
from hedgerow.labelling.options import Options, RunnerName
from hedgerow.labelling.planning import begin, reusable
from hedgerow.labelling.runners import LocalRunner, ProcessRunner, Runner
from hedgerow.labelling.shard_work import Run, shard_rejected_path
from hedgerow.labelling.stream import Counts
from hedgerow.readers.inputs import find_inputs


def _on_start(rows: int, results: Iterable[ShardResult]) -> None:
    """Ignore the start of a run."""


def _on_shard(result: ShardResult) -> None:
    """Ignore a labelled shard."""


@dataclass(frozen=True, slots=True)
class RunListener:
    """Who follows a run.

    `on_start` gets the number of rows and the results of an earlier, stopped run; `on_shard` gets each new result;
    `counts` are kept up to date within a shard, if the runner works in this process.
    """

    on_start: Callable[[int, Iterable[ShardResult]], None] = _on_start
    on_shard: Callable[[ShardResult], None] = _on_shard
    counts: Counts | None = None


def label_to_run(inputs: Iterable[Path], out: Path, options: Options, listener: RunListener | None = None) -> Counts:
    """Label `inputs` to the run folder `out`, or resume it; return the counts of the whole run.

    Raises RunError if the folder holds something else, or a run with other settings or inputs.
    """
    listener = listener or RunListener()
    run = Run(out, options, find_inputs(inputs, options.as_, skip=skip_outputs(out)))
    results = execute(run, make_runner(options, listener.counts), listener).values()
    return Counts(
        documents=sum(result.documents for result in results),
        sentences=sum(result.sentences for result in results),
        rejected=sum(result.rejected for result in results),
        skipped=sum(result.skipped for result in results),
    )


def make_runner(options: Options, counts: Counts | None = None) -> Runner:
    """Return the runner that the options ask for."""
    if options.runner is RunnerName.RAY:
        from hedgerow.labelling.ray_runner import RayRunner

        return RayRunner(options.workers, options.ray_address)
    if options.workers is not None and options.workers > 1:
        return ProcessRunner(options.workers)
    return LocalRunner(load(options.model), counts)


def execute(run: Run, runner: Runner, listener: RunListener) -> dict[int, ShardResult]:
    """Label the run's inputs to its folder, or resume it; return the result of each shard."""
    with _locked(run.folder):
        run = replace(run, inputs=tuple(reusable(file, run.folder) for file in run.inputs))
        plan, results, complete = begin(run)
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
        _check(run.folder, plan, results, complete)
        if not complete:
            _join_rejected(run.folder, results)
            write_manifest(run.folder, plan, results)
        shutil.rmtree(run.folder / WORK, ignore_errors=os.name == "nt")  # Windows keeps the lock file, which is open
    return results


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the folder, and remove what a killed run left half-written."""
    ours = {MANIFEST, PARTS, REJECTED, WORK}
    others = sorted({entry.name for entry in folder.iterdir()} - ours) if folder.is_dir() else []
    if others:
        raise RunError(f"{folder}: holds {others[0]!r}, which no run wrote; name another folder")
    try:
        (folder / WORK).mkdir(parents=True, exist_ok=True)
        (folder / PARTS).mkdir(exist_ok=True)
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


def _check(folder: Path, plan: RunPlan, results: dict[int, ShardResult], complete: bool) -> None:
    """Raise RunError if a shard is missing, or a part is not what the run wrote."""
    missing = [shard.number for shard in plan.shards if shard.number not in results]
    if missing:
        raise RunError(f"{folder}: {len(missing)} shards were not labelled; run the same command again")
    expected = {plan.part_name(number) for number in results}
    if others := sorted({entry.name for entry in (folder / PARTS).iterdir()} - expected):
        raise RunError(f"{folder / PARTS}: holds {others[0]!r}, which is no part of this run; remove it")
    for number, result in results.items():
        part = folder / PARTS / plan.part_name(number)
        if not part.exists() or sha256(part) != result.sha256:
            hint = f"delete {folder if complete else part} and run the same command again"
            raise RunError(f"{part}: not as the run wrote it; {hint}")
    if complete:
        check_rejected(folder)


def _join_rejected(folder: Path, results: dict[int, ShardResult]) -> None:
    """Join the rejected rows of all shards to one file, in order."""
    if not any(result.rejected for result in results.values()):
        return
    temporary = folder / WORK / f"{REJECTED}.tmp"
    with temporary.open("wb") as whole:
        for number in results:
            with shard_rejected_path(folder, number).open("rb") as file:
                shutil.copyfileobj(file, whole)
        whole.flush()
        os.fsync(whole.fileno())
    put(temporary, folder / REJECTED)
