"""The curves of picking: labels needed for the same score, and the gain over random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.corpus.picking import By
from hedgerow.metrics.measures import DRAWS, SEED

Floats = NDArray[np.float64]
Point = Mapping[str, Any]


def summary_of(points: Sequence[Point]) -> dict[str, Any]:
    """Return `target`, random's last score, and `ways`: the labels that each needs for it, its gain over random."""
    counts, curves = _curves(points)
    chance = curves[By.RANDOM]
    draws = np.random.default_rng(SEED).integers(len(chance), size=(DRAWS, len(chance)))
    ways = []
    for way, scores in curves.items():
        drawn_needs = [_needed(counts, scores[draw], chance[draw]) for draw in draws]
        low, high = np.percentile([_far(need) for need in drawn_needs], [2.5, 97.5], method="nearest")
        gains = (scores - chance).mean(axis=1)
        ways.append(
            {
                "way": way,
                "needed": _needed(counts, scores, chance),
                "low": None if np.isinf(low) else int(low),
                "high": None if np.isinf(high) else int(high),
                "gain": round(float(gains.mean()), 4),
                "gain_deviation": round(float(gains.std(ddof=1)), 4) if len(gains) > 1 else None,
                "last": round(float(scores[:, -1].mean()), 4),
            }
        )
    return {"target": round(float(chance[:, -1].mean()), 4), "ways": ways}


def mean_curves(points: Sequence[Point]) -> tuple[list[int], dict[str, list[float]]]:
    """Return the numbers of labels that all seeds have, and by way the mean scores over the seeds at them."""
    counts, curves = _curves(points)
    return counts, {way: scores.mean(axis=0).tolist() for way, scores in curves.items()}


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
