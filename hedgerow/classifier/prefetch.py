"""Work handed over ahead of time: a window is read and cut into tokens while the one before is in the network."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


def mapped_ahead(work: Callable[[Given], Made], given: Iterable[Given], ahead: int) -> Iterator[Made]:
    """`map(work, given)`, in order, but with `ahead` more of them begun than are asked for, each in a thread.

    Where `given` raises, what came before it is still yielded.
    """
    if not ahead:
        yield from map(work, given)
        return
    from concurrent.futures import Future, ThreadPoolExecutor  # a model that does not need it starts faster

    begun: deque[Future[Made]] = deque()
    fault: BaseException | None = None
    source = iter(given)
    with ThreadPoolExecutor(ahead + 1) as pool:
        while fault is None:
            try:
                begun.append(pool.submit(work, next(source)))
            except StopIteration:
                break
            except Exception as error:
                fault = error
            if len(begun) > ahead:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    if fault is not None:
        raise fault
