"""The lines of a body that is still arriving, in groups: those that have come since the last group.

A task receives the body. Of a body without a stated size it holds a few pieces, and the client waits; one with a stated
size, which is limited, is received at once, because such clients send all of it before they read.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.types import Receive

from hedgerow.serve.problems import ApiError

MAX_LINE = 2**20  # bytes of a line of a stream
_PIECES = 4  # of some 64 kB, which wait to be labelled


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line that is not blank: its number from 1, its first byte, its content without the line end, or too long."""

    number: int
    offset: int
    raw: bytes
    is_too_long: bool = False


class BodyLines:
    """The lines of a body, as they come.

    Parameters
    ----------
    receive : Receive
        Gives the pieces of the body.
    is_stated : bool
        Whether the size of the body is known, and so within the limit.
    seconds : float
        How long to wait for the next piece.
    """

    def __init__(self, receive: Receive, *, is_stated: bool, seconds: float) -> None:
        self._receive = receive
        self._seconds = seconds
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(0 if is_stated else _PIECES)
        self._rest = b""  # the beginning of a line whose end has not come
        self._skipped = 0  # bytes of a line that is too long
        self._number = 0
        self._offset = 0
        self._is_whole = False
        self._is_ended = False  # whether no more is wanted
        self.is_gone = False  # whether the client has closed the connection
        self._task = asyncio.create_task(self._receive_all())

    def close(self) -> None:
        """Receive no more."""
        self._task.cancel()

    def end(self) -> None:
        """Take what has come for all of the body, unless its size is stated: then the rest is on its way."""
        if self._pieces.maxsize:
            self._is_ended = True
            if self._pieces.empty():
                self._pieces.put_nowait(None)

    @property
    def was_cut(self) -> bool:
        """Whether the body was taken for whole before its end."""
        return self._is_ended

    async def next_group(self) -> list[SentLine]:
        """Return the lines that have come, at least one; none if the body has ended or the client has gone.

        Raises ApiError if nothing comes for too long.
        """
        lines: list[SentLine] = []
        while not lines and not self._is_whole and not self.is_gone:
            if self._is_ended and self._pieces.empty():
                break
            try:
                async with asyncio.timeout(self._seconds):
                    piece = await self._pieces.get()
            except TimeoutError:
                raise ApiError(408, f"nothing came for {self._seconds:g} seconds") from None
            lines = self._split(piece)
        return [] if self.is_gone else lines

    def _split(self, piece: bytes | None) -> list[SentLine]:
        """Return the lines that end in a piece, or in the end of the body, which is None."""
        self._is_whole = piece is None
        if piece is None and self._is_ended:
            return []  # a line whose end has not come is not answered
        ended = (self._rest + (b"\n" if piece is None else piece)).split(b"\n")
        self._rest = ended.pop()
        lines = [line for raw in ended if (line := self._line(raw)) is not None]
        if len(self._rest) > MAX_LINE:
            self._skipped += len(self._rest) - MAX_LINE
            self._rest = self._rest[:MAX_LINE]
        return lines

    def _line(self, raw: bytes) -> SentLine | None:
        self._number += 1
        offset, size = self._offset, len(raw) + self._skipped
        self._offset += size + 1
        self._skipped = 0
        content = raw.rstrip(b"\r").removeprefix(b"\xef\xbb\xbf")
        if not content.strip():
            return None
        return SentLine(self._number, offset, content[:MAX_LINE], size > MAX_LINE)

    async def _receive_all(self) -> None:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.is_gone = True
                break
            more = message.get("more_body", False)
            if body := message.get("body", b""):
                await self._pieces.put(body)
        await self._pieces.put(None)
