"""The routes of a text: the first page, the labelled text, its downloads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from hedgerow.io.text_checks import text_error
from hedgerow.labelling.options import Options
from hedgerow.readers.input_text import Item
from hedgerow.serve.asked import read_options
from hedgerow.serve.desk import Desk
from hedgerow.serve.json_size import check_values
from hedgerow.serve.pages.answer import Labelled, answer_page
from hedgerow.serve.pages.carried import FIELD, Carried, unpack
from hedgerow.serve.pages.downloads import download
from hedgerow.serve.pages.frame import Outline, asset, frame
from hedgerow.serve.pages.home import Choice, add_home
from hedgerow.serve.pages.sheets import PASTED, Corrected
from hedgerow.serve.problems import ApiError, invalid
from hedgerow.serve.settings import Settings
from hedgerow.serve.uploads import check_type, of_file, shown_name
from hedgerow.serve.work import Answer, Job, of_text
from hedgerow.view import About, about_model

router = APIRouter(include_in_schema=False)
_VALUES = 200  # of JSON in a labelled sentence
_FIELDS = 3  # text, file, model


async def sent_form(request: Request) -> AsyncIterator[FormData]:
    """Yield the form of a request; its file is open until the answer is sent."""
    most = request.app.state.settings.capacity.labelled_bytes
    async with request.form(max_files=1, max_fields=_FIELDS, max_part_size=most) as form:
        yield form


Form = Annotated[FormData, Depends(sent_form)]


@router.get("/")
async def home(request: Request) -> Response:
    """Show the form."""
    desk, settings, corrected = state(request)
    page = frame(Outline("How certain is a text, and who says so?", links(request), ("home.js",)))
    corpus = None if corrected is None else corrected.state()
    text = asset("example.txt").rstrip() if request.query_params.get("example") else ""
    add_home(page, Choice(desk.models, settings.capacity.body_bytes, corpus, settings.token is not None), text)
    return page.answer()


@router.get("/view")
async def view_nothing() -> Response:
    """Lead back to the form: the address of an answer says nothing of the text."""
    return RedirectResponse("/", 303)


@router.post("/view")
async def view(request: Request, form: Form) -> Response:
    """Label the text of the form, and show it."""
    _, _, corrected = state(request)
    if corrected is not None and corrected.is_blind:
        raise ApiError(403, "labels are hidden until you have given yours (--blind); use the form of the first page")
    answer = await label_form(request, form)
    carried = Carried(answer.model, answer.documents)
    about = about_of(request, answer.model)
    shown = Labelled(carried, about, answer.rejected, can_correct=corrected is not None)
    return await run_in_threadpool(answer_page, shown)


@router.post("/download")
async def save_labels(request: Request, form: Form) -> Response:
    """Return labelled documents, which the page brings back, as a file."""
    desk, _, _ = state(request)
    carried = await brought_back(request, form)
    heads = desk.queues[desk.check_model(carried.model)].classifier.heads
    about = about_of(request, carried.model)
    return await run_in_threadpool(download, carried, field_of(form, "format"), heads, about)


async def brought_back(request: Request, form: FormData) -> Carried:
    """Return the labelled documents of a form, which a page brings back; raise ApiError if there are too many."""
    text = field_of(form, FIELD)
    most = _VALUES * request.app.state.settings.capacity.sentences

    def read() -> Carried:
        check_values(text.encode("utf-8", "surrogatepass"), most)
        return unpack(text)

    return await run_in_threadpool(read)


async def label_form(request: Request, form: FormData) -> Answer:
    """Label the text or the file of the form; raise ApiError if there is nothing to label."""
    desk, settings, _ = state(request)
    texts, options = job_of_form(form, settings, desk)
    answer = await desk.label(Job(texts, options), request)
    if not answer.documents:
        raise invalid(str(answer.rejected[0].reason) if answer.rejected else "the text has no sentence")
    sentences = sum(len(document.sentences) for document in answer.documents)
    request.scope.get("told", {}).update(model=answer.model, sentences=sentences)
    return answer


def job_of_form(form: FormData, settings: Settings, desk: Desk) -> tuple[Callable[[], Iterable[Item]], Options]:
    """Return what gives the texts of the form, and the options; raise ApiError for none, or for two."""
    text = field_of(form, "text", "").replace("\r\n", "\n")
    sent = form.get("file")
    model = field_of(form, "model", desk.models[0])
    options, _ = read_options({"model": model}, ("model",), settings, desk)
    if isinstance(sent, UploadFile) and sent.filename:
        if text.strip():
            raise invalid("there is a text in the form and a file; leave out one of them")
        name = shown_name(sent.filename)
        check_type(name, options)
        return (lambda: of_file(sent.file, name, options)), options
    if not text.strip():
        raise invalid("paste a text, or choose a file")
    if (error := text_error(text, "the text")) is not None:
        raise invalid(error)
    return of_text(text, PASTED), options


def field_of(form: FormData, name: str, default: str | None = None) -> str:
    """Return the text of a field; raise ApiError if it is missing and has no default."""
    value = form.get(name, default)
    if not isinstance(value, str):
        raise invalid("is missing; begin at the first page", name)
    return value


def about_of(request: Request, model: str) -> About:
    """Return what is known about a model of the server; a model of a folder is found by its name."""
    desk, settings, _ = state(request)
    folders = dict(zip(desk.models, settings.models, strict=True))
    return replace(about_model(folders[desk.check_model(model)]), model=model)


def state(request: Request) -> tuple[Desk, Settings, Corrected | None]:
    """Return the desk, the settings, and the corpus if one is corrected."""
    app = request.app.state
    return app.desk, app.settings, app.corrected


def links(request: Request) -> dict[str, str]:
    """Return the links of every page."""
    _, _, corrected = state(request)
    found = {"/": "A text"}
    if corrected is not None:
        found["/corrections"] = corrected.journal.path.name
    return found | {"/docs": "API"}
