"""The application: routes, pages, and what stands in front of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from hedgerow.classifier import Classifier, load
from hedgerow.serve.desk import Desk
from hedgerow.serve.pages.routes import router as pages
from hedgerow.serve.problems import answer_errors
from hedgerow.serve.settings import Settings
from hedgerow.version import __version__


def make_app(settings: Settings, classifiers: Iterable[Classifier] | None = None) -> FastAPI:
    """Return the application; it loads the models of the settings, unless it gets `classifiers`.

    `app.state.settings` has the settings, and `app.state.desk` labels while the application runs.
    """
    loaded = [load(model) for model in settings.models] if classifiers is None else list(classifiers)
    desk = Desk(settings, loaded)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        desk.start()
        yield
        desk.close()

    app = FastAPI(title="hedgerow", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.settings = settings
    app.state.desk = desk
    app.include_router(pages)
    answer_errors(app)
    return app
