"""The page of a learning curve: for each part that was measured the curve, its table, and the forecast.

Each training has a point with its interval, and a line joins the means over the seeds. A forecast is a dashed line with
its interval.

`figures` of the report: the `recipe`, and `parts`, for each its `name`, `points` (the fraction, seed and sentences of a
training, with its scores by head), and `forecasts` by label head as `evaluation.forecast` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from math import floor
from statistics import mean
from typing import Any

from evaluation.curve_files import curve_files
from evaluation.forecast_text import METHOD, forecast_section, made_forecasts
from evaluation.head_scores import measure_of, shown
from hedgerow.labels import AXES
from hedgerow.report import (
    Cell,
    Figure,
    Page,
    Plot,
    Point,
    Report,
    Scale,
    Section,
    Series,
    Table,
    code,
    facts,
    linear,
    literal,
    with_interval,
)
from hedgerow.report.provenance import short_hash

OTHERS = (2, 3, 4, 5)  # colours of heads of one's own, in turn
SIZE = (340, 260)  # of a curve
Part = Mapping[str, Any]
Training = Mapping[str, Any]  # one of its points


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    recipe, parts = report.figures["recipe"], report.figures["parts"]
    about = (
        "A fraction is of the labels, in whole groups; a smaller one is part of a larger one of the same seed. In "
        "brackets 95 % intervals (2,000 bootstrap draws of whole groups)."
    )
    sections = []
    y = _scale(parts)
    for part, file in zip(parts, curve_files(part["name"] for part in parts), strict=True):
        sections.append(_measured(part, y, file))
        if part["forecasts"]:
            sections.append(forecast_section(part["forecasts"]))
    if any(made_forecasts(part["forecasts"]) for part in parts):
        sections.append(Section("How forecasts are made", text=(METHOD,)))
    named = f"{code(recipe['file'])}, sha256 `{short_hash(recipe['sha256'])}`"
    return Page(
        f"Learning curve of {recipe['file']}", facts(report, ("recipe", named)), text=(about,), sections=sections
    )


def label_heads(scores: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the label heads among the scores of a part; the others are spans, which have no interval."""
    return [head for head, score in scores.items() if "low" in score]


def _scale(parts: Sequence[Part]) -> Scale:
    """Return one axis for the scores of all parts: from the tenth below the lowest interval to 1."""
    scores = [score for part in parts for point in part["points"] for score in point["scores"].values()]
    least = min((score["low"] for score in scores if "low" in score), default=0.0)
    return linear(min(floor(10 * least) / 10, 0.9), 1, "macro-F1")


def _measured(part: Part, y: Scale, file: str) -> Section:
    table = Table(_header(part["points"][0]["scores"]), list(_rows(part["points"])))
    title = f"Measured on {part['name']}"
    if not label_heads(part["points"][0]["scores"]):
        return Section(title, parts=(table,))
    caption = f"macro-F1 by labelled sentences, measured on {literal(part['name'])}"
    if made_forecasts(part["forecasts"]):
        caption += "; the forecast is dashed"
    return Section(title, parts=(Figure(curve_chart(part, y), caption, file=file), table))


def curve_chart(part: Part, y: Scale) -> Plot:
    """Return the curves of the label heads of a part over the axis `y`, with their forecasts."""
    heads = label_heads(part["points"][0]["scores"])
    made = made_forecasts(part["forecasts"])
    series: list[Series] = []
    for head, colour in colours(heads).items():
        series += _curve(part["points"], head, colour)
        if head in made:
            series.append(_forecast(made[head], head, colour))
    ends = [point.x for one in series for point in one.points]
    return Plot(series, linear(0, max(ends), "labelled sentences", "{:,.0f}".format), y, size=SIZE)


def colours(heads: Sequence[str]) -> dict[str, int]:
    """Return the colour of each label head: the axes always have theirs."""
    known, others = dict(zip(AXES, (0, 1), strict=True)), cycle(OTHERS)
    return {head: known[head] if head in known else next(others) for head in heads}


def _curve(points: Sequence[Training], head: str, colour: int) -> Iterator[Series]:
    """Yield the points of one head, and the line through their means."""
    dots = []
    for point in points:
        score = point["scores"][head]
        title = f"{head}, {point['sentences']:,} sentences, seed {point['seed']}: {with_interval(score)}"
        dots.append(Point(point["sentences"], score["value"], score["low"], score["high"], title=title))
    yield Series(dots, colour=colour, line="", is_faint=True)
    means = [
        Point(_mean_size(seeds), mean(point["scores"][head]["value"] for point in seeds))
        for seeds in _by_fraction(points).values()
    ]
    yield Series(means, name=head, colour=colour, dots=False)


def _forecast(found: Mapping[str, Any], head: str, colour: int) -> Series:
    ends = ((found["largest"], found["now"]), (found["largest"] + found["more"], found["then"]))
    points = [
        Point(size, score["value"], score["low"], score["high"], title=f"{head}, forecast: {with_interval(score)}")
        for size, score in ends
    ]
    return Series(points, colour=colour, line="dashed", dots=False, is_band=True)


def _by_fraction(points: Sequence[Training]) -> dict[float, list[Training]]:
    by_fraction: dict[float, list[Training]] = {}
    for point in points:
        by_fraction.setdefault(point["train_fraction"], []).append(point)
    return by_fraction


def _mean_size(points: Sequence[Training]) -> float:
    size: float = mean(point["sentences"] for point in points)
    return size


def _header(scores: Mapping[str, Mapping[str, float]]) -> list[str]:
    return ["fraction", "sentences", "seed", *(f"{head} {measure_of(scores, head)}" for head in scores)]


def _rows(points: Sequence[Training]) -> Iterator[list[Cell]]:
    """Yield a row for each training, and the mean of those of one fraction."""
    for fraction, seeds in _by_fraction(points).items():
        for point in seeds:
            scores = point["scores"].values()
            yield [f"{fraction:g}", f"{point['sentences']:,}", point["seed"], *map(shown, scores)]
        if len(seeds) > 1:
            means = (mean(point["scores"][head]["value"] for point in seeds) for head in seeds[0]["scores"])
            yield [f"{fraction:g}", f"{round(_mean_size(seeds)):,}", "mean", *(f"{value:.3f}" for value in means)]
