"""The charts of a roll-up, one for each label: a dot with its interval for each group, or a line with its band."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from hedgerow.metrics.measures import Score
from hedgerow.report import Figure, Interval, Intervals, Plot, Point, Scale, Series, literal
from hedgerow.summary.figures import percent
from hedgerow.summary.roll_up import GroupPrevalence, Summary
from hedgerow.summary.timeline import period_of, positions, stretches

PLOTTED = 25  # groups, the largest; periods are all plotted
WIDE, NARROW = 358, 278  # pixels of a chart: three or four stand side by side on a wide page, one on a phone
TICKS = {WIDE: 5, NARROW: 4}  # at most, on an axis of time
_HEIGHT = 130  # of the area of a chart over time
_GREY = 5  # the colour of counted shares
_TOPS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)  # the ends of a scale that is shorter than 1


@dataclass(frozen=True, slots=True)
class Share:
    """A group's share of a label, and the counted one if it was corrected."""

    name: str
    score: Score
    counted: float | None = None

    @property
    def title(self) -> str:
        """The tooltip."""
        counted = "" if self.counted is None else f"; counted {_percent(self.counted)}"
        return f"{self.name}: {percent(self.score)} %{counted}"


Shares = Mapping[int, Share]  # by the number of a period, or of a group in its order


def panels(summary: Summary, axis: str, groups: Sequence[GroupPrevalence], name: str = "") -> list[Figure]:
    """Return a chart for each label of `axis`: over time of the periods `groups`, whose series has the `name`.

    Otherwise it shows the first groups and the whole. There is none if no sentence of them is labelled on the axis.
    """
    labels = summary.scheme.heads[axis]
    width = NARROW if len(labels) % 3 == 1 else WIDE  # so that no chart is alone in the last row
    shown = positions(summary, groups) if summary.over_time else dict(enumerate((*groups[:PLOTTED], summary.whole)))
    of = ", ".join(part for part in (summary.group.by or "all", name) if part)
    figures = []
    for number, label in enumerate(labels):
        found = ((at, _share(group, axis, number)) for at, group in shown.items())
        if shares := {at: share for at, share in found if share is not None}:
            chart = _over_time(summary, shares, width) if summary.over_time else _by_group(shares, width)
            figures.append(Figure(chart, literal(f"Share of {label} by {of}, percent"), title=label))
    return figures


def _by_group(shares: Shares, width: int) -> Intervals:
    rows = [Interval(one.name, one.score, one.counted, _percent(one.score.value), one.title) for one in shares.values()]
    return Intervals(rows, _scale(shares.values()), width)


def _over_time(summary: Summary, shares: Shares, width: int) -> Plot:
    """Return a line for each stretch of periods, with its band, over the counted shares, dashed.

    The axis of time is that of all groups. Its ticks are at equal distances.
    """
    period, every = period_of(summary), list(positions(summary, summary.groups))
    assert period is not None
    first, last = every[0], every[-1]
    ticks = range(first, last + 1, max(1, ceil((last - first) / (TICKS[width] - 1))))
    x = Scale(first, last, [(number, period.show(number)) for number in ticks])
    radius = max(1.5, min(3, width / (5 * max(1, last - first))))
    numbers = list(shares)
    stretched = [[numbers[at] for at in stretch] for stretch in stretches(numbers)]
    counted = [_counted(shares, stretch) for stretch in stretched]
    lines = [_line(shares, stretch, radius) for stretch in stretched]
    y = _scale(shares.values())
    return Plot([*(one for one in counted if one.points), *lines], x, y, size=(width, _HEIGHT), width=width)


def _counted(shares: Shares, stretch: Sequence[int]) -> Series:
    """Return the counted shares of a stretch of periods, without points if they were not corrected."""
    counted = ((at, shares[at].counted) for at in stretch)
    points = [Point(at, share) for at, share in counted if share is not None]
    return Series(points, colour=_GREY, line="dashed", dots=False, is_faint=True)


def _line(shares: Shares, stretch: Sequence[int], radius: float) -> Series:
    scores = [(at, shares[at].score, shares[at].title) for at in stretch]
    points = [Point(at, score.value, score.low, score.high, title=title) for at, score, title in scores]
    return Series(points, radius=radius, is_band=True)


def _scale(shares: Iterable[Share]) -> Scale:
    """Return the scale of a label, which ends at a round share above every interval."""
    highest = max(max(share.score.high, share.counted or 0.0) for share in shares)
    top = next((top for top in _TOPS if highest <= top), 1.0)
    return Scale(0, top, [(share, _percent(share)) for share in (0.0, top / 2, top)])


def _share(group: GroupPrevalence, axis: str, number: int) -> Share | None:
    estimates = [estimate for estimate in group.estimates if estimate.axis == axis]
    if not estimates:
        return None
    estimate = estimates[number]
    if estimate.corrected is None:
        return Share(group.name, estimate.share)
    return Share(group.name, estimate.corrected, estimate.share.value)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share and share < 0.1 else f"{100 * share:.0f} %"
