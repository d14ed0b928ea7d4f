"""A connection as uvicorn keeps it, with two things more: it ends if nobody reads, and its own errors are JSON."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from hedgerow.serve.problems import ApiError, error_response


class Connection(H11Protocol):
    """One connection of a client; it is broken off if the client takes nothing for the `idle` seconds of the server."""

    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin: nothing more is written before the client has taken what was."""
        transport.set_write_buffer_limits(0)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._read_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for the client to take what was written, but not for ever."""
        super().pause_writing()
        app: Any = self.config.app
        self._unread = self.loop.call_later(app.state.settings.times.idle, self.transport.abort)

    def resume_writing(self) -> None:
        """Write again."""
        self._read_on()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, in the shape of all errors; break off if an answer has begun."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()
            return
        request_id = secrets.token_hex(8)
        answer = error_response(ApiError(400, msg, headers={"Connection": "close"}), request_id)
        headers = [*answer.raw_headers, (b"x-request-id", request_id.encode()), (b"cache-control", b"no-store")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=bytes(answer.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _read_on(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
