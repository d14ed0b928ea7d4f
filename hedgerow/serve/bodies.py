"""Bodies of requests: counted and timed while they arrive, so that nothing too large or too slow is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from starlette.types import Message, Receive

from hedgerow.serve.problems import ApiError, busy
from hedgerow.serve.settings import Capacity

_CLOSE = {"Connection": "close"}  # the rest of the body is not read


class Gate:
    """Lets in as many requests as the server has room for; the others are told to come again."""

    def __init__(self, capacity: Capacity) -> None:
        """Make the gate of a server where nobody is."""
        self._capacity = capacity
        self._requests = 0
        self._bytes = 0

    @contextmanager
    def entered(self, size: int) -> Iterator[None]:
        """Let in a request with a body of `size` bytes; raise ApiError if there is no room."""
        if self._requests >= self._capacity.requests or self._bytes + size > self._capacity.waiting_bytes:
            raise busy(f"{self._requests} requests are being answered, which is all there is room for; ask again")
        self._requests += 1
        self._bytes += size
        try:
            yield
        finally:
            self._requests -= 1
            self._bytes -= size


def stated_size(headers: Mapping[str, str], limit: int) -> int:
    """Return how many bytes a body may have: as it says, or the limit; raise ApiError if it says more."""
    length = headers.get("content-length")
    if length is None:
        return limit if "transfer-encoding" in headers else 0
    size = int(length) if length.isdecimal() else 0
    if size > limit:
        raise _too_large(limit)
    return size


def limited(receive: Receive, limit: int, seconds: float) -> Receive:
    """Return what receives a body of at most `limit` bytes within some seconds; it raises ApiError for another."""
    until = asyncio.get_running_loop().time() + seconds
    got = 0
    is_whole = False

    async def receive_limited() -> Message:
        nonlocal got, is_whole
        if is_whole:
            return await receive()  # waits for the client to go
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise ApiError(408, f"the body took over {seconds:g} seconds", headers=_CLOSE) from None
        if message["type"] == "http.request":
            got += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
        if got > limit:
            raise _too_large(limit)
        return message

    return receive_limited


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"over {limit:,} bytes; send less at a time, or use /v1/label/stream", headers=_CLOSE)
