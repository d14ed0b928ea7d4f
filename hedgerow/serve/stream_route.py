"""`POST /v1/label/stream`: rows of JSON in, labelled rows out, a group of lines at a time.

A group is the lines that have come: a client that waits for an answer gets it at once, and one that sends much is
answered in batches. The rows of a group are sent before the next one is labelled, so that neither side fills the
memory of the other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hedgerow.labelling.options import Options
from hedgerow.serve.asked import ROW_OPTIONS, read_options
from hedgerow.serve.body_lines import BodyLines, SentLine
from hedgerow.serve.desk import Desk
from hedgerow.serve.line_groups import label_group
from hedgerow.serve.pages.sheets import Corrected
from hedgerow.serve.problems import ApiError, error_told
from hedgerow.serve.schema import STREAM
from hedgerow.serve.shared_queue import Ticket

router = APIRouter(prefix="/v1", tags=["label"])
LINES = "application/x-ndjson"
_TYPES = {LINES, "application/jsonl", "application/jsonlines", "application/x-jsonlines"}


@router.post("/label/stream", openapi_extra=STREAM)
async def label_stream(request: Request) -> Response:
    """Label rows of JSON, one a line, while they come."""
    desk: Desk = request.app.state.desk
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise ApiError(415, f"send {LINES}: one JSON object a line", headers={"Connection": "close"})
    corrected: Corrected | None = request.app.state.corrected
    if corrected is not None and corrected.is_blind:
        message = "labels are hidden until a person has given theirs (--blind)"
        raise ApiError(403, message, headers={"Connection": "close"})
    options, _ = read_options(request.query_params, ROW_OPTIONS, desk.settings, desk)
    return Streamed(desk, options)


class Streamed(Response):
    """An answer that is sent while the body of its request comes; Starlette's own would read that body away."""

    def __init__(self, desk: Desk, options: Options) -> None:
        super().__init__(media_type=LINES)
        del self.headers["content-length"]
        self._desk = desk
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the rows of every group of lines; the last row has the `error` at which the work ended, if any."""
        is_stated = "content-length" in Request(scope).headers
        lines = BodyLines(receive, is_stated=is_stated, seconds=self._desk.settings.times.idle)
        self._desk.on_stop.add(lines.end)
        if self._desk.is_stopping:
            lines.end()
        await asyncio.sleep(0)  # the body is asked for first: the client may wait for 100 Continue
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        try:
            async with aclosing(self._rows(lines, scope["told"])) as found:
                async for rows in found:
                    await send({"type": "http.response.body", "body": rows, "more_body": True})
        except ApiError as error:
            row = json.dumps({"error": error_told(error), "request_id": scope["request_id"]}) + "\n"
            await send({"type": "http.response.body", "body": row.encode(), "more_body": True})
        finally:
            self._desk.on_stop.discard(lines.end)
            lines.close()
        await send({"type": "http.response.body", "body": b""})

    async def _rows(self, lines: BodyLines, told: dict[str, Any]) -> AsyncGenerator[bytes, None]:
        """Yield the rows of each group; raise ApiError if the client is too slow, or if the server stops."""
        told |= {"model": self._options.model, "lines": 0}
        answered = 0
        while group := await lines.next_group():
            yield await self._label(group)
            told["lines"] += len(group)
            answered = group[-1].number
        if lines.was_cut:
            raise ApiError(503, f"the server stops; the lines up to {answered} are answered, send the others again")

    async def _label(self, group: list[SentLine]) -> bytes:
        ticket = Ticket()
        classifier = self._desk.classifier(self._options.model, ticket)
        return await self._desk.run(lambda: label_group(classifier, group, self._options), ticket)
