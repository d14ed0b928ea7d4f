"""Forecast a learning curve: how much more labels would give, with its uncertainty, or why that cannot be said.

The curve is a power law, score = a - b n^-c (Figueroa et al. 2012; Viering & Loog 2021 find it the best of the simple
forms), with a at most 1 and b at least 0. For each exponent of a grid the other two are least squares. The interval
comes from a wild bootstrap (Wu 1986): residuals keep their place and get a random sign, so that small samples keep
their larger scatter. Its 2.5th to 97.5th percentile holds the truth less than 95 % of the time: on simulated curves, 84
to 91 % (evaluation/components/forecast_coverage.py). It assumes that the curve is a power law; a test set that
is unlike the texts to come is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hedgerow.metrics.measures import DRAWS, SEED, Floats

MIN_SIZES, MIN_POINTS, MIN_SPAN = 4, 6, 4  # sizes of training data, points in all, largest over smallest
MIN_EXPLAINED = 0.5  # of the variance of the scores
PARAMETERS = 3
EXPONENTS = np.geomspace(0.05, 2, 40)
_FLAT = 1e-9  # scores whose squared differences sum to less are equal


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """One curve or many: score = a - b n^-c; each parameter is (...,)."""

    a: Floats
    b: Floats
    c: Floats

    def at(self, sizes: Floats | float) -> Floats:
        """Return the scores of every curve at `sizes`: (..., sizes)."""
        score: Floats = self.a[..., None] - self.b[..., None] * np.asarray(sizes) ** -self.c[..., None]
        return score


def fit(sizes: Floats, scores: Floats) -> PowerLaw:
    """Return the curves that fit `scores`, (..., points), at `sizes`, (points,), with the least squared error."""
    best = np.full(scores.shape[:-1], np.inf)
    a, b, c = (np.zeros(scores.shape[:-1]) for _ in range(PARAMETERS))
    for exponent in EXPONENTS:
        x = (sizes / sizes.max()) ** -exponent
        slope = (
            -((scores - scores.mean(axis=-1, keepdims=True)) * (x - x.mean())).sum(axis=-1)
            / ((x - x.mean()) ** 2).sum()
        )
        top = scores.mean(axis=-1) + slope * x.mean()
        over = top > 1
        slope = np.where(over, ((1 - scores) * x).sum(axis=-1) / (x**2).sum(), slope)
        top = np.where(over, 1.0, top)
        falls = slope < 0
        slope, top = np.where(falls, 0.0, slope), np.where(falls, scores.mean(axis=-1), top)
        error = ((scores - top[..., None] + slope[..., None] * x) ** 2).sum(axis=-1)
        better = error < best
        best = np.where(better, error, best)
        a, b = np.where(better, top, a), np.where(better, slope * sizes.max() ** exponent, b)
        c = np.where(better, exponent, c)
    return PowerLaw(a, b, c)


def forecast(sizes: Sequence[float], scores: Sequence[float], more: int) -> dict[str, Any]:
    """Return what `more` labelled rows than the largest size would give.

    That is `now` and `then`, the scores on the curve, and `gain`, the difference, with bootstrap percentiles; `limit`,
    the score of endless labels; `scatter`, the standard deviation of one training around the curve. If it cannot be
    said, `refused` is the reason.
    """
    n, y = np.asarray(sizes, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    reason = too_little(n)
    if reason is not None:
        return {"refused": reason}
    curve = fit(n, y)
    residuals = y - curve.at(n)
    total = float(((y - y.mean()) ** 2).sum())
    explained = 1 - float((residuals**2).sum()) / total if total > _FLAT else 0.0
    if explained < MIN_EXPLAINED:
        return {
            "refused": f"the scores scatter more than they rise: the curve explains {explained:.0%} of their variance"
        }
    largest = float(n.max())
    draws = draws_of(n, y)
    ends = np.array([largest, largest + more])
    now, then = curve.at(ends)
    drawn = draws.at(ends)
    return {
        "largest": int(largest),
        "more": more,
        "now": _bounded(now, drawn[:, 0]),
        "then": _bounded(then, drawn[:, 1]),
        "gain": _bounded(then - now, drawn[:, 1] - drawn[:, 0]),
        "limit": _bounded(float(curve.a), draws.a),
        "exponent": round(float(curve.c), 3),
        "scatter": round(float(np.sqrt((residuals**2).sum() / (len(y) - PARAMETERS))), 4),
    }


def too_little(sizes: Floats) -> str | None:
    """Return why the points are too few for a forecast, or None."""
    distinct = _distinct(sizes)
    if distinct < MIN_SIZES:
        return f"{distinct} sizes of training data are too few for a curve of {PARAMETERS} parameters; give {MIN_SIZES}"
    if len(sizes) < MIN_POINTS:
        return f"{len(sizes)} points do not show how far a score scatters; give more --seeds or --fractions"
    if sizes.max() < MIN_SPAN * sizes.min():
        return f"the largest size is less than {MIN_SPAN} times the smallest; give smaller --fractions"
    return None


def _distinct(sizes: Floats) -> int:
    """Return how many sizes there are that are more than a tenth apart: seeds draw about as many rows, not as many."""
    steps = np.diff(np.log(np.sort(sizes)))
    return int((steps > np.log(1.1)).sum()) + 1


def backtest(sizes: Sequence[float], scores: Sequence[float]) -> dict[str, Any] | None:
    """Return what the curve of the smaller half of the sizes predicts for the largest, and what was measured there.

    The interval is of the mean of as many trainings as were measured, so it holds their scatter too. None if the
    smaller half has fewer than three sizes.
    """
    n, y = np.asarray(sizes, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    known, last = n <= n.max() * 0.6, n > n.max() / 1.1
    if _distinct(n[known]) < PARAMETERS or known.sum() <= PARAMETERS:
        return None
    curve = fit(n[known], y[known])
    residuals = (y[known] - curve.at(n[known])) * _wider(int(known.sum()))
    noise = np.random.default_rng(SEED).choice(residuals, size=(DRAWS, int(last.sum()))).mean(axis=1)
    predicted = curve.at(np.array([n.max()]))[0]
    return {
        "known": int(n[known].max()),
        "predicted": _bounded(predicted, draws_of(n[known], y[known]).at(np.array([n.max()]))[:, 0] + noise),
        "measured": round(float(y[last].mean()), 4),
    }


def draws_of(sizes: Floats, scores: Floats) -> PowerLaw:
    """Return DRAWS curves, each fitted on the scores of the curve with its residuals in random signs."""
    curve = fit(sizes, scores)
    fitted = curve.at(sizes)
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], size=(DRAWS, len(scores)))
    return fit(sizes, fitted + signs * (scores - fitted) * _wider(len(scores)))


def _wider(points: int) -> float:
    """Return the factor of residuals: those of a fit are smaller than the scatter that they come from."""
    return float(np.sqrt(points / (points - PARAMETERS)))


def _bounded(value: float, drawn: Floats) -> dict[str, float]:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": round(float(value), 4), "low": round(float(low), 4), "high": round(float(high), 4)}
