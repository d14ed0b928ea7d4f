"""The page of a report on picking: labels needed for the same score, the gain over random, and the curves.

`figures` of the report: `start`, the number of random labels; `pools`, for each corpus its `name`, `rows`, `labels`
with their number of rows, the labels in a round (`step`) and at most (`budget`), the `points` of all curves, `target`,
the score of random with the whole budget, and `ways`, by way the labels needed for it and the gain over random.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any

from evaluation.components.picking_curves import mean_curves
from evaluation.curve_files import curve_files
from hedgerow.corpus.picking import By
from hedgerow.report import (
    Cell,
    Figure,
    Folded,
    Page,
    Plot,
    Point,
    Report,
    Section,
    Series,
    Table,
    facts,
    linear,
    literal,
)

COLOURS = {"random": 5, "margin": 0, "entropy": 3, "disagreement": 1, "rare": 4, "margin of base": 2}
Pool = Mapping[str, Any]


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    about = (
        f"Every way starts from the same {report.figures['start']} random labels. Macro-F1 on a quarter of the rows, "
        "held out by seed. Labels needed: where the mean curve of a way reaches the score that random picking has with "
        "the whole budget; in brackets the 2.5th and 97.5th percentile over draws of the seeds with replacement, which "
        "few seeds make crude. Gain: the mean difference to random over the rounds, paired by seed, with its standard "
        "deviation over the seeds."
    )
    pools = report.figures["pools"]
    files = curve_files(pool["name"] for pool in pools)
    sections = [_section(pool, file) for pool, file in zip(pools, files, strict=True)]
    return Page("Active picking against random", facts(report), text=(about,), sections=sections)


def _section(pool: Pool, file: str) -> Section:
    counts = ", ".join(f"{literal(label['name'])} ({label['rows']:,})" for label in pool["labels"])
    about = f"{pool['rows']:,} rows; labels: {counts}. {pool['step']} rows a round."
    caption = f"macro-F1 by labels on {literal(pool['name'])}, mean over seeds; random is dashed"
    figure = Figure(curve_chart(pool), caption, file=file)
    return Section(pool["name"], text=(about,), parts=(figure, _needed(pool), _means(pool)))


def curve_chart(pool: Pool) -> Plot:
    """Return the mean curve of each way; random is dashed."""
    counts, curves = mean_curves(pool["points"])
    series = [
        Series(
            [
                Point(count, score, title=f"{way}, {count} labels: {score:.3f}")
                for count, score in zip(counts, scores, strict=True)
            ],
            name=way,
            colour=COLOURS[way],
            line="dashed" if way == By.RANDOM else "solid",
        )
        for way, scores in curves.items()
    ]
    every = [score for scores in curves.values() for score in scores]
    least = floor(10 * min(every)) / 10
    most = max(ceil(10 * max(every)) / 10, least + 0.1)
    return Plot(series, linear(0, counts[-1], "labels"), linear(least, most, "macro-F1"))


def _needed(pool: Pool) -> Table:
    budget = pool["budget"]
    rows: list[list[Cell]] = []
    for row in pool["ways"]:
        deviation = "" if row["gain_deviation"] is None else f" ± {row['gain_deviation']:.3f}"
        bounds = ", ".join(_labels(row[bound], budget) for bound in ("low", "high"))
        needed = f"{_labels(row['needed'], budget)} [{bounds}]"
        rows.append([row["way"], needed, f"{row['gain']:+.3f}{deviation}", f"{row['last']:.3f}"])
    return Table(["way", f"labels needed for {pool['target']:.3f}", "gain", f"with {budget} labels"], rows)


def _labels(needed: int | None, budget: int) -> str:
    return f"over {budget}" if needed is None else str(needed)


def _means(pool: Pool) -> Folded:
    counts, curves = mean_curves(pool["points"])
    rows: list[list[Cell]] = [
        [count, *(f"{curve[at]:.3f}" for curve in curves.values())] for at, count in enumerate(counts)
    ]
    return Folded("Macro-F1 by labels, mean over seeds", (Table(["labels", *curves], rows),))
