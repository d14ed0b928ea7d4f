"""Runners: who labels the shards of a run. Each takes a run and the shards that are left, and yields their results.

All call the same function on the same shards, so the output does not show who did the work.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from hedgerow.classifier import Classifier, load
from hedgerow.errors import RunError
from hedgerow.labelling.counts import Counts
from hedgerow.labelling.manifest import ShardResult
from hedgerow.labelling.shard_work import Run, label_shard
from hedgerow.labelling.shards import Shard

_TOLD = 4  # numbers that a worker tells: documents, sentences, rejected and skipped rows
_TELL_SECONDS = 0.25
MAX_DEATHS = 3  # times in a row that workers may die without a finished shard before the run is given up


class Runner(Protocol):
    """Labels shards and yields their results, in any order."""

    def __call__(self, run: Run, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        """Label `shards` of `run`."""
        ...


class LocalRunner:
    """One shard after the other, in this process; `counts` follow along within a shard."""

    def __init__(self, classifier: Classifier, counts: Counts | None = None) -> None:
        self._classifier = classifier
        self._counts = counts

    def __call__(self, run: Run, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        """Label `shards` of `run`."""
        for shard in shards:
            yield label_shard(self._classifier, run, shard, self._counts)


class ProcessRunner:
    """Several processes on this machine, each with its own model and its share of the cores.

    If a worker is killed (by the system, if memory runs out), its shard is labelled again in a new pool.
    """

    def __init__(self, workers: int, counts: Counts | None = None) -> None:
        self._workers = workers
        self._counts = counts or Counts()

    def __call__(self, run: Run, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        """Label `shards` of `run`; raise RunError if workers die several times in a row."""
        waiting = deque(shards)
        deaths = 0
        while waiting:
            try:
                for result in _run_pool(run, waiting, self._workers, self._counts):
                    deaths = 0
                    yield result
            except BrokenProcessPool:
                deaths += 1
                if deaths == MAX_DEATHS:
                    raise RunError(
                        f"workers were killed {MAX_DEATHS} times (perhaps memory ran out: use fewer);"
                        " the same command resumes"
                    ) from None


def threads_per_worker(workers: int) -> int:
    """Return the number of threads for each worker, so that together they use every core once."""
    return max(1, (os.cpu_count() or 1) // workers)


class _Tally:
    """Counts that workers share with their parent: each worker has a row, in which it says how far it is."""

    def __init__(self, context: Any, workers: int) -> None:
        self._rows = context.Array("Q", _TOLD * workers, lock=False)
        self._taken = context.Value("i", 0)

    def tell(self, counts: Counts) -> None:
        """Copy the counts of this worker to its row, now and then, for ever."""
        with self._taken.get_lock():
            row = self._taken.value * _TOLD
            self._taken.value += 1
        while True:
            self._rows[row : row + _TOLD] = [counts.documents, counts.sentences, counts.rejected, counts.skipped]
            time.sleep(_TELL_SECONDS)

    def sum_to(self, counts: Counts, before: Sequence[int]) -> None:
        """Set `counts` to what all workers have done, and what was done `before`."""
        sums = [sum(self._rows[at::_TOLD]) + before[at] for at in range(_TOLD)]
        counts.documents, counts.sentences, counts.rejected, counts.skipped = sums


def _run_pool(run: Run, waiting: deque[Shard], workers: int, counts: Counts) -> Iterator[ShardResult]:
    """Label the waiting shards; if the pool breaks, its unfinished shards are put back. Two per worker are out."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    threads, workers = threads_per_worker(workers), min(workers, len(waiting))
    tally, before = _Tally(context, workers), (counts.documents, counts.sentences, counts.rejected, counts.skipped)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(run, threads, tally))
    out: dict[Future[ShardResult], Shard] = {}
    try:
        while waiting or out:
            while waiting and len(out) < 2 * workers:
                out[pool.submit(_label, waiting[0])] = waiting[0]
                waiting.popleft()
            finished = wait(out, timeout=_TELL_SECONDS, return_when=FIRST_COMPLETED).done
            tally.sum_to(counts, before)
            for done in finished:
                result = done.result()
                del out[done]
                yield result
    finally:
        waiting.extendleft(sorted(out.values(), key=lambda shard: -shard.number))
        if out:  # stopped in the middle: do not wait for the shards at work
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
        pool.shutdown(cancel_futures=True)


class _Worker:
    """What a worker process keeps between shards."""

    run: Run
    classifier: Classifier
    counts: Counts


def _start_worker(run: Run, threads: int, tally: _Tally) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Worker.run, _Worker.counts = run, Counts()
    threading.Thread(target=tally.tell, args=(_Worker.counts,), daemon=True).start()
    _Worker.classifier = load(run.options.model, threads=threads)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _label(shard: Shard) -> ShardResult:
    return label_shard(_Worker.classifier, _Worker.run, shard, _Worker.counts)
