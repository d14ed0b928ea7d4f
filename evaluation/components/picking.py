"""Active picking against random: how many labels each way of `hedgerow corpus pick` needs for the same score.

    python -m evaluation.components.picking --seeds 5 --out evaluation/reports/picking

FactAppeal's and Pei & Jurgens' training parts are the pools; a quarter, drawn by the seed, is held out to measure on.
Every way starts from the same random labels, and adds 50 or 100 at a time: a model of all labels so far scores the
pool, and `pick` chooses by margin, entropy, disagreement, rarity or at random. "margin of base" is the command before
there is a model of one's own: the scores are base's, and never change. The model is a logistic regression on TF-IDF of
words and characters, with the settings of model/linear; the committee of disagreement is one on words and one on
characters.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.components.picking_curves import summary_of
from evaluation.components.picking_page import page_of
from evaluation.components.picking_rounds import ROUNDS, START, WAYS, Pool, curve, read_pools
from hedgerow.classifier import load
from hedgerow.errors import RecipeError
from hedgerow.report import Report, measured_files, measured_model
from hedgerow.report.provenance import ROOT
from hedgerow.training.recipe import LinearRecipe, read_recipe

BENCHMARKS = ROOT.parent / "shared" / "corpora" / "benchmarks"
RECIPE = ROOT / "model" / "linear" / "recipe.toml"
FIRST_SEED = 13


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("components.picking", __doc__)
    parser.add_argument("--benchmarks", type=Path, default=BENCHMARKS, help="the folder of both corpora")
    parser.add_argument("--seeds", type=int, default=5, help="how many draws of the held-out rows and the first labels")
    parser.add_argument("--model", default="base", help='the model of "margin of base"')
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report")
    return run_command(parser, arguments, ReportCommand("picking", _measure, page_of, _summary))


def _measure(options: argparse.Namespace) -> Measured:
    recipe = read_recipe(RECIPE)
    if not isinstance(recipe, LinearRecipe):
        raise RecipeError(f"{RECIPE}: 'kind' is 'network'; picking needs the recipe of a linear model")
    pools = read_pools(options.benchmarks)
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    return Measured(
        {
            "start": START,
            "pools": [measure(name, pool, recipe, seeds, options.model) for name, pool in pools.items()],
        },
        models=[measured_model(options.model)],
        corpus=measured_files([pool.file for pool in pools.values()], [options.model]),
    )


def measure(name: str, pool: Pool, recipe: LinearRecipe, seeds: Sequence[int], model: str) -> dict[str, Any]:
    """Return the points of every way and seed on one pool, and their summary."""
    predictions = load(model).predict(pool.texts)
    scored = pool.with_scores_of(predictions)
    points = []
    for seed in seeds:
        for way in WAYS:
            points += [{"way": way, "seed": seed, **point} for point in curve(scored, recipe, way, seed, ROUNDS[name])]
    step, budget = ROUNDS[name]
    labels = [{"name": label, "rows": pool.labels.count(label)} for label in sorted(set(pool.labels))]
    return {
        "name": name,
        "rows": len(pool.texts),
        "step": step,
        "budget": budget,
        "labels": labels,
        "points": points,
        **summary_of(points),
    }


def _summary(report: Report) -> str:
    return "\n".join(
        f"{pool['name']}, {row['way']}: gain {row['gain']:+.3f}"
        for pool in report.figures["pools"]
        for row in pool["ways"]
    )


if __name__ == "__main__":
    sys.exit(main())
