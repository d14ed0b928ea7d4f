"""Ray: shards to actors on one machine or many, each with its own model.

The machines share a file system, with the inputs and the run's folder under the same paths. An actor that dies is
restarted and labels its shard again; labelling a shard twice is harmless, because it ends in the same bytes. One
logical CPU stays free: if actors take all of them, Ray's own work can wait for ever.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hedgerow.classifier import load
from hedgerow.errors import HedgerowError, RunError
from hedgerow.io.optional import library
from hedgerow.labelling.manifest import ShardResult
from hedgerow.labelling.shard_work import Run, label_shard
from hedgerow.labelling.shards import Shard

RETRIES = 5  # times that a shard is labelled again if its actor dies


class RayRunner:
    """Actors on the cluster at `address` ("auto" finds one), by default on this machine alone.

    There are `workers` of them, by default one less than there are logical CPUs.
    """

    def __init__(self, workers: int | None = None, address: str | None = None) -> None:
        self._workers = workers
        self._address = address
        self._ray = library("ray", needed_for="--runner ray", extra="ray")

    def __call__(self, run: Run, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        """Label `shards` of `run`; raise RunError if Ray does not start or an actor keeps dying."""
        self._connect()
        try:
            free = int(self._ray.cluster_resources().get("CPU", 1)) - 1
            actors = max(1, min(self._workers or free, free, len(shards)))
            yield from _label(self._ray, _with_absolute_paths(run), shards, actors)
        finally:
            self._ray.shutdown()

    def _connect(self) -> None:
        cpus = os.cpu_count() or 1 if self._workers is None else self._workers + 1
        settings: dict[str, Any] = {"address": self._address}
        if self._address is None:
            # By name, because Ray would otherwise join a cluster that someone else started here.
            settings = {"address": "local", "num_cpus": max(cpus, 2), "include_dashboard": False}
        try:
            self._ray.init(**settings, log_to_driver=False, logging_level="ERROR")
        except Exception as error:  # Ray raises bare ones
            raise RunError(f"Ray did not start ({_short(error)}); try again, or leave out --runner ray") from None


def _with_absolute_paths(run: Run) -> Run:
    """Return the run with absolute paths: an actor works in another folder."""
    inputs = tuple(replace(file, path=file.path.absolute()) for file in run.inputs)
    model = run.options.model
    options = run.options.model_copy(update={"model": str(Path(model).absolute()) if Path(model).is_dir() else model})
    return replace(run, folder=run.folder.absolute(), options=options, inputs=inputs)


class Labeller:
    """An actor: a model, loaded once, that labels shards."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._classifier = load(run.options.model, threads=1)

    def label(self, shard: Shard) -> ShardResult:
        """Label one shard."""
        return label_shard(self._classifier, self._run, shard)


def _label(ray: Any, run: Run, shards: Sequence[Shard], actors: int) -> Iterator[ShardResult]:
    actor = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=RETRIES)(Labeller)
    idle = [actor.remote(run) for _ in range(actors)]
    out: dict[Any, Any] = {}
    waiting = iter(shards)
    while True:
        while idle and (shard := next(waiting, None)) is not None:
            labeller = idle.pop()
            out[labeller.label.remote(shard)] = labeller
        if not out:
            return
        (done,), _ = ray.wait(list(out), num_returns=1)
        idle.append(out.pop(done))
        yield _result(ray, done)


def _result(ray: Any, done: Any) -> ShardResult:
    try:
        result: ShardResult = ray.get(done)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, HedgerowError):
            raise type(error.cause)(str(error.cause)) from None
        raise
    except ray.exceptions.RayActorError as error:
        raise RunError(f"an actor died {RETRIES + 1} times ({_short(error)}); the same command resumes") from None
    return result


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
