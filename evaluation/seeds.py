"""Train a network with several seeds: the mean of its scores, and how far a seed alone moves them.

    python -m evaluation.seeds finetune --seeds 5 --corpus mine.jsonl --dev mine_dev.jsonl --out runs/seeds

A gain that is smaller than the deviation over seeds is not a gain of the recipe. The scores are those on the recipe's
dev files and on `--measure`. A linear model is the same with every seed, and is rejected: cross-validate it. The models
are kept in OUT.run, so the same command resumes after the last finished one, and with more `--seeds` it goes on.

The keys of its `figures`:

- `recipe`: `file`, `sha256`, `kind`;
- `runs`: `seed`, and `parts`, the same in each run: `name`, and `heads`, the macro-F1 of each label head, with its
  interval (`{"value", "low", "high"}`), and the strict F1 of spans, without one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.head_scores import Figures, main_figures, measure_of, shown
from evaluation.kept_models import Job, add_training_options, trained_once
from hedgerow.corpus.selecting import parse_parts
from hedgerow.errors import RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.report import Cell, Page, Report, Section, Table, facts, measured_files
from hedgerow.report.provenance import short_name
from hedgerow.training import TrainingInputs
from hedgerow.training.recipe import LinearRecipe, find_recipe, read_recipe

Scores = Mapping[int, Figures]  # by seed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("seeds", __doc__)
    parser.add_argument("recipe", type=Path, help="the TOML file of a network, or finetune")
    parser.add_argument("--seeds", type=_seeds, default=5, help="how many, from the recipe's seed on")
    parser.add_argument("--dev", type=Path, nargs="+", default=[], help="choose the epoch on these, not the recipe's")
    add_training_options(parser)
    return run_command(parser, arguments, ReportCommand("seeds", _measure, page_of, _summary))


def _seeds(argument: str) -> int:
    if not argument.isdecimal() or int(argument) < 2:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a number of seeds from 2 up")
    return int(argument)


def _measure(options: argparse.Namespace) -> Measured:
    recipe_file = find_recipe(options.recipe)
    recipe = read_recipe(recipe_file)
    if isinstance(recipe, LinearRecipe):
        raise RecipeError(
            f"{recipe_file}: 'kind' is 'linear', the same model with every seed; use evaluation.cross_validate"
        )
    parts = parse_parts(options.measure or (), options.where or (), option="--measure")
    inputs = TrainingInputs(corpora=options.corpus, measure=parts, dev=options.dev)
    run = options.out.resolve().with_name(f"{options.out.resolve().name}.run")
    runs = [
        {"seed": seed, "parts": scores_of(trained_once(Job(recipe_file, inputs, seed=seed), run / f"seed-{seed}"))}
        for seed in range(recipe.seed, recipe.seed + options.seeds)
    ]
    recipe_entry = {"file": short_name(recipe_file), "sha256": sha256(recipe_file), "kind": recipe.kind}
    files = [*options.corpus, *options.dev, *(path for part in parts.values() for path in part.files)]
    return Measured({"recipe": recipe_entry, "runs": runs}, corpus=measured_files(files))


def scores_of(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return by part the macro-F1 of each label head, and the strict F1 of spans, from the metrics of a model."""
    return [{"name": part, "heads": main_figures(by_head)} for part, by_head in metrics.items()]


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    runs = report.figures["runs"]
    about = (
        f"{len(runs)} models that differ by the seed alone. The deviation is the sample standard deviation over seeds, "
        "how far luck of initial weights and order moves a score on these rows. The interval in brackets, 95 % by a "
        "bootstrap of whole groups, is of one model: how far other rows would move it."
    )
    sections = [Section(f"Measured on {part}", parts=(_table(scores),)) for part, scores in _by_part(report)]
    return Page(f"Seeds of {report.figures['recipe']['file']}", facts(report), text=(about,), sections=sections)


def _by_part(report: Report) -> Iterator[tuple[str, Scores]]:
    """Yield the name of each part, and the scores on it by seed and head."""
    runs = report.figures["runs"]
    for at, part in enumerate(runs[0]["parts"]):
        yield part["name"], {run["seed"]: run["parts"][at]["heads"] for run in runs}


def _table(scores: Scores) -> Table:
    first, *_ = scores.values()
    rows: list[list[Cell]] = [[seed, *(shown(by_head[head]) for head in first)] for seed, by_head in scores.items()]
    for name, value in (("mean ± deviation", _spread), ("lowest to highest", _range)):
        rows.append([name, *(value(_values(scores, head)) for head in first)])
    return Table(["seed", *(f"{head} {measure_of(first, head)}" for head in first)], rows)


def _values(scores: Scores, head: str) -> list[float]:
    return [by_head[head]["value"] for by_head in scores.values()]


def _summary(report: Report) -> str:
    """Return the mean and the deviation of each head, one part per line."""
    lines = []
    for part, scores in _by_part(report):
        first, *_ = scores.values()
        spread = [f"{head} {measure_of(first, head)} {_spread(_values(scores, head))}" for head in first]
        lines.append(f"{part}: {', '.join(spread)}")
    return "\n".join(lines)


def _spread(values: Sequence[float]) -> str:
    return f"{mean(values):.3f} ± {stdev(values):.3f}"


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.3f} to {max(values):.3f}"


if __name__ == "__main__":
    sys.exit(main())
