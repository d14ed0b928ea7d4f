"""Chromium for tests. CI installs it and sets HEDGEROW_BROWSER_REQUIRED=1: there no test may be skipped without it."""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Return the path of Chromium. Skip the test if there is none, or fail it if the browser is required."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        reason = f"no Chromium on this machine: {', '.join(NAMES)} are not on the path"
        if os.environ.get("HEDGEROW_BROWSER_REQUIRED") == "1":
            pytest.fail(f"{reason}, and HEDGEROW_BROWSER_REQUIRED is 1")
        pytest.skip(reason)
    return found
