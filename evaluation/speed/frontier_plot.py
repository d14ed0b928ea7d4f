"""The plot of accuracy over speed: our models, and classifiers of other kinds on the same labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.plotting import BLUE, ORANGE, drawn
from hedgerow.labels import AXES

SIZE = (4.0, 3.0)  # inches, of one panel
STYLES = {"model": (BLUE, "o"), "peer": (ORANGE, "s")}  # colour and marker
TITLES = {"model": "hedgerow", "peer": "another kind, the same labels"}


def draw_frontier(points: Sequence[Mapping[str, Any]], threads: int) -> str:
    """Return the plot of macro-F1 over sentences per second as SVG, one panel per axis, with 95 % intervals.

    A point has `name`, `kind` ("model" or "peer"), `sentences_per_second`, and for each axis a score.
    """
    rates = [point["sentences_per_second"] for point in points]

    def panels(figure: Any) -> None:
        row = figure.subplots(1, len(AXES), sharey=True)
        for panel, axis in zip(row, AXES, strict=True):
            for point in points:
                _draw_point(panel, point, axis)
            cores = "one core" if threads == 1 else f"{threads} cores"
            panel.set(title=axis, xlabel=f"sentences per second on {cores}", xscale="log")
            panel.set_xlim(min(rates) / 2, max(rates) * 20)  # room for the names
            panel.grid(alpha=0.3)
        row[0].set_ylabel("macro-F1")
        handles = [row[0].plot([], [], marker, color=colour)[0] for colour, marker in STYLES.values()]
        row[0].legend(handles, [TITLES[kind] for kind in STYLES], frameon=False, loc="lower left")

    return drawn(SIZE[0] * len(AXES), SIZE[1], panels)


def _draw_point(panel: Any, point: Mapping[str, Any], axis: str) -> None:
    score, rate = point[axis], point["sentences_per_second"]
    colour, marker = STYLES[point["kind"]]
    around = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
    panel.errorbar([rate], [score["value"]], around, fmt=marker, color=colour, elinewidth=0.8, markersize=5)
    name = point["name"].replace(", ", ",\n")
    panel.annotate(
        name, (rate, score["value"]), xytext=(5, 0), textcoords="offset points", va="center", fontsize=7, color=colour
    )
