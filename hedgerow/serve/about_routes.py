"""What the server tells about itself: its models, the codebook, whether it is alive and ready."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from hedgerow.labels import CODEBOOK_VERSION
from hedgerow.predictors.folder import find, model_hash, read_manifest
from hedgerow.serve.desk import Desk
from hedgerow.serve.schema import errors
from hedgerow.serve.settings import Settings
from hedgerow.version import __version__
from hedgerow.view.legend import definitions

router = APIRouter(tags=["about"], responses=errors(400, 401))
health_router = APIRouter(tags=["health"])
_LISTS = {"certainty": "certainty", "stance": "stance", "cues": "cue_types", "sources": "source_types"}


@router.get("/v1/models")
def models(request: Request) -> dict[str, Any]:
    """List the models that answer, the default first."""
    desk: Desk = request.app.state.desk
    return {"version": __version__, "default": desk.models[0], "models": request.app.state.told_models}


@router.get("/v1/codebook")
def codebook() -> dict[str, Any]:
    """Define every label and every type of span, with one example each; [ and ] mark the words that carry it."""
    lists = {
        name: [{"name": term, "definition": text, "example": example} for term, (text, example) in terms.items()]
        for name, terms in ((_LISTS[kind], terms) for kind, terms in definitions().items())
    }
    return {"codebook": CODEBOOK_VERSION, **lists}


@health_router.get("/healthz")
async def health() -> dict[str, str]:
    """Say that the server runs."""
    return {"status": "ok"}


@health_router.get("/readyz", responses={503: {"description": "Not ready: it starts, or it stops."}})
async def readiness(request: Request) -> Response:
    """Say whether requests are answered: the models are loaded and warm, and the server does not stop."""
    if request.app.state.desk.is_ready:
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "not ready"}, 503, {"Retry-After": "1"})


def describe_models(settings: Settings, desk: Desk) -> list[dict[str, Any]]:
    """Return what is told about each model: nothing of where it lies on this machine."""
    told = []
    for name, model in zip(desk.models, settings.models, strict=True):
        folder = find(model)
        manifest = read_manifest(folder)
        heads = {head.name: list(head.labels) for head in desk.queues[name].classifier.heads}
        told.append({"name": name, "kind": manifest["kind"], "sha256": model_hash(folder), "heads": heads})
    return told
