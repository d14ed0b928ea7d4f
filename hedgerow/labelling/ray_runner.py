"""Ray: shards to actors on one machine or many, each of which holds a model.

The machines share a file system, on which inputs and the run's folder lie under the same paths. An actor that dies is
started anew and does its shard again; that a shard may be done twice does no harm, for it ends in the same bytes. One
logical CPU is left free: where actors hold all of them, Ray's own work may wait for ever.
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
from hedgerow.labelling.runners import Runner
from hedgerow.labelling.shard_labelling import Run, label_shard
from hedgerow.labelling.shards import Shard

RETRIES = 5  # times that a shard whose actor died is begun again


def in_ray(workers: int | None = None, address: str | None = None) -> Runner:
    """Actors on the cluster at `address` ("auto" finds one), by default on this machine alone.

    `workers` of them, by default one less than there are logical CPUs.
    """
    ray = library("ray", needed_for="--runner ray", extra="ray")

    def run(job: Run, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        _connect(ray, workers, address)
        try:
            free = int(ray.cluster_resources().get("CPU", 1)) - 1
            count = max(1, min(workers or free, free, len(shards)))
            yield from _label(ray, _everywhere(job), shards, count)
        finally:
            ray.shutdown()

    return run


def _connect(ray: Any, workers: int | None, address: str | None) -> None:
    cpus = os.cpu_count() or 1 if workers is None else workers + 1
    where: dict[str, Any] = {"address": address}
    if address is None:
        # By its name, or a cluster that someone else began here would be taken.
        where = {"address": "local", "num_cpus": max(cpus, 2), "include_dashboard": False}
    try:
        ray.init(**where, log_to_driver=False, logging_level="ERROR")
    except Exception as error:  # Ray raises bare ones
        reason = " ".join(str(error).split())[:300]
        raise RunError(f"Ray did not start ({reason}); try again, or leave out --runner ray") from None


def _everywhere(job: Run) -> Run:
    """The job with whole paths: an actor stands in another folder."""
    inputs = tuple(replace(given, path=given.path.absolute()) for given in job.inputs)
    model = str(Path(job.model).absolute()) if Path(job.model).is_dir() else job.model
    return replace(job, folder=job.folder.absolute(), inputs=inputs, model=model)


class Labeller:
    """An actor: a model, loaded once, that labels shards."""

    def __init__(self, job: Run) -> None:
        self._job = job
        self._classifier = load(job.model, threads=1)

    def label(self, shard: Shard) -> ShardResult:
        return label_shard(self._classifier, self._job, shard)


def _label(ray: Any, job: Run, shards: Sequence[Shard], count: int) -> Iterator[ShardResult]:
    actor = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=RETRIES)(Labeller)
    idle = [actor.remote(job) for _ in range(count)]
    out: dict[Any, Any] = {}
    left = iter(shards)
    while True:
        while idle and (shard := next(left, None)) is not None:
            labeller = idle.pop()
            out[labeller.label.remote(shard)] = labeller
        if not out:
            return
        (done,), _ = ray.wait(list(out), num_returns=1)
        idle.append(out.pop(done))
        yield _result(ray, done)


def _result(ray: Any, done: Any) -> ShardResult:
    try:
        record: ShardResult = ray.get(done)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, HedgerowError):
            raise type(error.cause)(str(error.cause)) from None
        raise
    except ray.exceptions.RayActorError as error:
        reason = " ".join(str(error).split())[:300]
        raise RunError(f"an actor died {RETRIES + 1} times ({reason}); the same command goes on") from None
    return record
