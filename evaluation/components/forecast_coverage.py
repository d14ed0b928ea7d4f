"""Simulate how often the intervals of a forecast hold the truth, on learning curves that are power laws.

    python -m evaluation.components.forecast_coverage --curves 200

A curve has three seeds of four sizes and one training on all rows, as the committed ones; a score scatters from
training to training, and in the last kind also from seed to seed. `then` and `gain` are of 1,000 more rows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.command import guarded, make_parser
from evaluation.forecast import PowerLaw, forecast
from hedgerow.metrics import SEED
from hedgerow.report import markdown_table

SIZES, ALL_ROWS, MORE = (466.0, 932.0, 1870.0, 3260.0), 4664.0, 1000
SEEDS = 3
ENDS = ("now", "then", "gain")
ROUNDED = 5e-5  # a forecast has four places


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of curve: a - b n^-c, and the deviation of a training's score and of a seed's."""

    name: str
    a: float
    b: float
    c: float
    scatter: float
    seed_scatter: float = 0.0


KINDS = (
    Kind("steep", 0.85, 2.0, 0.5, 0.012),
    Kind("slow", 0.95, 0.9, 0.1, 0.01),
    Kind("steep, seeds differ", 0.85, 2.0, 0.5, 0.008, 0.012),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("components.forecast_coverage", __doc__)
    parser.add_argument("--curves", type=int, default=200, help="simulated curves of each kind")
    return guarded("components.forecast_coverage", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    rows = []
    for kind in KINDS:
        forecasts, held = coverage(kind, options.curves)
        rows.append([kind.name, forecasts, *(f"{count / max(forecasts, 1):.3f}" for count in held)])
    print(markdown_table(["curve", "forecasts", *ENDS], rows))


def coverage(kind: Kind, curves: int) -> tuple[int, list[int]]:
    """Return how many of `curves` have a forecast, and how many of these hold the true score now, then, and the gain.

    A curve whose scores scatter too much has none.
    """
    law = PowerLaw(np.array(kind.a), np.array(kind.b), np.array(kind.c))
    random = np.random.default_rng(SEED)
    sizes = [*SIZES * SEEDS, ALL_ROWS]
    now, then = law.at(np.array([ALL_ROWS, ALL_ROWS + MORE]))
    forecasts, held = 0, [0] * len(ENDS)
    for _ in range(curves):
        of_seeds = np.repeat(random.normal(0, kind.seed_scatter, SEEDS), len(SIZES))
        noise = random.normal(0, kind.scatter, len(sizes)) + np.append(of_seeds, 0)
        found = forecast(sizes, (law.at(np.array(sizes)) + noise).tolist(), MORE)
        if "refused" in found:
            continue
        forecasts += 1
        for at, (end, truth) in enumerate(zip(ENDS, (now, then, then - now), strict=True)):
            held[at] += found[end]["low"] - ROUNDED <= truth <= found[end]["high"] + ROUNDED
    return forecasts, held


if __name__ == "__main__":
    sys.exit(main())
