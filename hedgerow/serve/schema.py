"""What the OpenAPI document says about bodies and answers that the routes read and write by themselves."""

from __future__ import annotations

from typing import Any

from hedgerow.labelling.options import Options
from hedgerow.labels import AXES, SpanType
from hedgerow.serve.asked import FILE_OPTIONS, ROW_OPTIONS, Asked

_JSON, _LINES = "application/json", "application/x-ndjson"
_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "integer"}


def _object(properties: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {"type": "object", "properties": properties} | ({"description": description} if description else {})


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _option(name: str) -> dict[str, Any]:
    """Return an option of `hedgerow label` as a field of a form or of a query: its type and what it means."""
    if name == "model":
        return {"type": "string", "description": "A name that /v1/models lists; by default the first one."}
    schema: dict[str, Any] = Options.model_json_schema(by_alias=True)["properties"][name]
    kept = {key: schema[key] for key in ("type", "description", "default") if key in schema}
    return {"type": "string"} | {key: value for key, value in kept.items() if value is not None}


def _labels() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for axis, labels in AXES.items():
        found[axis] = {"type": ["string", "null"], "enum": [*map(str, labels), None]}
        found[f"{axis}_scores"] = _object({str(label): {"type": "number"} for label in labels})
    return found


_SPAN = _object(
    {
        "start": _NUMBER,
        "end": _NUMBER,
        "type": {"type": "string", "enum": [*map(str, SpanType)]},
        "text": _TEXT,
        "score": {"type": "number"},
    }
)
ROW = _object(
    {"doc": _TEXT, "id": {}, "index": _NUMBER, "start": _NUMBER, "end": _NUMBER, "text": _TEXT}
    | _labels()
    | {"spans": _list(_SPAN), "speaker": _TEXT, "read_to": _NUMBER, "time": {"type": "number"}}
    | {"row": _object({}), "explanation": _object({})},
    "A labelled sentence: the row of every output. Offsets are code points, end exclusive.",
)
REJECTED = _object(
    {"file": _TEXT, "line": _NUMBER, "row": _NUMBER, "byte": _NUMBER, "rows": _NUMBER, "reason": _TEXT},
    "A row that cannot be labelled, where it is, and why.",
)
ERROR = _object(
    {"error": _object({"code": _TEXT, "message": _TEXT, "field": _TEXT}), "request_id": _TEXT},
    "Every error has this shape.",
)
ANSWER = _object({"model": _TEXT, "sentences": _list(ROW), "rejected": _list(REJECTED), "skipped": _NUMBER})


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the document says about these errors."""
    known = {
        "400": "Broken HTTP or a broken form, or a name that is not the server's.",
        "401": "A token is needed.",
        "403": "A page of another site asked.",
        "408": "The body came too slowly.",
        "413": "Too large.",
        "415": "A type that cannot be read.",
        "422": "Something in the request is wrong; `field` says what.",
        "503": "No room; ask again after the seconds of Retry-After.",
        "504": "No answer in time.",
    }
    content = {_JSON: {"schema": ERROR}}
    return {str(status): {"description": known[str(status)], "content": content} for status in statuses}


LABEL: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {"schema": Asked.model_json_schema(), "example": {"text": "He reportedly may resign."}},
            "multipart/form-data": {
                "schema": _object(
                    {"file": {"type": "string", "format": "binary"}}
                    | {name: _option(name) for name in FILE_OPTIONS}
                    | {"explain": {"type": "boolean", "default": False}}
                )
                | {"required": ["file"]}
            },
        },
    },
    "responses": {"200": {"description": "The labelled sentences.", "content": {_JSON: {"schema": ANSWER}}}}
    | errors(400, 401, 403, 408, 413, 415, 422, 503, 504),
}
STREAM: dict[str, Any] = {
    "parameters": [{"name": name, "in": "query", "required": False, "schema": _option(name)} for name in ROW_OPTIONS],
    "requestBody": {
        "required": True,
        "content": {_LINES: {"schema": _TEXT, "example": '{"id": 1, "text": "He may resign."}\n'}},
    },
    "responses": {
        "200": {
            "description": 'Rows in the order of the lines; a line that is rejected gives {"rejected": {...}}. If the '
            'work ends early, because nothing comes (408) or the server stops (503), the last row is {"error": {...}}.',
            "content": {_LINES: {"schema": ROW}},
        }
    }
    | errors(400, 401, 403, 413, 415, 422, 503),
}
