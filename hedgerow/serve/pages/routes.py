"""The routes of the pages."""

from __future__ import annotations

from fastapi import APIRouter

from hedgerow.serve.pages import correction_routes, text_routes

router = APIRouter(include_in_schema=False)
router.include_router(text_routes.router)
router.include_router(correction_routes.router)
