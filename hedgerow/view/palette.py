"""The colours of all views, read from marks.css, which has each as a pair for light and dark."""

from __future__ import annotations

import re
from functools import cache

from hedgerow.view.whole_page import asset

THEMES = ("light", "dark")
_PAIR = re.compile(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)")


@cache
def palette(theme: str) -> dict[str, str]:
    """Return the colours of a theme by their names, such as `ink` and `possible-fill`."""
    at = THEMES.index(theme)
    return {name: pair[at] for name, *pair in _PAIR.findall(asset("marks.css"))}
