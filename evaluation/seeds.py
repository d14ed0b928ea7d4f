"""Train a network with several seeds: the mean of its scores, and how far a seed alone moves them.

    python -m evaluation.seeds finetune --seeds 5 --corpus mine.jsonl --dev mine_dev.jsonl --out runs/seeds

A gain that is smaller than the deviation over seeds is not a gain of the recipe. The scores are those on the recipe's
dev files and on `--measure`. A linear model is the same with every seed, and is rejected: cross-validate it. The models
are kept in OUT.run, so the same command resumes after the last finished one, and with more `--seeds` it goes on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from evaluation.command import corpus_entries, facts, guarded, make_parser, provenance, write_pages
from evaluation.head_scores import main_figures, measure_of, shown
from evaluation.kept_models import Job, add_training_options, trained_once
from hedgerow.corpus.selecting import parse_parts
from hedgerow.errors import RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.report import Page, Section, Table, to_markdown
from hedgerow.report.page import Cell
from hedgerow.report.provenance import short_name
from hedgerow.training import TrainingInputs
from hedgerow.training.recipe import LinearRecipe, find_recipe, read_recipe


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser("seeds", __doc__)
    parser.add_argument("recipe", type=Path, help="the TOML file of a network, or finetune")
    parser.add_argument("--seeds", type=_seeds, default=5, help="how many, from the recipe's seed on")
    parser.add_argument("--dev", type=Path, nargs="+", default=[], help="choose the epoch on these, not the recipe's")
    add_training_options(parser)
    return guarded("seeds", lambda: _run(parser.parse_args(arguments), arguments))


def _seeds(argument: str) -> int:
    if not argument.isdecimal() or int(argument) < 2:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a number of seeds from 2 up")
    return int(argument)


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    recipe_file = find_recipe(options.recipe)
    recipe = read_recipe(recipe_file)
    if isinstance(recipe, LinearRecipe):
        raise RecipeError(
            f"{recipe_file}: 'kind' is 'linear', the same model with every seed; use evaluation.cross_validate"
        )
    first_keys = provenance("seeds", arguments)
    parts = parse_parts(options.measure or (), options.where or (), option="--measure")
    inputs = TrainingInputs(corpora=options.corpus, measure=parts, dev=options.dev)
    run = options.out.resolve().with_name(f"{options.out.resolve().name}.run")
    runs = [
        {"seed": seed, "scores": scores_of(trained_once(Job(recipe_file, inputs, seed=seed), run / f"seed-{seed}"))}
        for seed in range(recipe.seed, recipe.seed + options.seeds)
    ]
    report = {
        **first_keys,
        "recipe": {"file": short_name(recipe_file), "sha256": sha256(recipe_file), "kind": recipe.kind},
        "corpus": corpus_entries(
            [*options.corpus, *options.dev, *(path for part in parts.values() for path in part.files)]
        ),
        "runs": runs,
    }
    page = page_of(report)
    write_pages(options.out, report, page)
    print(to_markdown(page))


def scores_of(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return by part the macro-F1 of each label head, and the strict F1 of spans, from the metrics of a model."""
    return {part: main_figures(by_head) for part, by_head in metrics.items()}


def page_of(report: Mapping[str, Any]) -> Page:
    """Return the report as a page."""
    runs = report["runs"]
    about = (
        f"{len(runs)} models that differ by the seed alone. The deviation is the sample standard deviation over seeds, "
        "how far luck of initial weights and order moves a score on these rows. The interval in brackets, 95 % by a "
        "bootstrap of whole groups, is of one model: how far other rows would move it.",
    )
    sections: list[Section] = []
    for part in runs[0]["scores"]:
        heads = list(runs[0]["scores"][part])
        rows: list[list[Cell]] = [[run["seed"], *(shown(run["scores"][part][head]) for head in heads)] for run in runs]
        for name, value in (("mean ± deviation", _spread), ("lowest to highest", _range)):
            rows.append([name, *(value([run["scores"][part][head]["value"] for run in runs]) for head in heads)])
        header = ["seed", *(f"{head} {measure_of(runs[0]['scores'][part], head)}" for head in heads)]
        sections.append(Section(f"Measured on {part}", text=about[len(sections) :], parts=(Table(header, rows),)))
    return Page(f"Seeds of {report['recipe']['file']}", facts(report), (), sections)


def _spread(values: Sequence[float]) -> str:
    return f"{mean(values):.3f} ± {stdev(values):.3f}"


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.3f} to {max(values):.3f}"


if __name__ == "__main__":
    sys.exit(main())
