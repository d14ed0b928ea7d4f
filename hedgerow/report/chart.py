"""What a chart shows, before it is drawn (`drawing.py`): every chart of a report or a summary is one of four kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from hedgerow.metrics.measures import Score


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts as a grid: rows are gold labels, columns predicted ones; the shade is the share of the row."""

    labels: Sequence[str]
    counts: Sequence[Sequence[int]]
    corner: str = "gold ↓ predicted →"


@dataclass(frozen=True, slots=True)
class Interval:
    """A named score with its interval; `before` is a value that it corrects, `shown` its text, `title` its tooltip."""

    name: str
    score: Score
    before: float | None = None
    shown: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high`, with ticks (value, text); a logarithmic one is above 0."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    name: str = ""
    is_log: bool = False

    def part(self, value: float) -> float:
        """Return where a value is on the axis: 0 at `low`, 1 at `high`; on an axis of one value that is its middle."""
        if self.high == self.low:
            return 0.5
        if self.is_log:
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)

    def has(self, *values: float) -> bool:
        """Whether all values have a place: no number and infinity have none, nor has 0 on a logarithmic axis."""
        return all(isfinite(value) and (value > 0 or not self.is_log) for value in values)


@dataclass(frozen=True, slots=True)
class Intervals:
    """One row for each score: a whisker from low to high, and a dot at the value.

    `width` is that of the whole drawing, for charts side by side; without it the axis has always the same width.
    """

    rows: Sequence[Interval]
    scale: Scale
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars by name: one for each of the `series`, whose shares of 1 are (names, series)."""

    names: Sequence[str]
    series: Sequence[str]
    shares: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a plot, with the interval of `y` if it has one; `name` stands beside it, `title` is its tooltip."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one colour, the number of one of six.

    `line` joins them ("" for none, "solid", "dashed"), `dots` shows each, with that `radius`, and their intervals are a
    band or whiskers. A series without a name is not in the legend.
    """

    points: Sequence[Point]
    name: str = ""
    colour: int = 0
    line: str = "solid"
    dots: bool = True
    radius: float = 3
    is_band: bool = False
    is_faint: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """Series of points over two axes; `diagonal` draws the line on which x and y are equal.

    `size` is that of the area between the axes; if `width`, that of the whole drawing, is given, the area has the rest.
    """

    series: Sequence[Series]
    x: Scale
    y: Scale
    diagonal: bool = False
    size: tuple[int, int] = (340, 220)
    width: int | None = None


Chart = Matrix | Intervals | Bars | Plot


def linear(low: float, high: float, name: str = "", shown: Callable[[float], str] = "{:g}".format) -> Scale:
    """Return a scale with up to six round ticks between `low` and `high`, or one if they are the same."""
    if low == high:
        return Scale(low, high, [(low, shown(low))], name)
    step = _round_step((high - low) / 5)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    values = [round(number * step, 10) for number in range(first, last + 1)]
    return Scale(low, high, [(value, shown(value)) for value in values], name)


def logarithmic(low: float, high: float, name: str = "") -> Scale:
    """Return a logarithmic scale with a tick at every power of ten between `low` and `high`, or at `low`."""
    powers = range(ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9) + 1)
    ticks = [(10.0**power, f"{10**power:,}" if power >= 0 else f"{10.0**power:g}") for power in powers]
    return Scale(low, high, ticks or [(low, f"{low:,g}")], name, is_log=True)


def _round_step(least: float) -> float:
    """Return the smallest of 1, 2, 2.5 and 5 times a power of ten that is at least `least`."""
    power = 10.0 ** floor(log10(least)) if least > 0 else 1.0
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= least - 1e-12)
