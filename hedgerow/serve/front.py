"""What every request passes: an id, checks of who asks, limits, security headers, a line of log without texts."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
import traceback
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hedgerow.serve.access import HEALTH, LOGIN, check_host, check_origin, check_token
from hedgerow.serve.bodies import Gate, limited, stated_size
from hedgerow.serve.json_log import log
from hedgerow.serve.problems import ApiError
from hedgerow.serve.refusals import refused, wants_page
from hedgerow.serve.settings import Settings

STREAM = "/v1/label/stream"
BROUGHT_BACK = frozenset({"/download", "/corrections/labelled"})  # a page sends the labelled rows that it was given
STREAM_BYTES = 2**20  # of a stream that wait at a time, about
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        headers = Headers(scope=scope)
        asked = headers.get("x-request-id", "")
        request_id = scope["request_id"] = asked if _ID.fullmatch(asked) else secrets.token_hex(8)
        told: dict[str, Any] = {}
        scope["told"] = told
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                answer["X-Request-ID"] = request_id
                for name, value in _HEADERS.items():
                    answer.setdefault(name, value)
            async with asyncio.timeout(self._settings.times.idle):
                await send(message)  # waits if the client does not read

        try:
            await self._pass(scope, receive, send_on, headers)
        except Exception as error:
            if not status:  # else the answer has begun, and uvicorn breaks it off
                await self._refusal(error, headers, scope)(scope, receive, send_on)
            if not isinstance(error, ApiError):
                log("error", "failed", request_id=request_id, error=type(error).__name__, at=_places(error))
        finally:
            seconds = round(time.monotonic() - started, 4)
            told |= {"method": scope["method"], "path": _path(scope), "status": status, "seconds": seconds}
            log("info", "request", request_id=request_id, **told)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Pass on a request that may be answered; raise ApiError for another."""
        path, method = scope["path"], scope["method"]
        if path in HEALTH:
            await self._app(scope, receive, send)
            return
        check_host(self._settings, headers.get("host"))
        check_origin(self._settings, method, headers)
        check_token(self._settings, path, method, headers)
        capacity = self._settings.capacity
        limit = capacity.labelled_bytes if path in BROUGHT_BACK else capacity.body_bytes
        size = stated_size(headers, limit)
        if path == STREAM:
            with self._gate.entered(size if "content-length" in headers else STREAM_BYTES):
                await self._app(scope, receive, send)
            return
        body = limited(receive, limit, self._settings.times.body)
        if method in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, body, send)
            return
        with self._gate.entered(size):
            await self._app(scope, body, send)

    def _refusal(self, error: Exception, headers: Headers, scope: Scope) -> Response:
        """Return the answer of a request that failed, or was not let in: people are led to the form for the token."""
        if not isinstance(error, ApiError):
            error = ApiError(500, "the server failed; its log has the request id")
        if error.status_code == 401 and wants_page(scope, headers):
            return RedirectResponse(LOGIN, 303)
        return refused(error, scope, headers)


def _path(scope: Scope) -> str:
    """Return the path of the route: what was asked for may hold anything."""
    return str(getattr(scope.get("route"), "path", None) or "(none)")


def _places(error: Exception) -> list[str]:
    """Return where an error was raised, without its message, which may quote a text."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
