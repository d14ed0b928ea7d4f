"""Import optional libraries when they are needed, and name the extra that installs a missing one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hedgerow.errors import InputError

_PACKAGES = {"docx": "python-docx", "sklearn": "scikit-learn"}  # libraries whose package has another name


def library(name: str, *, needed_for: str, extra: str = "files") -> Any:
    """Return the module `name`; raise InputError with the install command if it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        package = _PACKAGES.get(name.split(".")[0], name.split(".")[0])
        raise InputError(f"{needed_for} needs {package} ({error}); pip install 'hedgerow[{extra}]'") from None
