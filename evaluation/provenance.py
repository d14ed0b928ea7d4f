"""Where figures come from: the command as one would type it, and the commit it was run on."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def shown_command(module: str, options: Mapping[str, Any]) -> str:
    """The command that `options` came from, as one would type it; switches that are off are left out."""
    words = ["python", "-m", *f"evaluation.{module}".split()]
    for name, value in options.items():
        if value is False:
            continue
        values = [] if value is True else value if isinstance(value, list) else [value]
        words += [f"--{name.replace('_', '-')}", *map(str, values)]
    return shlex.join(words)


def commit(*measured_by: str) -> str:
    """The commit measured on, and whether what is measured was changed since; "unknown" outside a git checkout.

    `measured_by` are files or folders that count beside the package, the models, the data and `evaluation.run`.
    """
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return "unknown"
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return "unknown"
    changed = _git("status", "--porcelain", "--", "hedgerow", "model", "data", "evaluation/run.py", *measured_by)
    return f"{commit} with changes" if changed else commit


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False).stdout.decode().strip()
