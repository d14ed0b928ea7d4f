"""The form in which a person gives the token: the browser then keeps a cookie made from it until it is closed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from hedgerow.serve.access import COOKIE, LOGIN, is_token, session_value
from hedgerow.serve.pages.plain import login_page
from hedgerow.serve.problems import ApiError
from hedgerow.serve.settings import Settings

router = APIRouter(include_in_schema=False)
_HOME = "/"


@router.get(LOGIN)
async def show_form(request: Request) -> Response:
    """Show the form."""
    _settings_with_token(request)
    return login_page()


@router.post(LOGIN)
async def log_in(request: Request) -> Response:
    """Take the token, and go to the first page with a cookie; show the form again if it is another."""
    settings = _settings_with_token(request)
    form = await request.form(max_files=0, max_fields=2)
    given = form.get("token")
    if settings.token is None or not isinstance(given, str) or not is_token(settings, given.strip()):
        return login_page(is_wrong=True)
    answer = RedirectResponse(_HOME, 303)
    secure = request.url.scheme == "https"
    value = session_value(settings.token)
    answer.set_cookie(COOKIE, value, httponly=True, samesite="strict", secure=secure, path="/")
    return answer


@router.post("/logout")
async def log_out() -> Response:
    """Forget the cookie."""
    answer = RedirectResponse(LOGIN, 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _settings_with_token(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    if settings.token is None:
        raise ApiError(404, "this server has no token")
    return settings
