"""The page of the API, made from its OpenAPI document: no script, and no file of another server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from hedgerow.report.markup import Element, add
from hedgerow.serve.pages.frame import Outline, frame
from hedgerow.serve.pages.text_routes import links

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def show_api(request: Request) -> Response:
    """Show the API."""
    document: Mapping[str, Any] = request.app.openapi()
    page = frame(Outline("The API of hedgerow", links(request)))
    page.main.set("class", "s-api")
    main = page.main
    text = add(main, "p", f"Version {document['info']['version']}. The same for programs: ")
    add(text, "a", "openapi.json", href="/openapi.json")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _add_operation(main, f"{method.upper()} {path}", operation)
    return page.answer()


def _add_operation(main: Element, title: str, operation: Mapping[str, Any]) -> None:
    add(main, "h2", title)
    add(main, "p", operation.get("description") or operation.get("summary"))
    parameters = {one["name"]: one["schema"] for one in operation.get("parameters", ())}
    _add_fields(main, "Query", parameters)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        _add_content(main, f"Body: {kind}", content)
    add(main, "h3", "Answers")
    answers = add(main, "dl")
    for status, answer in operation["responses"].items():
        add(answers, "dt", status)
        add(answers, "dd", answer["description"])
    for kind, content in operation["responses"].get("200", {}).get("content", {}).items():
        _add_content(main, f"Answer: {kind}", content)


def _add_content(main: Element, title: str, content: Mapping[str, Any]) -> None:
    _add_fields(main, title, content.get("schema", {}).get("properties", {}))
    if "example" in content:
        example = content["example"]
        text = example if isinstance(example, str) else json.dumps(example, indent=1)
        add(main, "pre", text, tabindex=0)


def _add_fields(main: Element, title: str, fields: Mapping[str, Any]) -> None:
    if not fields:
        return
    add(main, "h3", title)
    entries = add(main, "dl")
    for name, schema in fields.items():
        add(entries, "dt", name)
        add(entries, "dd", f"{_type(schema)}. {schema.get('description', '')}")


def _type(schema: Mapping[str, Any]) -> str:
    """Return the type of a field: `array of object (doc, index)`, `string or null (certain, probable)`."""
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    kind = schema.get("type", "any value")
    named = " or ".join(kind) if isinstance(kind, list) else kind
    if "items" in schema:
        return f"{named} of {_type(schema['items'])}"
    inner = schema.get("enum") or list(schema.get("properties", ()))
    return f"{named} ({', '.join(map(str, inner))})" if inner else named
