"""Errors as answers: one shape for all of them, with a code for programs and a message for people."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.responses import Response

from hedgerow.labelling.options import Options

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "unsupported_type",
    422: "invalid",
    499: "client_gone",
    500: "internal",
    503: "busy",
    504: "timeout",
}
_MAX_MESSAGE = 400  # characters
_MAX_FIELD = 100
_FLAG = re.compile(r"--([a-z]+(?:-[a-z]+)*)")
_NAMES = {field.alias or name for name, field in Options.model_fields.items()}


class ApiError(HTTPException):
    """An error that the client is told: its status, a message, the field that is wrong, more headers."""

    def __init__(
        self, status: int, message: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Make the error; a message that quotes too much of what was sent loses its middle."""
        super().__init__(status, shortened(message), dict(headers or {}))
        self.field = None if field is None else shortened(field, _MAX_FIELD)


def shortened(text: str, most: int = _MAX_MESSAGE) -> str:
    """Return a text without its middle if it is longer than `most`: at its end a message says what to do."""
    half = most // 2
    return text if len(text) <= most else f"{text[:half]} … {text[-half:]}"


def busy(message: str, seconds: int = 1) -> ApiError:
    """Return the error of a server that has no room; the client may ask again after some seconds."""
    return ApiError(503, message, headers={"Retry-After": str(seconds)})


def invalid(message: str, field: str | None = None) -> ApiError:
    """Return the error of a request that cannot be answered as it is."""
    return ApiError(422, for_api(message), field=field)


def for_api(message: str) -> str:
    """Return a message of the command line with its options as the API has them: `text_field` for `--text-field`.

    The limits of the server are not the client's to change.
    """
    message = message.replace("raise --max-bytes, or unpack it first", "send a smaller file")

    def named(flag: re.Match[str]) -> str:
        name = flag[1].replace("-", "_")
        return f"option {name}" if name in _NAMES else flag[0]

    return _FLAG.sub(named, message)


def error_told(error: ApiError) -> dict[str, str]:
    """Return what the client is told of an error."""
    told = {"code": CODES.get(error.status_code, "error"), "message": error.detail}
    return told if error.field is None else told | {"field": error.field}


def error_response(error: ApiError, request_id: str) -> Response:
    """Return the answer of an error, in ASCII: a message may quote a lone surrogate."""
    content = json.dumps({"error": error_told(error), "request_id": request_id})
    return Response(content, error.status_code, error.headers, "application/json")


def as_api_error(error: Exception) -> ApiError:
    """Return any error of a request as one that the client is told."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, HTTPException):
        return ApiError(error.status_code, f"{error.detail}; see /openapi.json", headers=error.headers)
    return invalid(str(error))
