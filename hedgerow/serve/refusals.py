"""Errors as answers: JSON for programs, a page for people."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from hedgerow.errors import HedgerowError
from hedgerow.serve.pages.plain import error_page
from hedgerow.serve.problems import ApiError, as_api_error, error_response


def answer_errors(app: FastAPI) -> None:
    """Let the app answer its errors in the one shape."""

    async def answer(request: Request, error: Exception) -> Response:
        return refused(as_api_error(error), request.scope, request.headers)

    for kind in (ApiError, HTTPException, HedgerowError):
        app.add_exception_handler(kind, answer)


def refused(error: ApiError, scope: Scope, headers: Headers) -> Response:
    """Return the answer of an error."""
    request_id = scope.get("request_id", "")
    if wants_page(scope, headers):
        return error_page(error.status_code, error.detail, request_id, dict(error.headers or {}))
    return error_response(error, request_id)


def wants_page(scope: Scope, headers: Headers) -> bool:
    """Return whether a browser asks for a page, rather than a program or a script for data."""
    return "text/html" in headers.get("accept", "") and not scope["path"].startswith("/v1/")
