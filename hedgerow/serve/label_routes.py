"""`POST /v1/label`: a text, sentences or a file to rows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from hedgerow.readers.input_text import InputText
from hedgerow.readers.layout import Unit
from hedgerow.serve.asked import FILE_OPTIONS, read_job, read_options
from hedgerow.serve.desk import Desk
from hedgerow.serve.pages.sheets import Corrected
from hedgerow.serve.problems import ApiError, invalid
from hedgerow.serve.schema import LABEL
from hedgerow.serve.uploads import check_type, of_file, shown_name
from hedgerow.serve.work import Answer, Job

router = APIRouter(prefix="/v1", tags=["label"])
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


@router.post("/label", openapi_extra=LABEL)
async def label(request: Request) -> Response:
    """Label a text, sentences, or a file."""
    desk: Desk = request.app.state.desk
    corrected: Corrected | None = request.app.state.corrected
    async with job_of(request) as job:
        if corrected is not None:
            await run_in_threadpool(check_shown, job, corrected)
        answer = await desk.label(job, request)
    check_answer(answer)
    sentences = sum(len(document.sentences) for document in answer.documents)
    request.scope["told"] |= {"model": answer.model, "sentences": sentences}
    content = await run_in_threadpool(lambda: _encode(answer.to_dict()).encode("utf-8"))
    return Response(content, media_type="application/json")


@asynccontextmanager
async def job_of(request: Request) -> AsyncIterator[Job]:
    """Give the work that the body of a request asks for, by its type; raise ApiError for another type.

    A file that came with it is closed, and so removed, at the end.
    """
    try:
        yield await _read_job(request)
    finally:
        await request.close()


async def _read_job(request: Request) -> Job:
    desk: Desk = request.app.state.desk
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return await read_job(request)
    if kind == "multipart/form-data":
        return await _read_form(request, desk)
    raise ApiError(
        415, "send application/json, or multipart/form-data with a 'file'", headers={"Accept": "application/json"}
    )


def check_shown(job: Job, corrected: Corrected) -> None:
    """Raise ApiError if labels are hidden (--blind) and a text is asked for that no person has decided yet."""
    if not corrected.is_blind:
        return
    if job.options.unit is Unit.SENTENCE:
        texts = ("".join(item.chunks) if isinstance(item, InputText) else "" for item in job.texts())
        rows = map(corrected.journal.find, texts)
        if all(row is not None and corrected.is_decided(row) for row in rows):
            return
    raise ApiError(403, "labels are hidden until a person has given theirs (--blind); ask for 'sentences' they saved")


def check_answer(answer: Answer) -> None:
    """Raise ApiError if nothing could be labelled, with the first reason."""
    if answer.documents:
        return
    if not answer.rejected:
        raise invalid("holds no sentence")
    raise invalid(str(answer.rejected[0].reason))


async def _read_form(request: Request, desk: Desk) -> Job:
    form = await request.form(max_files=1, max_fields=len(FILE_OPTIONS) + 1)
    sent = form.get("file")
    if not isinstance(sent, UploadFile):
        raise invalid("a form needs a file with this name", "file")
    given = _fields(form)
    options, explain = read_options(given, (*FILE_OPTIONS, "explain"), desk.settings, desk)
    name = shown_name(sent.filename)
    check_type(name, options)
    return Job(lambda: of_file(sent.file, name, options), options, explain)


def _fields(form: FormData) -> Mapping[str, str]:
    """Return the fields of a form beside its file; raise ApiError for one that occurs twice."""
    fields: dict[str, Any] = {}
    for name, value in form.multi_items():
        if name in fields:
            raise invalid("occurs twice", name)
        if not (name == "file" and isinstance(value, UploadFile)):
            fields[name] = value
    return fields
