"""Time several ways to label the same texts in turns, so that other work on the machine meets all of them alike.

Each way has a number of threads, and as many cores: all threads of the process, those of libraries too, are kept on
them where the system allows it (Linux). Beside the seconds on the clock stand processor seconds of all threads, which
other work changes less.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

TASKS = Path("/proc/self/task")  # Linux: a folder for each thread
WARM_UP = 16  # texts


@dataclass(frozen=True, slots=True)
class Way:
    """A way to label texts, on `threads` threads."""

    name: str
    threads: int
    label: Callable[[Sequence[str]], object]


@dataclass(frozen=True, slots=True)
class Timing:
    """The seconds of every round of one way over `texts` texts."""

    way: Way
    texts: int
    seconds: list[float] = field(default_factory=list)
    processor_seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Texts per second, in the median round."""
        return self.texts / statistics.median(self.seconds)

    @property
    def processor_rate(self) -> float:
        """Texts per processor second, in the median round."""
        return self.texts / statistics.median(self.processor_seconds)

    def times(self, other: Timing) -> list[float]:
        """Return how many times as fast as `other` it is: the median of the rounds, the least and the most."""
        ratios = [theirs / ours for ours, theirs in zip(self.seconds, other.seconds, strict=True)]
        return [round(figure, 2) for figure in (statistics.median(ratios), min(ratios), max(ratios))]


def take_turns(ways: Sequence[Way], texts: Sequence[str], rounds: int) -> list[Timing]:
    """Return one timing per way: in every round each labels all `texts`, after some that are not counted."""
    for way in ways:
        with on_cores(way.threads):
            way.label(texts[:WARM_UP])
    timings = [Timing(way, len(texts)) for way in ways]
    for _ in range(rounds):
        for timing in timings:
            with on_cores(timing.way.threads):
                started, processor_started = time.perf_counter(), time.process_time()
                timing.way.label(texts)
                timing.seconds.append(time.perf_counter() - started)
                timing.processor_seconds.append(time.process_time() - processor_started)
    return timings


def median_seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median seconds of `work`."""
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Keep all threads of this process on `count` of its cores, and numpy's products on as many threads."""
    from threadpoolctl import threadpool_limits

    usable = os.sched_getaffinity(0) if TASKS.exists() else set()
    _keep_threads_on(set(sorted(usable)[:count]))
    try:
        with threadpool_limits(limits=count):
            yield
    finally:
        _keep_threads_on(usable)


def _keep_threads_on(cores: set[int]) -> None:
    """Keep the threads there are on `cores`; new ones inherit it. No cores: the system cannot restrict them."""
    for task in TASKS.iterdir() if cores else ():
        with suppress(ProcessLookupError):  # a thread that has ended since
            os.sched_setaffinity(int(task.name), cores)
