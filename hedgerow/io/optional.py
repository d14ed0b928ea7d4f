"""Libraries that not everyone needs: brought in where they are used, and named with the command that installs them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hedgerow.errors import InputError


def library(name: str, *, needed_for: str, extra: str = "files") -> Any:
    """The module `name`. Raises InputError where it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        package = name.split(".")[0]
        raise InputError(f"{needed_for} needs {package} ({error}); pip install 'hedgerow[{extra}]'") from None
