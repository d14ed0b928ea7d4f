"""The plot of a learning curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from statistics import mean
from typing import Any

from evaluation.plotting import BLACK, BLUE, GREEN, ORANGE, PURPLE, drawn
from hedgerow.labels import AXES

OTHERS = (GREEN, PURPLE, BLACK)  # of heads of one's own, in turn
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
            for axis, colour in zip(forecasts[name], colours(forecasts[name]), strict=True):
                _draw_axis(panel, points, (name, axis), colour)
                _draw_forecast(panel, forecasts[name][axis], colour)
            panel.set(title=f"measured on {name}", xlabel="labelled sentences", ylim=(0, 1))
            panel.grid(alpha=0.3)
        row[0].set_ylabel("macro-F1")
        if forecasts[names[-1]]:
            row[-1].legend(frameon=False, loc="lower right")

    return drawn(SIZE[0] * len(names), SIZE[1], panels)


def colours(heads: Iterable[str]) -> list[str]:
    """Return a colour for each label head: the axes always have theirs."""
    known = dict(zip(AXES, (BLUE, ORANGE), strict=True))
    others = cycle(OTHERS)
    return [known[head] if head in known else next(others) for head in heads]


def _draw_axis(panel: Any, points: Sequence[Point], place: tuple[str, str], colour: str) -> None:
    """Draw the scores of one part and head."""
    name, axis = place
    scores = [point["scores"][name][axis] for point in points]
    values = [score["value"] for score in scores]
    below = [score["value"] - score["low"] for score in scores]
    above = [score["high"] - score["value"] for score in scores]
    sentences = [point["sentences"] for point in points]
    panel.errorbar(sentences, values, [below, above], fmt=".", color=colour, elinewidth=0.8, alpha=0.6)
    by_fraction: dict[float, list[tuple[int, float]]] = {}
    for point, count, value in zip(points, sentences, values, strict=True):
        by_fraction.setdefault(point["train_fraction"], []).append((count, value))
    means = [tuple(mean(column) for column in zip(*seeds, strict=True)) for seeds in by_fraction.values()]
    panel.plot(*zip(*means, strict=True), color=colour, label=axis)


def _draw_forecast(panel: Any, forecast: Mapping[str, Any], colour: str) -> None:
    if "refused" in forecast:
        return
    now, then = forecast["now"], forecast["then"]
    ends = [forecast["largest"], forecast["largest"] + forecast["more"]]
    panel.plot(ends, [now["value"], then["value"]], "--", color=colour)
    panel.fill_between(ends, [now["low"], then["low"]], [now["high"], then["high"]], color=colour, alpha=0.15, lw=0)
