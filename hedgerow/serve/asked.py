"""What a request asks for, checked: one text, sentences, or a file, with options."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from hedgerow.errors import InputError
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import surrogate_error, text_error
from hedgerow.labelling.options import Options
from hedgerow.readers.layout import Unit
from hedgerow.serve.desk import Desk
from hedgerow.serve.json_size import check_values
from hedgerow.serve.problems import ApiError, invalid
from hedgerow.serve.settings import Settings
from hedgerow.serve.work import Job, of_sentences, of_text

# Options of `hedgerow label` that a row or a file of a request may have.
ROW_OPTIONS = (
    *("model", "abstain", "lines", "unit", "text_field", "id_field", "role", "keep_missing", "keep_entities"),
)
FILE_OPTIONS = (*ROW_OPTIONS, "as", "encoding", "delimiter")


_MORE_VALUES = 1000  # of a request's JSON, beside its sentences: so that one with too many is told how many it has
_CURES = re.compile("; (write one.*|save it.*|use sys[^)]*)")  # those of files and of programs


class Asked(BaseModel):
    """A request to label a text, which is split into sentences, or sentences as they are."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)

    text: Annotated[str | None, Field(description="A text; it is split into sentences and read in context.")] = None
    sentences: Annotated[list[str] | None, Field(min_length=1, description="Sentences, each labelled by itself.")] = (
        None
    )
    model: Annotated[str | None, Field(description="A name that /v1/models lists; by default the first one.")] = None
    abstain: Annotated[float, Field(ge=0, le=1, description="Leave a label null if its score is below this.")] = 0.0
    lines: Annotated[bool, Field(description="A line of the text is a paragraph.")] = False
    explain: Annotated[bool, Field(description="Say why each sentence has its labels.")] = False


def to_job(asked: Asked, desk: Desk) -> Job:
    """Return the work of a request; raise ApiError with the field that is wrong."""
    options = Options(model=desk.check_model(asked.model), abstain=asked.abstain, lines=asked.lines)
    if (asked.text is None) == (asked.sentences is None):
        raise invalid("give either 'text' or 'sentences'", "text")
    if asked.text is not None:
        _check_text(asked.text, "text")
        return Job(of_text(asked.text), options, asked.explain)
    if asked.lines:
        raise invalid("'lines' is about a text, and sentences are not split; leave it out", "lines")
    sentences = asked.sentences or []
    most = desk.settings.capacity.sentences
    if len(sentences) > most:
        raise ApiError(413, f"{len(sentences):,} sentences; at most {most:,} at a time", field="sentences")
    for number, sentence in enumerate(sentences):
        _check_text(sentence, f"sentences[{number}]")
    return Job(of_sentences(sentences), options.model_copy(update={"unit": Unit.SENTENCE}), asked.explain)


async def read_job(request: Request) -> Job:
    """Return the work that the JSON of a request asks for; raise ApiError with the field that is wrong."""
    desk: Desk = request.app.state.desk
    return await run_in_threadpool(_to_job, await request.body(), desk)


def _to_job(body: bytes, desk: Desk) -> Job:
    check_values(body, 2 * desk.settings.capacity.sentences + _MORE_VALUES)
    try:
        return to_job(Asked.model_validate(_object(body)), desk)
    except ValidationError as error:
        raise explained(error) from None


def read_options(
    given: Mapping[str, str], allowed: Collection[str], settings: Settings, desk: Desk
) -> tuple[Options, bool]:
    """Return the options of a form or a query, and whether an explanation is asked for; raise ApiError."""
    chosen: dict[str, Any] = {name: value for name, value in given.items() if name in allowed}
    if unknown := sorted(given.keys() - {*allowed}):
        raise invalid(f"unknown option; known are {', '.join(sorted(allowed))}", unknown[0])
    chosen["model"] = desk.check_model(chosen.get("model"))
    capacity = settings.capacity
    limits = {
        "max_bytes": capacity.unpacked_bytes,
        "max_pages": capacity.pages,
        "max_seconds": capacity.read_seconds,
    }
    try:
        wants = _Explain.model_validate({"explain": chosen.pop("explain", "false")}).explain
        options = Options.model_validate(chosen | limits)
        options.layout()
    except ValidationError as error:
        raise explained(error) from None
    except InputError as error:
        raise invalid(str(error)) from None
    return options, wants


class _Explain(BaseModel):
    explain: bool


def explained(error: ValidationError) -> ApiError:
    """Return the first error of a validation, with its field."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"]).lstrip(".")
    if first["type"] == "extra_forbidden":
        return invalid(f"unknown field; known are {', '.join(Asked.model_fields)}", field)
    message = first["msg"].removeprefix("Value error, ")
    return invalid(f"{message[0].lower()}{message[1:]}", field)


def _object(body: bytes) -> dict[str, Any]:
    try:
        return parse_object(body)
    except InputError as error:
        field, message = _surrogate(body)
        raise invalid(message or _CURES.sub("", str(error)), field) from None


def _surrogate(body: bytes) -> tuple[str | None, str | None]:
    """Return the field of a text that has a lone surrogate, and where, if that is what is wrong with the JSON."""
    try:
        row = json.loads(body)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(row, dict):
        return None, None
    texts = {name: value for name, value in row.items() if isinstance(value, str)}
    listed = row.get("sentences")
    if isinstance(listed, list):
        texts |= {f"sentences[{number}]": one for number, one in enumerate(listed) if isinstance(one, str)}
    found = ((name, surrogate_error(text)) for name, text in texts.items())
    return next((one for one in found if one[1] is not None), (None, None))


def _check_text(text: str, field: str) -> None:
    if (error := text_error(text, field)) is not None:
        raise invalid(error, field)
