"""Learning curve: the gain of a recipe from more labels, and whether more would still help.

    python -m evaluation.learning_curve model/linear/recipe.toml --fractions 0.1 0.25 0.5 1 --corpus mine.jsonl \
      --measure running=dev.jsonl --out evaluation/reports/learning-curve-linear

Trains as train.py does on fractions of the labels. Each seed draws whole groups; a smaller fraction is part of a larger
one. Writes `report.json`, `report.md` and `curve.svg`: macro-F1 with 95 % intervals by fraction and seed, and a
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
from statistics import mean
from typing import Any

from evaluation.command import corpus_entries, guarded, head, make_parser, provenance, write_report
from evaluation.curve_plot import draw
from evaluation.forecast import backtest, forecast
from evaluation.forecast_text import forecast_text
from evaluation.head_scores import main_figures
from evaluation.kept_models import Job, add_training_options, trained_once
from hedgerow.corpus.selecting import CorpusPart, parse_parts
from hedgerow.errors import CorpusError
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import read_manifest
from hedgerow.report import markdown_table, with_interval
from hedgerow.report.provenance import short_hash, short_name
from hedgerow.training import TrainingInputs
from hedgerow.training.recipe import LinearRecipe, Recipe, read_recipe

PLOT = "curve.svg"


@dataclass(frozen=True, slots=True)
class Curve:
    """A recipe, the files it is trained on, and the parts it is measured on, by name."""

    recipe_file: Path
    recipe: Recipe
    corpora: Sequence[Path]
    measured_on: Mapping[str, CorpusPart]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
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
    return guarded("learning_curve", lambda: _run(parser.parse_args(arguments), arguments))


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


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    parts = parse_parts(options.measure or (), options.where or (), option="--measure")
    curve = Curve(options.recipe, read_recipe(options.recipe), options.corpus, parts)
    seeds = options.seeds or [curve.recipe.seed]
    first_keys = provenance("learning_curve", arguments)
    run = options.out.resolve().with_name(f"{options.out.resolve().name}.run")
    points = [
        measure_point(curve, run / f"fraction-{fraction:g}-seed-{seed}", fraction, seed)
        for fraction, seed in runs(curve.recipe, options.fractions, seeds)
    ]
    recipe_file = options.recipe
    report = {
        **first_keys,
        "recipe": {"file": short_name(recipe_file), "sha256": sha256(recipe_file), "kind": curve.recipe.kind},
        "corpus": corpus_entries([*curve.corpora, *(path for part in parts.values() for path in part.files)]),
        "points": points,
        "forecasts": forecasts(points, options.more),
    }
    write_report(options.out, report, to_markdown(report), {PLOT: draw(points, report["forecasts"])})
    print(to_markdown(report))


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
    scores = {name: _totals(name, of_corpus) for name, of_corpus in metrics.items()}
    return {"train_fraction": fraction, "seed": seed, "sentences": sentences, "scores": scores}


def _totals(part: str, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the main figure of each head that was measured on a part, spans as a plain number."""
    figures = main_figures(metrics)
    if not figures:
        raise CorpusError(f"{part}: no row is labelled on a head of the recipe; measure on rows that are")
    return {head: score if "low" in score else score["value"] for head, score in figures.items()}


def label_heads(scores: Mapping[str, Any]) -> list[str]:
    """Return the label heads among the scores of a part; the others are spans."""
    return [head for head, score in scores.items() if isinstance(score, Mapping)]


def forecasts(points: Sequence[Mapping[str, Any]], more: int) -> dict[str, dict[str, Any]]:
    """Return by part and axis what `more` labels would give, or why that cannot be said, and a back-test."""
    sizes = [point["sentences"] for point in points]
    table: dict[str, dict[str, Any]] = {}
    for part in points[0]["scores"]:
        table[part] = {}
        for axis in label_heads(points[0]["scores"][part]):
            scores = [point["scores"][part][axis]["value"] for point in points]
            table[part][axis] = forecast(sizes, scores, more) | {"backtest": backtest(sizes, scores)}
    return table


def to_markdown(report: Mapping[str, Any]) -> str:
    """Return the report as one Markdown page."""
    points = report["points"]
    parts = [
        head(report, f"Learning curve of {report['recipe']['file']}"),
        f"Recipe sha256 {short_hash(report['recipe']['sha256'])}. A fraction is of the labels, in whole groups; a "
        "smaller one is part of a larger one of the same seed. In brackets 95 % intervals (2,000 bootstrap draws of "
        f"whole groups).\n\n![macro-F1 by sentences]({PLOT})\n",
    ]
    for name, measured in points[0]["scores"].items():
        figures = [f"{head} {'macro-F1' if head in label_heads(measured) else 'F1'}" for head in measured]
        header = ["fraction", "sentences", "seed", *figures]
        rows = []
        for fraction in dict.fromkeys(point["train_fraction"] for point in points):
            seeds = [point for point in points if point["train_fraction"] == fraction]
            rows += [_row(point, point["scores"][name]) for point in seeds]
            if len(seeds) > 1:
                rows.append(_mean_row(seeds, name))
        parts += [f"## Measured on {name}\n", markdown_table(header, rows) + "\n"]
        if "forecasts" in report:  # reports of earlier versions have none
            parts.append(forecast_text(report["forecasts"][name]))
    return "\n".join(parts)


def _row(point: Mapping[str, Any], scores: Mapping[str, Any]) -> list[Any]:
    figures = [with_interval(score) if isinstance(score, Mapping) else f"{score:.3f}" for score in scores.values()]
    return [f"{point['train_fraction']:g}", f"{point['sentences']:,}", point["seed"], *figures]


def _mean_row(points: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    scores = [point["scores"][name] for point in points]
    labels = label_heads(scores[0])
    figures = [
        f"{mean(row[head]['value'] if head in labels else row[head] for row in scores):.3f}" for head in scores[0]
    ]
    sentences = round(mean(point["sentences"] for point in points))
    return [f"{points[0]['train_fraction']:g}", f"{sentences:,}", "mean", *figures]


if __name__ == "__main__":
    sys.exit(main())
