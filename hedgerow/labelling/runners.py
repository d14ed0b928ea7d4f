"""Runners: who labels the shards. Each gets a job and the shards that are left, and yields what came of them.

All call the same function on the same shards, so who did the work does not show in what comes out.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from hedgerow.classifier import Classifier, load
from hedgerow.errors import RunError
from hedgerow.labelling.manifest import ShardResult
from hedgerow.labelling.shard_labelling import Run, label_shard
from hedgerow.labelling.shards import Shard
from hedgerow.labelling.stream import Counts

Runner = Callable[[Run, Sequence[Shard]], Iterator[ShardResult]]
DEATHS = 3  # times in a row that workers may die without a shard done, before the run is given up


def in_process(classifier: Classifier, counts: Counts | None = None) -> Runner:
    """One shard after the other, here."""

    def run(job: Run, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        for shard in shards:
            yield label_shard(classifier, job, shard, counts)

    return run


def in_processes(workers: int) -> Runner:
    """Several processes on this machine, each with a model of its own and its share of the cores.

    A worker that is killed (by the system, where memory runs out) costs its shard's time: a new pool does it again.
    """

    def run(job: Run, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        waiting, deaths = deque(shards), 0
        while waiting:
            try:
                for record in _pool(job, waiting, workers):
                    deaths = 0
                    yield record
            except BrokenProcessPool:
                deaths += 1
                if deaths == DEATHS:
                    raise RunError(
                        f"workers were killed {DEATHS} times (perhaps memory runs out: use fewer);"
                        " the same command goes on"
                    ) from None

    return run


def threads_each(workers: int) -> int:
    """The threads of each worker's sums, so that together they are as many as the cores."""
    return max(1, (os.cpu_count() or 1) // workers)


def _pool(job: Run, waiting: deque[Shard], workers: int) -> Iterator[ShardResult]:
    """Label what is waiting; what a broken pool had at hand is waiting again. At most two shards a worker are out."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        min(workers, len(waiting)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
        initargs=(job, threads_each(workers)),
    )
    out: dict[Future[ShardResult], Shard] = {}
    try:
        while waiting or out:
            while waiting and len(out) < 2 * workers:
                out[pool.submit(_label, waiting[0])] = waiting[0]
                waiting.popleft()
            for done in wait(out, return_when=FIRST_COMPLETED).done:
                record = done.result()
                del out[done]
                yield record
    finally:
        waiting.extendleft(sorted(out.values(), key=lambda shard: -shard.number))
        if out:  # stopped in the middle: what the workers have at hand is not waited for
            for worker in set(multiprocessing.active_children()) - before:
                worker.terminate()
        pool.shutdown(cancel_futures=True)


class _Worker:
    """What a process keeps between shards."""

    job: Run
    classifier: Classifier


def _begin_worker(job: Run, threads: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Worker.job, _Worker.classifier = job, load(job.model, threads=threads)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _label(shard: Shard) -> ShardResult:
    return label_shard(_Worker.classifier, _Worker.job, shard)
