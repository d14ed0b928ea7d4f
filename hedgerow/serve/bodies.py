"""Bodies of requests: counted and timed while they arrive, so that nothing too large or too slow is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from starlette.types import Message, Receive

from hedgerow.serve.problems import ApiError, busy
from hedgerow.serve.settings import Capacity

_CLOSE = {"Connection": "close"}  # the rest of the body is not read
# Of a body that is refused so much is read and thrown away: most clients send all of it before they read the answer.
_DRAINED_BYTES = 100 * 2**20
_DRAINED_SECONDS = 5.0
_SILENT_SECONDS = 0.5  # a client that sends nothing for so long waits for the answer


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
    """Return how many bytes a body may have: as it says, or the limit; raise ApiError if it says more.

    A body that comes in chunks and states a length too could have any length: it is refused.
    """
    length = headers.get("content-length")
    if "transfer-encoding" in headers:
        if length is not None:
            raise ApiError(400, "Content-Length and Transfer-Encoding: send one of them", headers=_CLOSE)
        return limit
    size = int(length) if length and length.isdecimal() else 0
    if size > limit:
        raise _too_large(limit)
    return size


class Body:
    """The body of a request, as it comes; `limit` it before it is read."""

    def __init__(self, receive: Receive, headers: Mapping[str, str]) -> None:
        """Take what receives the body."""
        self._receive = receive
        self._limit: int | None = None
        self._seconds: float | None = None
        self._until: float | None = None
        self._got = 0
        self._is_whole = False
        has_body = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        self._is_sent = has_body and "expect" not in headers  # else the client waits until the body is asked for

    def limit(self, size: int, seconds: float) -> None:
        """Let the body have at most `size` bytes, which come within some seconds."""
        self._limit, self._seconds = size, seconds
        self._until = asyncio.get_running_loop().time() + seconds

    async def receive(self) -> Message:
        """Receive the next piece; raise ApiError if the body is too large or too slow."""
        if self._is_whole:
            return await self._receive()  # waits for the client to go
        self._is_sent = True
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._next()
        except TimeoutError:
            self._is_sent = False
            raise ApiError(408, f"the body took over {self._seconds:g} seconds", headers=_CLOSE) from None
        if self._limit is not None and self._got > self._limit:
            raise _too_large(self._limit)
        return message

    async def drain(self) -> None:
        """Throw away what still comes, for a bounded time: an answer is lost if the connection is closed before."""
        most = self._got + _DRAINED_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAINED_SECONDS):
                while self._is_sent and not self._is_whole and self._got < most:
                    async with asyncio.timeout(_SILENT_SECONDS):
                        await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self._got += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return message


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"over {limit:,} bytes; send less at a time, or use /v1/label/stream", headers=_CLOSE)
