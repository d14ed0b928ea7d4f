"""Figures as text, with as many decimals as an interval needs to be seen."""

from __future__ import annotations

from collections.abc import Callable

from hedgerow.metrics.measures import Score

_MOST_DECIMALS = 8


def percent(score: Score) -> str:
    """Return a share with its interval in percent: `12.3 [10.1, 14.9]`."""
    value, low, high = _distinct(score, lambda x, decimals: f"{100 * x:.{decimals}f}", first=1)
    return f"{value} [{low}, {high}]"


def short_percent(score: Score) -> str:
    """Return whole percents, or one decimal below ten, so that five labels fit a terminal: `12 [10\u201315]`."""
    value, low, high = _distinct(score, lambda x, decimals: f"{100 * x:.{decimals + (x < 0.1)}f}", first=0)
    return f"{value} [{low}\u2013{high}]"


def points(score: Score) -> str:
    """Return a difference in percentage points: `+2.1 [-0.3, +4.4]`."""
    value, low, high = _distinct(score, lambda x, decimals: f"{round(100 * x, decimals) + 0.0:+.{decimals}f}", first=1)
    return f"{value} [{low}, {high}]"


def shares(score: Score) -> list[str]:
    """Return the value and the ends of the interval as shares, for a table of a spreadsheet."""
    return _distinct(score, lambda x, decimals: f"{x:.{decimals}f}", first=4)


def _distinct(score: Score, shown: Callable[[float, int], str], *, first: int) -> list[str]:
    """Return the three figures with as few decimals, from `first`, as show that the interval has a width."""
    decimals = next((n for n in range(first, _MOST_DECIMALS) if shown(score.low, n) != shown(score.high, n)), first)
    return [shown(figure, decimals) for figure in (score.value, score.low, score.high)]
