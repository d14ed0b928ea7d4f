"""What every request passes: an id, checks of who asks, limits, security headers, a line of log without texts."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
import traceback
from collections.abc import Iterator
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hedgerow.serve.access import HEALTH, LOGIN, check_host, check_origin, check_token
from hedgerow.serve.bodies import Body, Gate, stated_size
from hedgerow.serve.json_log import log
from hedgerow.serve.problems import ApiError
from hedgerow.serve.refusals import refused, wants_page
from hedgerow.serve.settings import Settings

STREAM = "/v1/label/stream"
BROUGHT_BACK = frozenset({"/download", "/corrections/labelled"})  # a page sends the labelled rows that it was given
STREAM_BYTES = 2**20  # of a stream that wait at a time, about
LOGIN_BYTES = 4096
LOGIN_SECONDS = 5.0
_PIECE = 2**16  # bytes of an answer that a client takes at a time
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
}


class Front:
    """Stands in front of an application.

    A request's `scope["request_id"]` is its id, and what a handler puts into `scope["told"]` is logged with it.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._gate = Gate(settings.capacity)
        self._answering: ASGIApp = self._answer
        if settings.allow_origins:
            self._answering = CORSMiddleware(
                self._answer,
                allow_origins=settings.allow_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
                expose_headers=["X-Request-ID", "Retry-After"],
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        headers = Headers(scope=scope)
        asked = headers.get("x-request-id", "")
        request_id = scope["request_id"] = asked if _ID.fullmatch(asked) else secrets.token_hex(8)
        told: dict[str, Any] = {"status": 0}
        scope["told"] = told
        body = scope["body"] = Body(receive, headers)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                answer = MutableHeaders(scope=message)
                answer["X-Request-ID"] = request_id
                for name, value in _HEADERS.items():
                    answer.setdefault(name, value)
                if message["status"] >= 400:
                    await body.drain()
            for piece in _pieces(message):
                try:
                    async with asyncio.timeout(self._settings.times.idle):
                        await send(piece)  # waits if the client does not read
                except TimeoutError:
                    raise ClientDisconnect from None

        try:
            await self._answering(scope, body.receive, send_on)
        except ClientDisconnect:
            told["status"] = 499
        finally:
            seconds = round(time.monotonic() - started, 4)
            told |= {"method": scope["method"], "path": _path(scope), "status": told.pop("status"), "seconds": seconds}
            log("info", "request", request_id=request_id, **told)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it; log what failed."""
        headers = Headers(scope=scope)
        try:
            await self._pass(scope, receive, send, headers)
        except ClientDisconnect:
            raise
        except Exception as error:
            if not isinstance(error, ApiError):
                log("error", "failed", request_id=scope["request_id"], error=type(error).__name__, at=_places(error))
            if not scope["told"]["status"]:  # else the answer has begun, and uvicorn breaks it off
                await self._refusal(error, headers, scope)(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Pass on a request that may be answered; raise ApiError for another."""
        path, method = scope["path"], scope["method"]
        if path in HEALTH:
            await self._app(scope, receive, send)
            return
        check_host(self._settings, headers.get("host"))
        check_origin(self._settings, method, headers)
        check_token(self._settings, path, method, headers)
        capacity, body = self._settings.capacity, scope["body"]
        limit, seconds = capacity.body_bytes, self._settings.times.body
        if path in BROUGHT_BACK:
            limit = capacity.labelled_bytes
        if path == LOGIN:  # for everybody: it takes no place from those who have the token
            limit, seconds = LOGIN_BYTES, LOGIN_SECONDS
        size = stated_size(headers, limit)
        if path != STREAM:
            body.limit(limit, seconds)
        elif "content-length" not in headers:
            size = STREAM_BYTES
        if path == LOGIN or method in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        with self._gate.entered(size):
            await self._app(scope, receive, send)

    def _refusal(self, error: Exception, headers: Headers, scope: Scope) -> Response:
        """Return the answer of a request that failed, or was not let in: people are led to the form for the token."""
        if not isinstance(error, ApiError):
            error = ApiError(500, "the server failed; its log has the request id")
        if error.status_code == 401 and wants_page(scope, headers):
            return RedirectResponse(LOGIN, 303)
        return refused(error, scope, headers)


def _pieces(message: Message) -> Iterator[Message]:
    """Yield a message in pieces, so that a client which reads slowly is told from one that does not read.

    After those of a whole answer comes an empty one: it is sent when the client has taken the others.
    """
    content = message.get("body", b"")
    if len(content) <= _PIECE:
        yield message
        return
    for start in range(0, len(content), _PIECE):
        yield {"type": message["type"], "body": content[start : start + _PIECE], "more_body": True}
    if not message.get("more_body", False):
        yield {"type": message["type"], "body": b""}


def _path(scope: Scope) -> str:
    """Return the path of the route: what was asked for may hold anything."""
    return str(getattr(scope.get("route"), "path", None) or "(none)")


def _places(error: Exception) -> list[str]:
    """Return where an error was raised, without its message, which may quote a text."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
