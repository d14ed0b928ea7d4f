"""Plots as SVG: text as text, no date, the same bytes from the same figures."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from hedgerow.io.optional import library

BLUE, ORANGE = "#1b6ca8", "#c1440e"  # distinct for the colour-blind, and in grey
GREEN, PURPLE, BLACK = "#4c8c2b", "#7b5aa6", "#333333"
SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "hedgerow", "font.size": 8}


def drawn(width: float, height: float, draw: Callable[[Any], None]) -> str:
    """Return what `draw` draws on a figure of `width` by `height` inches; InputError if matplotlib is missing."""
    matplotlib = library("matplotlib", needed_for="a plot", extra="train")
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        svg = io.StringIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in svg.getvalue().splitlines()) + "\n"
