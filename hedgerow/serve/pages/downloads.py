"""Downloads of an answer: rows as JSON Lines and CSV, as `hedgerow label` writes them, and the page of its own."""

from __future__ import annotations

import io
from collections.abc import Sequence
from urllib.parse import quote

from starlette.responses import Response

from hedgerow.head import Head
from hedgerow.serve.pages.carried import Carried
from hedgerow.serve.problems import invalid
from hedgerow.view import About, write_page
from hedgerow.writers.files import make_writer

MEDIA = {
    "json": "application/x-ndjson; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
_SUFFIXES = {"json": ".jsonl", "csv": ".csv", "html": ".view.html"}


def download(carried: Carried, kind: str, heads: Sequence[Head], about: About) -> Response:
    """Return the labelled documents as a file to keep; `kind` is a key of MEDIA."""
    if kind not in MEDIA:
        raise invalid(f"{kind!r:.40} is not one of {', '.join(MEDIA)}", "format")
    name = (carried.documents[0].name or "text").rpartition("/")[2]
    stem = (name if len(carried.documents) == 1 else "documents").rpartition(".")[0] or name
    # The name of a file that a person chose: quoted, so that it cannot end the header.
    disposition = f"attachment; filename*=UTF-8''{quote(stem, safe='')}{_SUFFIXES[kind]}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(_content(carried, kind, heads, about), headers=headers, media_type=MEDIA[kind])


def _content(carried: Carried, kind: str, heads: Sequence[Head], about: About) -> str:
    if kind == "html":
        return write_page(carried.documents, about)
    file = io.StringIO(newline="")
    writer = make_writer(_SUFFIXES[kind], file, heads)
    for document in carried.documents:
        for sentence in document.sentences:
            writer.write(sentence)
    writer.close()
    return file.getvalue()
