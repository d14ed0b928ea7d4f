"""The plot of a learning curve as SVG: text as text, no date, the same bytes from the same figures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from hedgerow.errors import RecipeError
from hedgerow.labels import AXES

COLOURS = {"certainty": "#1b6ca8", "stance": "#c1440e"}  # distinct for the colour-blind, and in grey
SIZE = (3.4, 2.8)  # inches, of one panel
Point = Mapping[str, Any]  # see learning_curve.measure_point


def draw(points: Sequence[Point]) -> str:
    """Return the plot of macro-F1 by sentences, with one panel for each measured corpus.

    Each seed has a point with its interval; a line joins the means.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise RecipeError(f"{error}; a plot needs matplotlib: pip install 'hedgerow[train]'") from None
    names = list(points[0]["scores"])
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "hedgerow", "font.size": 8}):
        figure = Figure(figsize=(SIZE[0] * len(names), SIZE[1]), layout="constrained")
        panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for panel, name in zip(panels, names, strict=True):
            for axis in AXES:
                _draw_axis(panel, points, name, axis)
            panel.set(title=f"measured on {name}", xlabel="labelled sentences", ylim=(0, 1))
            panel.grid(alpha=0.3)
        panels[0].set_ylabel("macro-F1")
        panels[-1].legend(frameon=False, loc="lower right")
        svg = io.StringIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in svg.getvalue().splitlines()) + "\n"


def _draw_axis(panel: Any, points: Sequence[Point], name: str, axis: str) -> None:
    scores = [point["scores"][name][axis] for point in points]
    values = [score["value"] for score in scores]
    below = [score["value"] - score["low"] for score in scores]
    above = [score["high"] - score["value"] for score in scores]
    sentences = [point["sentences"] for point in points]
    panel.errorbar(sentences, values, [below, above], fmt=".", color=COLOURS[axis], elinewidth=0.8, alpha=0.6)
    by_fraction: dict[float, list[tuple[int, float]]] = {}
    for point, count, value in zip(points, sentences, values, strict=True):
        by_fraction.setdefault(point["train_fraction"], []).append((count, value))
    means = [tuple(mean(column) for column in zip(*seeds, strict=True)) for seeds in by_fraction.values()]
    panel.plot(*zip(*means, strict=True), color=COLOURS[axis], label=axis)
