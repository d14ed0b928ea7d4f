"""Learning curve: the gain of a recipe from more labels, and whether more would still help.

    python -m evaluation.learning_curve model/linear/recipe.toml --fractions 0.1 0.25 0.5 1 --corpus mine.jsonl \
      --measure running=dev.jsonl --out evaluation/reports/learning-curve-linear

Trains as train.py does on fractions of the labels. Each seed draws whole groups; a smaller fraction is part of a larger
one. The report has macro-F1 with 95 % intervals by fraction and seed, as a table and as a plot (curve-PART.svg), and a
forecast: what `--more` labels would give, with its uncertainty and a back-test, or why that cannot be said. Forecasts
need four fractions, and two seeds are better than one. The models are kept in OUT.run, so the same command resumes
after the last finished one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.forecast import backtest, forecast
from evaluation.head_scores import main_figures
from evaluation.kept_models import Job, add_training_options, trained_once
from evaluation.learning_curve_page import label_heads, page_of
from hedgerow.corpus.selecting import CorpusPart, parse_parts
from hedgerow.errors import CorpusError
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import read_manifest
from hedgerow.report import Report, difference, measured_files
from hedgerow.report.provenance import short_name
from hedgerow.training import TrainingInputs
from hedgerow.training.recipe import LinearRecipe, Recipe, read_recipe


@dataclass(frozen=True, slots=True)
class Curve:
    """A recipe, the files it is trained on, and the parts it is measured on, by name."""

    recipe_file: Path
    recipe: Recipe
    corpora: Sequence[Path]
    measured_on: Mapping[str, CorpusPart]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("learning_curve", __doc__)
    parser.add_argument("recipe", type=Path, help="a TOML file, such as model/linear/recipe.toml")
    parser.add_argument(
        "--fractions",
        type=_fraction,
        nargs="+",
        default=[0.1, 0.25, 0.5, 1.0],
        help="fractions of the labels, each over 0 and at most 1",
    )
    parser.add_argument("--seeds", type=int, nargs="+", help="draw the groups (default: the recipe's seed)")
    parser.add_argument("--more", type=_rows, default=1000, help="forecast the gain of so many more labelled rows")
    add_training_options(parser)
    return run_command(parser, arguments, ReportCommand("learning_curve", _measure, page_of, _summary))


def _fraction(argument: str) -> float:
    try:
        fraction = float(argument)
    except ValueError:
        fraction = 0
    if not 0 < fraction <= 1:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a fraction, more than 0 and at most 1")
    return fraction


def _rows(argument: str) -> int:
    if not argument.isdecimal() or int(argument) < 1:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a number of rows from 1 up")
    return int(argument)


def _measure(options: argparse.Namespace) -> Measured:
    parts = parse_parts(options.measure or (), options.where or (), option="--measure")
    curve = Curve(options.recipe, read_recipe(options.recipe), options.corpus, parts)
    seeds = options.seeds or [curve.recipe.seed]
    run = options.out.resolve().with_name(f"{options.out.resolve().name}.run")
    points = [
        measure_point(curve, run / f"fraction-{fraction:g}-seed-{seed}", fraction, seed)
        for fraction, seed in runs(curve.recipe, options.fractions, seeds)
    ]
    recipe = {"file": short_name(options.recipe), "sha256": sha256(options.recipe), "kind": curve.recipe.kind}
    figures = {"recipe": recipe, "parts": [_of_part(name, points, options.more) for name in points[0]["scores"]]}
    files = [*curve.corpora, *(path for part in parts.values() for path in part.files)]
    return Measured(figures, corpus=measured_files(files))


def runs(recipe: Recipe, fractions: Sequence[float], seeds: Sequence[int]) -> list[tuple[float, int]]:
    """Return every fraction and seed once, small fractions first.

    All labels give the same linear model with every seed, so this pair comes once.
    """
    is_linear = isinstance(recipe, LinearRecipe)
    return [
        (fraction, seed)
        for fraction in sorted(set(fractions))
        for number, seed in enumerate(dict.fromkeys(seeds))
        if not (is_linear and fraction == 1 and number)
    ]


def measure_point(curve: Curve, folder: Path, fraction: float, seed: int) -> dict[str, Any]:
    """Return the scores of one fraction and seed, of the model in `folder` or of one that is trained now."""
    inputs = TrainingInputs(corpora=curve.corpora, measure=dict(curve.measured_on))
    metrics = trained_once(Job(curve.recipe_file, inputs, fraction, seed), folder)
    sentences = read_manifest(folder)["data"]["sentences"]
    scores = {name: _main_figures(name, of_corpus) for name, of_corpus in metrics.items()}
    return {"train_fraction": fraction, "seed": seed, "sentences": sentences, "scores": scores}


def _main_figures(part: str, metrics: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the main figure of each head that was measured on a part."""
    figures = main_figures(metrics)
    if not figures:
        raise CorpusError(f"{part}: no row is labelled on a head of the recipe; measure on rows that are")
    return figures


def _of_part(name: str, points: Sequence[Mapping[str, Any]], more: int) -> dict[str, Any]:
    """Return the scores of one part by training, and the forecasts."""
    own = [{**point, "scores": point["scores"][name]} for point in points]
    return {"name": name, "points": own, "forecasts": forecasts(own, more)}


def forecasts(points: Sequence[Mapping[str, Any]], more: int) -> dict[str, dict[str, Any]]:
    """Return by label head what `more` labels would give, or why that cannot be said, and a back-test."""
    sizes = [point["sentences"] for point in points]
    table = {}
    for head in label_heads(points[0]["scores"]):
        scores = [point["scores"][head]["value"] for point in points]
        table[head] = forecast(sizes, scores, more) | {"backtest": backtest(sizes, scores)}
    return table


def _summary(report: Report) -> str:
    lines = []
    for part in report.figures["parts"]:
        for head, found in part["forecasts"].items():
            gain = f"no forecast: {found['refused']}" if "refused" in found else f"gain {difference(found['gain'])}"
            lines.append(f"{part['name']}, {head}: {gain}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
