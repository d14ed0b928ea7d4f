"""The plot of a learning curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from evaluation.plotting import BLUE, ORANGE, drawn
from hedgerow.labels import AXES

COLOURS = {"certainty": BLUE, "stance": ORANGE}
SIZE = (3.4, 2.8)  # inches, of one panel
Point = Mapping[str, Any]  # see learning_curve.measure_point


def draw(points: Sequence[Point], forecasts: Mapping[str, Any]) -> str:
    """Return the plot of macro-F1 by sentences as SVG, with one panel for each measured corpus.

    Each seed has a point with its interval; a line joins the means. A forecast is a dashed line with its interval.
    """
    names = list(points[0]["scores"])

    def panels(figure: Any) -> None:
        row = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for panel, name in zip(row, names, strict=True):
            for axis in AXES:
                _draw_axis(panel, points, name, axis)
                _draw_forecast(panel, forecasts[name][axis], COLOURS[axis])
            panel.set(title=f"measured on {name}", xlabel="labelled sentences", ylim=(0, 1))
            panel.grid(alpha=0.3)
        row[0].set_ylabel("macro-F1")
        row[-1].legend(frameon=False, loc="lower right")

    return drawn(SIZE[0] * len(names), SIZE[1], panels)


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


def _draw_forecast(panel: Any, forecast: Mapping[str, Any], colour: str) -> None:
    if "refused" in forecast:
        return
    now, then = forecast["now"], forecast["then"]
    ends = [forecast["largest"], forecast["largest"] + forecast["more"]]
    panel.plot(ends, [now["value"], then["value"]], "--", color=colour)
    panel.fill_between(ends, [now["low"], then["low"]], [now["high"], then["high"]], color=colour, alpha=0.15, lw=0)
