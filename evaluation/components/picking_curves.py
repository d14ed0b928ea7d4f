"""What the curves of picking say: labels needed for the same score, the gain over random, and the plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.plotting import BLUE, ORANGE, drawn
from hedgerow.corpus.picking import By
from hedgerow.metrics.measures import DRAWS, SEED
from hedgerow.report import markdown_table

PLOT = "curves.svg"
COLOURS = {
    "random": "black",
    "margin": BLUE,
    "entropy": "#7a4fa3",
    "disagreement": ORANGE,
    "rare": "#c9a227",
    "margin of base": "#5a9a4a",
}
SIZE = (3.4, 2.8)  # inches, of one panel
Floats = NDArray[np.float64]
Point = Mapping[str, Any]


def summary_of(points: Sequence[Point]) -> dict[str, Any]:
    """Return by way the labels needed for random's last score, the gain over random, and the last score."""
    counts, curves = _curves(points)
    chance = curves[By.RANDOM]
    draws = np.random.default_rng(SEED).integers(len(chance), size=(DRAWS, len(chance)))
    summary: dict[str, Any] = {"target": round(float(chance[:, -1].mean()), 4)}
    for way, scores in curves.items():
        drawn_needs = [_needed(counts, scores[draw], chance[draw]) for draw in draws]
        low, high = np.percentile([_far(need) for need in drawn_needs], [2.5, 97.5], method="nearest")
        gains = (scores - chance).mean(axis=1)
        summary[way] = {
            "needed": _needed(counts, scores, chance),
            "low": None if np.isinf(low) else int(low),
            "high": None if np.isinf(high) else int(high),
            "gain": round(float(gains.mean()), 4),
            "gain_deviation": round(float(gains.std(ddof=1)), 4) if len(gains) > 1 else None,
            "last": round(float(scores[:, -1].mean()), 4),
        }
    return summary


def _curves(points: Sequence[Point]) -> tuple[list[int], dict[str, Floats]]:
    """Return the numbers of labels that all seeds have, and by way the scores (seeds, numbers of labels)."""
    by_way: dict[str, dict[int, dict[int, float]]] = {}
    for point in points:
        by_way.setdefault(point["way"], {}).setdefault(point["seed"], {})[point["labels"]] = point["macro_f1"]
    everywhere = set.intersection(*(set(scores) for seeds in by_way.values() for scores in seeds.values()))
    counts = sorted(everywhere)
    return counts, {
        way: np.array([[scores[count] for count in counts] for scores in seeds.values()])
        for way, seeds in by_way.items()
    }


def _needed(counts: Sequence[int], scores: Floats, chance: Floats) -> int | None:
    """Return where the mean curve first reaches the last mean score of `chance`, by linear steps; None if nowhere."""
    target, mean = chance[:, -1].mean(), scores.mean(axis=0)
    reached = np.flatnonzero(mean >= target)
    if not len(reached):
        return None
    at = int(reached[0])
    if at == 0:
        return counts[0]
    share = (target - mean[at - 1]) / (mean[at] - mean[at - 1])
    return round(float(counts[at - 1] + share * (counts[at] - counts[at - 1])))


def _far(needed: int | None) -> float:
    return np.inf if needed is None else needed


def table(pool: Mapping[str, Any]) -> str:
    """Return the summary of one pool as a Markdown table."""
    budget = pool["budget"]
    rows = []
    for way, row in pool["summary"].items():
        if way == "target":
            continue
        deviation = "" if row["gain_deviation"] is None else f" ± {row['gain_deviation']:.3f}"
        bounds = ", ".join(_labels(row[bound], budget) for bound in ("low", "high"))
        rows.append(
            [
                way,
                f"{_labels(row['needed'], budget)} [{bounds}]",
                f"{row['gain']:+.3f}{deviation}",
                f"{row['last']:.3f}",
            ]
        )
    header = ["way", f"labels needed for {pool['summary']['target']:.3f}", "gain", f"with {budget} labels"]
    return markdown_table(header, rows)


def _labels(needed: int | None, budget: int) -> str:
    return f"over {budget}" if needed is None else str(needed)


def draw(pools: Mapping[str, Any]) -> str:
    """Return the mean curves as SVG, one panel for each pool; random is thick."""

    def panels(figure: Any) -> None:
        row = figure.subplots(1, len(pools), squeeze=False)[0]
        for panel, (name, pool) in zip(row, pools.items(), strict=True):
            counts, curves = _curves(pool["points"])
            for way, scores in curves.items():
                thick = way == By.RANDOM
                panel.plot(counts, scores.mean(axis=0), label=way, color=COLOURS[way], linewidth=2 if thick else 1)
            panel.set(title=name, xlabel="labels")
            panel.grid(alpha=0.3)
        row[0].set_ylabel("macro-F1, mean over seeds")
        row[-1].legend(frameon=False, loc="lower right")

    return drawn(SIZE[0] * len(pools), SIZE[1], panels)
