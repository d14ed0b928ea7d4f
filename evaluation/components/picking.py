"""Active picking against random: how many labels each way of `hedgerow corpus pick` needs for the same score.

    python -m evaluation.components.picking --seeds 5 --out evaluation/reports/picking

FactAppeal's and Pei & Jurgens' training parts are the pools; a quarter, drawn by the seed, is held out to measure on.
Every way starts from the same random labels, and adds 50 or 100 at a time: a model of all labels so far scores the
pool, and `pick` chooses by margin, entropy, disagreement, rarity or at random. "margin of base" is the command before
there is a model of one's own: the scores are base's, and never change. The model is a logistic regression on TF-IDF of
words and characters, with the settings of model/linear; the committee of disagreement is one on words and one on
characters.
Writes `report.json`, `report.md` and `curves.svg`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.components.picking_curves import PLOT, draw, summary_of, table
from evaluation.components.picking_rounds import ROUNDS, START, WAYS, Pool, curve, read_pools
from evaluation.command import corpus_entries, guarded, head, make_parser, provenance, write_report
from hedgerow.classifier import load
from hedgerow.errors import RecipeError
from hedgerow.report.provenance import ROOT
from hedgerow.training.recipe import LinearRecipe, read_recipe

BENCHMARKS = ROOT.parent / "shared" / "corpora" / "benchmarks"
RECIPE = ROOT / "model" / "linear" / "recipe.toml"
FIRST_SEED = 13


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser("components.picking", __doc__)
    parser.add_argument("--benchmarks", type=Path, default=BENCHMARKS, help="the folder of both corpora")
    parser.add_argument("--seeds", type=int, default=5, help="how many draws of the held-out rows and the first labels")
    parser.add_argument("--model", default="base", help='the model of "margin of base"')
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report")
    return guarded("components.picking", lambda: _run(parser.parse_args(arguments), arguments))


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    recipe = read_recipe(RECIPE)
    if not isinstance(recipe, LinearRecipe):
        raise RecipeError(f"{RECIPE}: 'kind' is 'network'; picking needs the recipe of a linear model")
    first_keys = provenance("components.picking", arguments)
    pools = read_pools(options.benchmarks)
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    report = {
        **first_keys,
        "corpus": corpus_entries([pool.file for pool in pools.values()]),
        "start": START,
        "pools": {name: measure(name, pool, recipe, seeds, options.model) for name, pool in pools.items()},
    }
    page = to_markdown(report)
    write_report(options.out, report, page, {PLOT: draw(report["pools"])})
    print(page)


def measure(name: str, pool: Pool, recipe: LinearRecipe, seeds: Sequence[int], model: str) -> dict[str, Any]:
    """Return the points of every way and seed on one pool, and their summary."""
    predictions = load(model).predict(pool.texts)
    scored = pool.with_scores_of(predictions)
    points = []
    for seed in seeds:
        for way in WAYS:
            points += [{"way": way, "seed": seed, **point} for point in curve(scored, recipe, way, seed, ROUNDS[name])]
    step, budget = ROUNDS[name]
    counts = {label: pool.labels.count(label) for label in sorted(set(pool.labels))}
    return {
        "rows": len(pool.texts),
        "step": step,
        "budget": budget,
        "labels": counts,
        "points": points,
        "summary": summary_of(points),
    }


def to_markdown(report: Mapping[str, Any]) -> str:
    """Return the report as one Markdown page."""
    parts = [
        head(report, "Active picking against random"),
        f"Every way starts from the same {report['start']} random labels. Macro-F1 on "
        "a quarter of the rows, held out by seed. *Labels needed*: where the mean curve of a way reaches the score "
        "that random picking has with the whole budget; in brackets the 2.5th and 97.5th percentile over draws of the "
        "seeds with replacement, which five seeds make crude. *Gain*: the mean difference to random over the rounds, "
        "paired by seed, with its standard deviation over the seeds.\n",
        f"![macro-F1 by labels]({PLOT})\n",
    ]
    for name, pool in report["pools"].items():
        counts = ", ".join(f"{label} {count:,}" for label, count in pool["labels"].items())
        parts += [
            f"## {name}\n",
            f"{pool['rows']:,} rows: {counts}. {pool['step']} labels a round.\n",
            table(pool) + "\n",
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
