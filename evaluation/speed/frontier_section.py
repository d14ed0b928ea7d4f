"""Accuracy beside speed, of our models and of classifiers of other kinds on the same labels: plots and a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Any

from hedgerow.labels import AXES
from hedgerow.report import (
    Cell,
    Figure,
    Plot,
    Point,
    Scale,
    Section,
    Series,
    Table,
    linear,
    literal,
    logarithmic,
    with_interval,
)

Row = Mapping[str, Any]
KINDS = {"model": "hedgerow", "peer": "another kind, the same labels"}  # in the order of their colours
SIZE = (340, 240)


def frontier_section(figures: Row) -> Section:
    """Return the section of a throughput report's `figures` that have accuracy."""
    trained, measured = figures["peers_trained_on"], figures["accuracy_on"]
    threads = _fewest_threads(figures)
    points = frontier(figures)
    pooled = literal(", ".join(measured["pooled"]))
    about = (
        f"On {pooled} pooled ({measured['rows']:,} rows); 95 % intervals, from draws of whole "
        f"groups; {'one thread' if threads == 1 else f'{threads} threads'}. Peers are classifiers of other kinds, "
        f"trained on the same labels ({trained['rows']:,} rows). They give two labels and no spans. Their settings "
        "were chosen by these figures, which favours them."
    )
    rows: list[list[Cell]] = [
        [
            *(point["name"], point["kind"], f"{point['sentences_per_second']:,.0f}"),
            *(with_interval(point[axis]) for axis in AXES),
        ]
        for point in points
    ]
    table = Table(["name", "kind", "sentences per second", *(f"{axis} macro-F1" for axis in AXES)], rows)
    return Section("Accuracy beside speed", text=(about,), parts=(*_plots(points, threads), table))


def frontier(figures: Row) -> list[Row]:
    """Return accuracy and speed of all: on the fewest threads, over the most rows; empty without accuracy."""
    threads = _fewest_threads(figures)
    # The last row of a name has the most texts.
    fastest = {row["name"]: row for row in figures["speeds"] if row["threads"] == threads}
    speed = {name: {key: row[key] for key in ("kind", "rows", "sentences_per_second")} for name, row in fastest.items()}
    return [{**scores, **speed[scores["name"]]} for scores in figures["accuracy"]]


def _fewest_threads(figures: Row) -> int:
    threads: int = min(row["threads"] for row in figures["speeds"])
    return threads


def _plots(points: Sequence[Row], threads: int) -> Iterator[Figure]:
    """Yield macro-F1 over sentences per second, a plot for each axis, both with the same scales."""
    rates = [point["sentences_per_second"] for point in points]
    cores = "one core" if threads == 1 else f"{threads} cores"
    across = logarithmic(min(rates) / 2, max(rates) * 20, f"sentences per second on {cores}")  # room for the names
    up = _scale([point[axis] for point in points for axis in AXES])
    for axis in AXES:
        series = [
            Series([_point(point, axis) for point in points if point["kind"] == kind], name, colour, line="")
            for colour, (kind, name) in enumerate(KINDS.items())
        ]
        caption = f"Macro-F1 of {axis} over sentences per second, with 95 % intervals"
        yield Figure(Plot(series, across, up, size=SIZE), caption, axis.capitalize(), f"frontier-{axis}.svg")


def _scale(scores: Sequence[Row]) -> Scale:
    """Return a scale of macro-F1 that has every interval."""
    low, high = min(score["low"] for score in scores), max(score["high"] for score in scores)
    return linear(floor(10 * low) / 10, ceil(10 * high) / 10, "macro-F1", shown="{:.1f}".format)


def _point(point: Row, axis: str) -> Point:
    rate, score = point["sentences_per_second"], point[axis]
    title = f"{point['name']}: {with_interval(score)}, {rate:,.0f} sentences per second"
    return Point(rate, score["value"], score["low"], score["high"], point["name"].replace(", ", ",\n"), title)
