"""Shares as inline SVG: a dot with its interval for each group, or a line with its band over time.

Plots are built as elements, not as strings, so that the values of a column are escaped. Colours are the page's
(page.css), so that a plot follows light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from xml.etree.ElementTree import Element, SubElement

from hedgerow.metrics.measures import Score
from hedgerow.summary.dates import Period
from hedgerow.summary.figures import percent
from hedgerow.summary.timeline import stretches

WIDTH = 360  # units of the drawing; it is scaled to its panel
ROW = 22
LEFT, RIGHT = 118, 52  # room for names and figures
HEIGHT, TOP, BOTTOM = 170, 12, 26  # of a line plot
TICKS = 5  # at most, on an axis of time
_NAME = 15  # characters of a name that fit
Position = tuple[float, float]  # x, y


@dataclass(frozen=True, slots=True)
class Point:
    """A group's share, and the counted share if it was corrected."""

    name: str
    score: Score
    before: Score | None = None

    def __str__(self) -> str:
        """Return the point as its tooltip."""
        before = "" if self.before is None else f"; counted {_percent(self.before.value)}"
        return f"{self.name}: {percent(self.score)} %{before}"


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The numbers of the periods that have a share, in order, on an axis from `first` to `last`."""

    period: Period
    numbers: Sequence[int]
    first: int
    last: int

    @property
    def step(self) -> float:
        """The width of a period."""
        return (WIDTH - 90) / max(1, self.last - self.first)

    def across(self, number: int) -> float:
        """Return the place of a period; a single one is in the middle."""
        middle = (WIDTH - 90) / 2 if self.first == self.last else 0
        return 60 + middle + self.step * (number - self.first)

    def ticks(self) -> range:
        """Return the periods that are named below the axis, at equal distances."""
        return range(self.first, self.last + 1, max(1, ceil((self.last - self.first) / (TICKS - 1))))


def dots(points: Sequence[Point], label: str) -> Element:
    """Draw a row for each point: its name, a whisker from low to high, a dot at the share, the figure."""
    top = _scale(points)
    height = ROW * len(points) + 20
    drawing = _drawing(height, label)
    for share in (0.0, top / 2, top):
        x = _across(share, top)
        _line(drawing, "grid", (x, 0), (x, height - 20))
        _text(drawing, "tick", (x, height - 5), _percent(share), anchor="middle")
    for number, point in enumerate(points):
        row = SubElement(drawing, "g")
        SubElement(row, "title").text = str(point)
        y = ROW * number + ROW / 2
        _text(row, "name", (LEFT - 10, y + 4), _short(point.name), anchor="end")
        _line(row, "whisker", (_across(point.score.low, top), y), (_across(point.score.high, top), y))
        if point.before is not None:
            _dot(row, "before", _across(point.before.value, top), y)
        _dot(row, "dot", _across(point.score.value, top), y)
        _text(row, "figure", (WIDTH - 2, y + 4), _percent(point.score.value), anchor="end")
    return drawing


def lines(points: Sequence[Point], axis: TimeAxis, label: str) -> Element:
    """Draw shares over time: a band from low to high, a line with a dot for each share, and counted shares dashed.

    Periods without a share leave a gap.
    """
    top = _scale(points)
    drawing = _drawing(HEIGHT, label)
    for share in (0.0, top / 2, top):
        y = _up(share, top)
        _line(drawing, "grid", (40, y), (WIDTH - 10, y))
        _text(drawing, "tick", (36, y + 4), _percent(share), anchor="end")
    xs = [axis.across(number) for number in axis.numbers]
    for stretch in stretches(axis.numbers):
        _stretch(drawing, [points[at] for at in stretch], [xs[at] for at in stretch], top)
    for x, point in zip(xs, points, strict=True):
        spot = SubElement(drawing, "g")
        SubElement(spot, "title").text = str(point)
        _dot(spot, "dot", x, _up(point.score.value, top), size=max(1.5, min(4, axis.step / 4)))
    for number in axis.ticks():
        _text(drawing, "tick", (axis.across(number), HEIGHT - 6), axis.period.show(number), anchor="middle")
    return drawing


def _stretch(drawing: Element, points: Sequence[Point], xs: Sequence[float], top: float) -> None:
    """Draw the band and the lines of periods without a gap; of a single one its interval."""
    if len(points) == 1:
        (x,), (score,) = xs, [point.score for point in points]
        _line(drawing, "whisker", (x, _up(score.low, top)), (x, _up(score.high, top)))
        return
    upper = [f"{x:.1f},{_up(p.score.high, top):.1f}" for x, p in zip(xs, points, strict=True)]
    lower = [f"{x:.1f},{_up(p.score.low, top):.1f}" for x, p in zip(xs, points, strict=True)]
    SubElement(drawing, "polygon", {"class": "band", "points": " ".join([*upper, *reversed(lower)])})
    if any(point.before for point in points):
        _path(drawing, "before-line", xs, [_up((p.before or p.score).value, top) for p in points])
    _path(drawing, "line", xs, [_up(point.score.value, top) for point in points])


def _scale(points: Sequence[Point]) -> float:
    """Return the end of the scale: the smallest of a few round shares above every interval."""
    highest = max(max(point.score.high, point.before.value if point.before else 0.0) for point in points)
    return next((top for top in (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8) if highest <= top), 1.0)


def _across(share: float, top: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share / top


def _up(share: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share / top


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share and share < 0.1 else f"{100 * share:.0f} %"


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _drawing(height: float, label: str) -> Element:
    return Element("svg", {"viewBox": f"0 0 {WIDTH} {height:.0f}", "role": "img", "aria-label": label})


def _line(parent: Element, kind: str, start: Position, end: Position) -> None:
    coordinates = zip(("x1", "y1", "x2", "y2"), (*start, *end), strict=True)
    SubElement(parent, "line", {"class": kind, **{name: f"{value:.1f}" for name, value in coordinates}})


def _path(parent: Element, kind: str, xs: Sequence[float], ys: Sequence[float]) -> None:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    SubElement(parent, "polyline", {"class": kind, "points": points})


def _dot(parent: Element, kind: str, x: float, y: float, *, size: float = 4) -> None:
    SubElement(parent, "circle", {"class": kind, "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{size:.1f}"})


def _text(parent: Element, kind: str, position: Position, text: str, *, anchor: str) -> None:
    x, y = position
    attributes = {"class": kind, "x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    SubElement(parent, "text", attributes).text = text
