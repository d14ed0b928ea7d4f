"""Small pages: the form for the token, and errors for people."""

from __future__ import annotations

from starlette.responses import Response

from hedgerow.report.markup import add
from hedgerow.serve.pages.frame import Outline, frame

_TITLES = {
    400: "The request cannot be read",
    401: "Please log in",
    403: "Another site asked",
    404: "There is no such page",
    405: "This page takes no such request",
    408: "The text took too long to arrive",
    413: "That is too much at once",
    415: "A file of this kind is not read",
    422: "This cannot be labelled",
    503: "The server is busy",
    504: "This took too long",
}


def login_page(*, is_wrong: bool = False) -> Response:
    """Return the form that asks for the token."""
    page = frame(Outline("Log in"))
    form = add(page.main, "form", class_="s-form s-login", action="/login", method="post")
    if is_wrong:
        add(form, "p", "That is not the token. Try again.", class_="s-error", role="alert")
    add(form, "label", "Token", for_="token")
    add(
        form,
        "input",
        type="password",
        id="token",
        name="token",
        required="required",
        autofocus="autofocus",
        autocomplete="current-password",
        aria_describedby="hint",
    )
    add(form, "button", "Log in", type="submit", class_="s-main")
    note = "The token is the value of HEDGEROW_TOKEN with which the server was started. Its owner can tell you."
    add(form, "p", note, class_="h-note", id="hint")
    return page.answer(401 if is_wrong else 200)


def error_page(status: int, message: str, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """Return an error as a page: what happened, what to do, and the id to look for in the log."""
    page = frame(Outline(_TITLES.get(status, "The server failed"), {"/": "Another text"}))
    add(add(page.main, "p", class_="s-error", role="alert"), "bdi", f"{message[:1].upper()}{message[1:]}.")
    if status == 503 and headers and (seconds := headers.get("Retry-After")):
        add(page.main, "p", f"Go back and send it again in {seconds} s. Your text is still in the form.")
    elif status in (413, 415, 422, 504, 408):
        add(page.main, "p", "Go back: your text is still in the form.")
    add(page.main, "p", f"Status {status}, request {request_id}", class_="h-note")
    return page.answer(status, headers)
