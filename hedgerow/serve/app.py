"""The application: routes, pages, and what stands in front of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from hedgerow.classifier import Classifier, load
from hedgerow.serve import about_routes, api_page, label_routes, login, stream_route
from hedgerow.serve.desk import Desk
from hedgerow.serve.front import Front
from hedgerow.serve.pages.routes import router as pages
from hedgerow.serve.pages.sheets import Corrected
from hedgerow.serve.refusals import answer_errors
from hedgerow.serve.settings import Settings
from hedgerow.version import __version__

_ABOUT = "How certain each sentence of an English text is, what stance it takes, which words say so, and whose."


def make_app(
    settings: Settings, classifiers: Iterable[Classifier] | None = None, corrected: Corrected | None = None
) -> FastAPI:
    """Return the application; it loads the models of the settings, unless it gets them as `classifiers`.

    `corrected` is the corpus whose labels people correct in its pages.
    `app.state.settings` has the settings, and `app.state.desk` labels while the application runs.
    """
    loaded = [load(model) for model in settings.models] if classifiers is None else list(classifiers)
    desk = Desk(settings, loaded)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        desk.start()
        yield
        desk.close()

    app = FastAPI(
        title="hedgerow", summary=_ABOUT, version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.state.settings = settings
    app.state.desk = desk
    app.state.corrected = corrected
    app.state.told_models = about_routes.describe_models(settings, desk)
    token = [] if settings.token is None else [Depends(HTTPBearer(auto_error=False))]  # Front checks it
    for router in (label_routes.router, stream_route.router, about_routes.router):
        app.include_router(router, dependencies=token)
    for router in (about_routes.health_router, api_page.router, login.router, pages):
        app.include_router(router)
    answer_errors(app)
    app.add_middleware(Front, settings=settings)
    return app
