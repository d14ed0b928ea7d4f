"""The plot of a learning curve, as SVG: small, without a date, its text as text, the same from the same figures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from hedgerow.errors import RecipeError
from hedgerow.labels import AXES

COLOURS = {"certainty": "#1b6ca8", "stance": "#c1440e"}  # told apart by the colour-blind, and in grey
SIZE = (3.4, 2.8)  # inches, of one panel
Point = Mapping[str, Any]


def draw(points: Sequence[Point]) -> str:
    """Macro-F1 against sentences, a panel for each measured part: each seed with its interval, a line of the means."""
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
                _line(panel, points, name, axis)
            panel.set(title=f"measured on {name}", xlabel="labelled sentences", ylim=(0, 1))
            panel.grid(alpha=0.3)
        panels[0].set_ylabel("macro-F1")
        panels[-1].legend(frameon=False, loc="lower right")
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def _line(panel: Any, points: Sequence[Point], name: str, axis: str) -> None:
    scores = [point["scores"][name][axis] for point in points]
    values = [score["value"] for score in scores]
    bars = [[score["value"] - score["low"] for score in scores], [score["high"] - score["value"] for score in scores]]
    sentences = [point["sentences"] for point in points]
    panel.errorbar(sentences, values, bars, fmt=".", color=COLOURS[axis], elinewidth=0.8, alpha=0.6)
    shares = list(dict.fromkeys(point["share"] for point in points))
    middle = [
        tuple(mean(column) for column in zip(*_of(points, sentences, values, share), strict=True)) for share in shares
    ]
    panel.plot(*zip(*middle, strict=True), color=COLOURS[axis], label=axis)


def _of(
    points: Sequence[Point], sentences: Sequence[int], values: Sequence[float], share: float
) -> list[tuple[int, float]]:
    return [
        (number, value)
        for point, number, value in zip(points, sentences, values, strict=True)
        if point["share"] == share
    ]
