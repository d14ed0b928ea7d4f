"""Prefetching: the next batch is read and tokenised in a thread while the network works on the one before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def prefetch_map(work: Callable[[Item], Result], items: Iterable[Item], prefetch: int) -> Iterator[Result]:
    """Return `map(work, items)`, in order, with `prefetch` more items begun than were asked for, each in a thread.

    If `items` raises, the results of the items before are still yielded.
    """
    if not prefetch:
        yield from map(work, items)
        return
    from concurrent.futures import Future, ThreadPoolExecutor  # a model without prefetching starts faster

    begun: deque[Future[Result]] = deque()
    error: BaseException | None = None
    source = iter(items)
    with ThreadPoolExecutor(prefetch + 1) as pool:
        while error is None:
            try:
                begun.append(pool.submit(work, next(source)))
            except StopIteration:
                break
            except Exception as raised:
                error = raised
            if len(begun) > prefetch:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    if error is not None:
        raise error
