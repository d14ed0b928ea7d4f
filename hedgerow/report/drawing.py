"""Draw charts as SVG: elements, not strings, so that every name is escaped.

Lengths are pixels at full size. Colours are those of `chart.css`, which follow light and dark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from math import isfinite

from hedgerow.report.chart import Bars, Chart, Interval, Intervals, Matrix, Plot, Point, Scale, Series
from hedgerow.report.markup import Element, add, element, to_xml
from hedgerow.report.text import plain
from hedgerow.report.text_width import fitted, text_width

TYPE = 12  # the size of the type
_NAMES = 130  # room for names beside rows, at most
_SWATCH, _GAP = 12, 16  # of a legend
_WIDER = 1.12  # a font that is a little wider than Arial, if that is missing
Position = tuple[float, float]  # x, y


@cache
def stylesheet(name: str) -> str:
    """Return a stylesheet of this room: `chart.css` has the colours too, `page.css` all that is no chart."""
    return resources.files("hedgerow.report").joinpath(name).read_text("utf-8")


def drawn_chart(chart: Chart, label: str) -> Element:
    """Return the chart as an SVG element of a page whose style has `chart.css`; `label` is a caption of it."""
    match chart:
        case Matrix():
            return _matrix(chart, label)
        case Intervals():
            return _intervals(chart, label)
        case Bars():
            return _bars(chart, label)
        case Plot():
            return _plot(chart, label)


def chart_as_file(chart: Chart, label: str) -> str:
    """Return the chart as an SVG file with its own style."""
    drawing = drawn_chart(chart, label)
    drawing.set("xmlns", "http://www.w3.org/2000/svg")
    style = element("style", stylesheet("chart.css"))
    style.tail = "\n"
    drawing.insert(0, style)
    return to_xml(drawing) + "\n"


def _matrix(matrix: Matrix, label: str) -> Element:
    left, top, wide, high = _room(matrix.labels) + 12, 42, 84, 38
    size = len(matrix.labels)
    drawing = _drawing(left + size * wide + 2, top + size * high + 2, label)
    _text(drawing, (0, 14), matrix.corner, "faint")
    for at, name in enumerate(matrix.labels):
        _text(drawing, (left + wide * (at + 0.5), top - 8), fitted(name, TYPE, wide - 4), anchor="middle")
        _text(drawing, (left - 8, top + high * (at + 0.5) + 4), fitted(name, TYPE, _NAMES), anchor="end")
    for down, row in enumerate(matrix.counts):
        whole = sum(row)
        for across, count in enumerate(row):
            x, y = left + wide * across, top + high * down
            cell = _rectangle(drawing, "cell", (x, y), (wide, high))
            cell.set("fill-opacity", f"{0.55 * count / whole:.3f}" if whole else "0")
            _text(drawing, (x + wide / 2, y + high / 2 + 4), f"{count:,}", anchor="middle")
    return drawing


def _intervals(chart: Intervals, label: str) -> Element:
    row_height, right = 26 if chart.width is None else 22, 54 if any(row.shown for row in chart.rows) else 14
    most = _NAMES if chart.width is None else min(_NAMES, chart.width // 3)
    left = _room([row.name for row in chart.rows], most) + 12
    wide = 210 if chart.width is None else chart.width - left - right
    bottom = 6 + row_height * len(chart.rows)
    drawing = _drawing(left + wide + right, bottom + (38 if chart.scale.name else 20), label)

    def across(value: float) -> float:
        return left + wide * chart.scale.part(value)

    for value, shown in chart.scale.ticks:
        _line(drawing, "grid", (across(value), 4), (across(value), bottom))
        _text(drawing, (across(value), bottom + 15), shown, "faint", anchor="middle")
    if chart.scale.name:
        _text(drawing, (left + wide / 2, bottom + 33), chart.scale.name, "faint", anchor="middle")
    for number, row in enumerate(chart.rows):
        y = 6 + row_height * (number + 0.5)
        group = add(drawing, "g", class_="c0")
        if tooltip := row.title or (row.shown and f"{row.name}: {row.shown}"):
            add(group, "title", tooltip)
        _text(group, (left - 8, y + 4), fitted(row.name, TYPE, most), anchor="end")
        _interval(group, row, chart.scale, (across, y))
        if row.shown:
            _text(group, (left + wide + right - 2, y + 4), row.shown, anchor="end")
    return drawing


def _interval(group: Element, row: Interval, scale: Scale, place: tuple[Callable[[float], float], float]) -> None:
    """Draw the marks of one row at `place` (the axis, y): those that the scale has."""
    across, y = place
    if scale.has(row.score.low, row.score.high):
        _line(group, "whisker", (across(row.score.low), y), (across(row.score.high), y))
    if row.before is not None and scale.has(row.before):
        _dot(group, "before", (across(row.before), y))
    if scale.has(row.score.value):
        _dot(group, "dot", (across(row.score.value), y))


def _bars(chart: Bars, label: str) -> Element:
    left, wide, thick = _room(chart.names) + 12, 230, 15
    high = thick * len(chart.series) + 10
    legend = _legend_rows([(name, f"bar s{at}") for at, name in enumerate(chart.series)], left + wide)
    top = 20 * len(legend) + 4
    drawing = _drawing(left + wide + 56, top + high * len(chart.names), label)
    _draw_legend(drawing, legend, (left, 2))
    for number, (name, shares) in enumerate(zip(chart.names, chart.shares, strict=True)):
        y = top + high * number
        _text(drawing, (left - 8, y + high / 2), fitted(name, TYPE, _NAMES), anchor="end")
        for at, share in enumerate(shares):
            if not isfinite(share):
                continue
            _rectangle(drawing, f"bar s{at}", (left, y + thick * at), (wide * share, thick - 1))
            _text(drawing, (left + wide * share + 5, y + thick * at + 11), f"{100 * share:.1f} %")
    return drawing


def _plot(plot: Plot, label: str) -> Element:
    frame = _Frame(plot)
    legend = _legend_rows([(one.name, f"dot c{one.colour}") for one in plot.series if one.name], frame.width)
    drawing = _drawing(frame.width, frame.height + 20 * len(legend), label)
    frame.draw(drawing)
    for series in plot.series:
        _series(drawing, series, frame)
    _draw_legend(drawing, legend, (frame.left, frame.height))
    return drawing


class _Frame:
    """The axes of a plot, and where a point is in it."""

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.left = max((text_width(shown, TYPE) for _, shown in plot.y.ticks), default=0) + 12
        self.top = 24 if plot.y.name else 8
        self.wide, self.high = map(float, plot.size)
        last_tick = max((text_width(shown, TYPE) * _WIDER / 2 for _, shown in plot.x.ticks), default=0)
        right = max(12, last_tick)
        if plot.width is not None:
            self.wide = plot.width - self.left - right
        self.width = self.left + self.wide + right
        self.height = self.top + self.high + (42 if plot.x.name else 24)

    def place(self, x: float, y: float) -> Position:
        return self.left + self.wide * self.plot.x.part(x), self.top + self.high * (1 - self.plot.y.part(y))

    def draw(self, drawing: Element) -> None:
        bottom, right = self.top + self.high, self.left + self.wide
        for value, shown in self.plot.y.ticks:
            _, y = self.place(self.plot.x.low, value)
            _line(drawing, "grid", (self.left, y), (right, y))
            _text(drawing, (self.left - 6, y + 4), shown, "faint", anchor="end")
        for value, shown in self.plot.x.ticks:
            x, _ = self.place(value, self.plot.y.low)
            _line(drawing, "grid", (x, self.top), (x, bottom))
            _text(drawing, (x, bottom + 16), shown, "faint", anchor="middle")
        if self.plot.x.name:
            _text(drawing, (self.left + self.wide / 2, bottom + 34), self.plot.x.name, "faint", anchor="middle")
        if self.plot.y.name:
            _text(drawing, (0, 12), f"{self.plot.y.name} ↑", "faint")
        if self.plot.diagonal:
            low, high = max(self.plot.x.low, self.plot.y.low), min(self.plot.x.high, self.plot.y.high)
            _line(drawing, "ideal", self.place(low, low), self.place(high, high))


def _series(drawing: Element, series: Series, frame: _Frame) -> None:
    x, y = frame.plot.x, frame.plot.y
    group = add(drawing, "g", class_=f"c{series.colour}{' faded' if series.is_faint else ''}")
    points = [point for point in series.points if x.has(point.x) and y.has(point.y)]
    bounded = [
        (point, point.low, point.high)
        for point in points
        if point.low is not None and point.high is not None and y.has(point.low, point.high)
    ]
    if series.is_band and len(bounded) > 1:
        upper = [frame.place(point.x, high) for point, _, high in bounded]
        lower = [frame.place(point.x, low) for point, low, _ in bounded]
        add(group, "polygon", class_="band", points=_path([*upper, *reversed(lower)]))
    else:
        for point, low, high in bounded:
            _line(group, "whisker", frame.place(point.x, low), frame.place(point.x, high))
    if series.line and len(points) > 1:
        places = [frame.place(point.x, point.y) for point in points]
        add(group, "polyline", class_=f"line {series.line}", points=_path(places))
    for point in points:
        _point(group, point, frame.place(point.x, point.y), series.radius if series.dots else 0)


def _point(group: Element, point: Point, place: Position, radius: float) -> None:
    spot = add(group, "g") if point.title else group
    if point.title:
        add(spot, "title", point.title)
    if radius:
        _dot(spot, "dot", place, size=radius)
    for line, words in enumerate(point.name.split("\n") if point.name else ()):
        _text(spot, (place[0] + 6, place[1] + 4 + 13 * line), words, "name")


Legend = list[list[tuple[str, str, float]]]  # rows of (name, class, x)


def _legend_rows(entries: Sequence[tuple[str, str]], width: float) -> Legend:
    """Return the entries (name, class) in rows that are not wider than `width`."""
    rows: Legend = []
    x = width
    for name, kind in entries:
        wide = _SWATCH + 6 + text_width(name, TYPE) + _GAP
        if not rows or x + wide > width:
            rows.append([])
            x = 0.0
        rows[-1].append((name, kind, x))
        x += wide
    return rows


def _draw_legend(drawing: Element, rows: Legend, start: Position) -> None:
    for number, row in enumerate(rows):
        for name, kind, x in row:
            left, top = start[0] + x, start[1] + 20 * number
            shape, series = kind.split()
            group = add(drawing, "g", class_=series)
            _rectangle(group, shape, (left, top), (_SWATCH, _SWATCH))
            _text(group, (left + _SWATCH + 6, top + 10.5), name)


def _room(names: Sequence[str], most: float = _NAMES) -> float:
    """Return the room that names beside rows need, also in a font that is a little wider."""
    return min(most, max((text_width(name, TYPE) for name in names), default=0.0)) * _WIDER


def _drawing(width: float, height: float, label: str) -> Element:
    size = {"viewBox": f"0 0 {width:.0f} {height:.0f}", "width": f"{width:.0f}"}
    drawing = element("svg", class_="chart", role="img", aria_label=plain(label))
    for name, value in size.items():
        drawing.set(name, value)
    return drawing


def _rectangle(parent: Element, kind: str, place: Position, size: Position) -> Element:
    numbers = zip(("x", "y", "width", "height"), (*place, *size), strict=True)
    return add(parent, "rect", class_=kind, **{name: _rounded(value) for name, value in numbers})


def _line(parent: Element, kind: str, start: Position, end: Position) -> None:
    coordinates = zip(("x1", "y1", "x2", "y2"), (*start, *end), strict=True)
    add(parent, "line", class_=kind, **{name: _rounded(value) for name, value in coordinates})


def _dot(parent: Element, kind: str, place: Position, *, size: float = 4) -> None:
    add(parent, "circle", class_=kind, cx=_rounded(place[0]), cy=_rounded(place[1]), r=f"{size:g}")


def _text(parent: Element, place: Position, text: str, kind: str | None = None, *, anchor: str | None = None) -> None:
    x, y = (_rounded(value) for value in place)
    add(parent, "text", text, class_=kind, x=x, y=y, text_anchor=anchor)


def _path(places: Sequence[Position]) -> str:
    return " ".join(f"{_rounded(x)},{_rounded(y)}" for x, y in places)


def _rounded(value: float) -> str:
    return f"{value:.1f}"
