"""The routes of corrections: sheets to correct, and what a person saves."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from hedgerow.corpus.decisions import BLIND, OPEN
from hedgerow.corpus.rows import SpanFields, has_own_label, span_errors
from hedgerow.errors import InputError
from hedgerow.head import REVIEWED
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error
from hedgerow.labels import AXES, SPANS, Certainty, Example, Stance
from hedgerow.report.markup import add, add_text
from hedgerow.serve.json_size import check_values
from hedgerow.serve.pages.correcting import SCRIPTS, add_correcting
from hedgerow.serve.pages.frame import RETURNABLE, Outline, frame
from hedgerow.serve.pages.sheets import (
    HIDDEN,
    PAGE,
    Corrected,
    Sheet,
    corpus_row,
    sheet_of_corpus,
    sheet_of_documents,
    unlabelled,
)
from hedgerow.serve.pages.text_routes import Form, brought_back, job_of_form, label_form, links, state
from hedgerow.serve.problems import ApiError, invalid

router = APIRouter(prefix="/corrections", include_in_schema=False)
Body = TypeVar("Body", bound=BaseModel)
_VALUES = 20_000  # of JSON in a correction


class Correction(BaseModel):
    """What a person saves of a sentence; an axis or spans that are null are not labelled."""

    model_config = ConfigDict(extra="forbid")

    id: str
    text: str
    certainty: Certainty | None
    stance: Stance | None
    spans: list[SpanFields] | None
    doc: str | None = None
    group: str | None = None


class Skipped(BaseModel):
    """The sentence of which a person takes back what was saved."""

    model_config = ConfigDict(extra="forbid")

    id: str


@router.get("")
async def show_corpus(request: Request) -> Response:
    """Show rows of the corpus: from the row that is asked for, or from the first that nobody has decided."""
    corrected = corpus_of(request)
    rows = corrected.journal.rows
    if not rows:
        raise ApiError(404, f"{corrected.journal.path.name} has no rows yet; begin with a text")
    given = request.query_params.get("from", "")
    opened = next((at for at, row in enumerate(rows) if not corrected.is_decided(row)), 0)
    first = int(given) - 1 if given.isdecimal() and len(given) < 10 else opened
    first = min(max(0, first), len(rows) - 1) // PAGE * PAGE
    sheet = sheet_of_corpus(rows[first : first + PAGE], corrected)
    return await run_in_threadpool(_page, request, sheet, (first, len(rows)))


@router.get("/text")
@router.get("/labelled")
async def show_nothing(request: Request) -> Response:
    """Show the corpus: the address of a text says nothing of it."""
    return await show_corpus(request)


@router.post("/text")
async def correct_text(request: Request, form: Form) -> Response:
    """Show the text of the form to correct its labels; if they are hidden, no model is asked."""
    desk, settings, _ = state(request)
    corrected = corpus_of(request)
    if not corrected.is_blind:
        documents = (await label_form(request, form)).documents
    else:
        texts, _ = job_of_form(form, settings, desk)
        documents = await run_in_threadpool(lambda: tuple(unlabelled(texts())))
        if not documents:
            raise invalid("the text has no sentence")
    return await run_in_threadpool(lambda: _page(request, sheet_of_documents(documents, corrected)))


@router.post("/labelled")
async def correct_labelled(request: Request, form: Form) -> Response:
    """Show labelled documents, which the page brings back, to correct their labels."""
    corrected = corpus_of(request)
    carried = await brought_back(request, form)
    return await run_in_threadpool(lambda: _page(request, sheet_of_documents(carried.documents, corrected)))


@router.post("")
async def save(request: Request) -> Response:
    """Keep what a person says of a sentence; it is on disk when this is answered."""
    corrected = corpus_of(request)
    given = await _read(request, Correction)
    _check(given, corrected)
    kept = await run_in_threadpool(lambda: corrected.journal.save(_example(given, corrected)))
    state_ = corrected.state()
    before = None if kept.before is None else _told(kept.before, corrected)
    told = {"row": _told(kept.row, corrected), "before": before}
    return JSONResponse({**told, "rows": state_.rows, "reviewed": state_.reviewed})


@router.post("/skip")
async def skip(request: Request) -> Response:
    """Take back what was saved of a sentence; answer with the row as it is then, null if there is none."""
    corrected = corpus_of(request)
    given = await _read(request, Skipped)
    row = corrected.row_of(given.id)
    if row is not None:
        await run_in_threadpool(corrected.journal.skip, row.id)
        row = corrected.journal.find(row.text)
    return JSONResponse({"row": None if row is None else corpus_row(row, corrected)})


def corpus_of(request: Request) -> Corrected:
    """Return the corpus that is corrected; raise ApiError if there is none."""
    corrected: Corrected | None = request.app.state.corrected
    if corrected is None:
        raise ApiError(404, "no corpus is corrected here; start the server with --corpus mine.jsonl")
    return corrected


def _check(given: Correction, corrected: Corrected) -> None:
    """Raise ApiError with the field that is wrong if this cannot be a row of the corpus."""
    if not given.id.strip():
        raise invalid("is empty; give the sentence an id that no other row has", "id")
    if (error := text_error(given.text, "the sentence")) is not None:
        raise invalid(error, "text")
    row = corrected.journal.find(given.text)
    if given.id.startswith(HIDDEN) and row is None and corrected.journal.find_removed(given.text) is None:
        raise invalid(
            f"no row of {corrected.journal.path.name} has this text now; open the text, or the rows, again", "text"
        )
    has_own = row is not None and has_own_label(row.extra)
    if given.certainty is None and given.stance is None and given.spans is None and not has_own:
        raise invalid("choose a certainty or a stance, or mark spans", "certainty")
    for error, hint in span_errors(given.text, given.spans or ()):
        raise invalid(f"{error}; {hint}", "spans")


def _told(row: Example, corrected: Corrected) -> dict[str, Any]:
    """Return a row as the page is told of it; under --blind it has its labels, and not where it is from."""
    told = row.to_dict()
    if not corrected.is_blind:
        return told
    kept = {name: value for name, value in told.items() if name in ("text", *AXES, SPANS, REVIEWED)}
    return {"id": corrected.shown_id(row), **kept}


def _example(given: Correction, corrected: Corrected) -> Example:
    spans = None
    if given.spans is not None:
        spans = tuple(sorted((span.to_span() for span in given.spans), key=lambda span: (span.start, -span.end)))
    extra = {REVIEWED: BLIND if corrected.is_blind else OPEN}
    was = corrected.journal.find_removed(given.text) if given.id.startswith(HIDDEN) else None
    place = given if was is None else was
    return Example(
        place.id, given.text, given.certainty, given.stance, spans, group=place.group, doc=place.doc, extra=extra
    )


async def _read(request: Request, kind: type[Body]) -> Body:
    """Return the JSON of a request; raise ApiError with the field that is wrong."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ApiError(415, "send application/json")
    body = await request.body()
    check_values(body, _VALUES)
    try:
        return kind.model_validate(parse_object(body))
    except InputError as error:
        raise invalid(str(error).partition("; write one ")[0]) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise invalid(first["msg"], ".".join(map(str, first["loc"]))) from None


def _page(request: Request, sheet: Sheet, place: tuple[int, int] | None = None) -> Response:
    """Return a sheet as a page; `place` is its first row in the corpus, from 0, and the number of all rows."""
    corpus = corpus_of(request).state()
    title = f"Rows of {corpus.name}" if place else sheet.documents[0].name
    page = frame(Outline(title, links(request), SCRIPTS))
    if place is not None:
        first, total = place
        line = add(page.main, "p", f"Rows {first + 1:,} to {first + len(sheet.rows):,} of {total:,}. ", class_="h-note")
        for at, name in ((first - PAGE, "Earlier rows"), (first + PAGE, "Later rows")):
            if 0 <= at < total:
                add(line, "a", name, href=f"/corrections?from={at + 1}")
                add_text(line, " ")
    add_correcting(page, sheet, corpus)
    return page.answer(headers=RETURNABLE)
