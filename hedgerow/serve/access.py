"""Who may ask: the Host and Origin of a request, and the token, as a header of programs or a cookie of people."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import cookie_parser

from hedgerow.serve.problems import ApiError
from hedgerow.serve.settings import Settings

COOKIE = "hedgerow"
HEALTH = frozenset({"/healthz", "/readyz"})  # for everybody: they tell nothing
LOGIN = "/login"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = (None, "same-origin", "none")


def check_host(settings: Settings, host: str | None) -> None:
    """Raise ApiError if the server is asked by a name that is not its own: a page may have rebound one (DNS)."""
    name = _host_name(host or "")
    if name not in settings.hosts:
        raise ApiError(400, f"no server of the name {name[:100]!r}; start it with --allow-host NAME")


def check_origin(settings: Settings, method: str, headers: Mapping[str, str]) -> None:
    """Raise ApiError if a page of another site asks for something to be done."""
    if method in _SAFE:
        return
    origin = headers.get("origin")
    if origin is None:
        is_own = headers.get("sec-fetch-site") in _OWN_SITES
    else:
        is_own = origin in settings.allow_origins or _place(origin) == headers.get("host", "").lower()
    if not is_own:
        raise ApiError(403, "a page of another site asked; start the server with --allow-origin to let it")


def check_token(settings: Settings, path: str, method: str, headers: Mapping[str, str]) -> None:
    """Raise ApiError if there is a token, and the request does not know it. Asking what may be asked needs none."""
    if settings.token is None or path in HEALTH or path == LOGIN or method == "OPTIONS":
        return
    kind, _, given = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and _same(given.strip(), settings.token):
        return
    if _same(_cookie(headers), session_value(settings.token)):
        return
    raise ApiError(
        401, "give the token: Authorization: Bearer TOKEN, or log in at /login", headers={"WWW-Authenticate": "Bearer"}
    )


def is_token(settings: Settings, given: str) -> bool:
    """Return whether this is the token."""
    return settings.token is not None and _same(given, settings.token)


def session_value(token: str) -> str:
    """Return what the cookie holds: it is made from the token, and the token cannot be made from it."""
    return hmac.new(token.encode(), b"hedgerow session 1", hashlib.sha256).hexdigest()


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), known.encode())


def _cookie(headers: Mapping[str, str]) -> str:
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def _host_name(host: str) -> str:
    """Return a Host header without its port, in lower case."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def _place(origin: str) -> str | None:
    """Return host and port of an origin, None if it has none."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None
