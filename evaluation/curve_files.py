"""Names for the files of curves."""

from __future__ import annotations

import re
from collections.abc import Iterable


def curve_files(names: Iterable[str]) -> list[str]:
    """Return a file name for the curve of each name, such as curve-dev.svg; no two are equal, also in lower case."""
    files: list[str] = []
    for name in names:
        stem = re.sub(r"\W+", "-", f"curve-{name}".lower()).strip("-")
        same = [stem, *(f"{stem}-{number}" for number in range(2, len(files) + 2))]
        files.append(next(f"{one}.svg" for one in same if f"{one}.svg" not in files))
    return files
