"""Learning curve: what a recipe gains from more labels, and whether more would still help.

    python -m evaluation.learning_curve model/linear/recipe.toml --shares 0.1 0.25 0.5 1 --corpus mine.jsonl \
      --measure real-dev=dev.jsonl --out evaluation/reports/learning-curve-linear

Trains as train.py does on shares of the labels, whole groups drawn by each seed (a smaller share lies within a larger
one), and writes `report.json`, `report.md` and `curve.svg`: macro-F1 with 95 % intervals by share and seed. The models
are kept in OUT.run, and the same command goes on after the last that was finished.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from evaluation import report_files
from evaluation.curve import draw
from hedgerow.errors import ModelError, RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.labels import AXES
from hedgerow.predictors.folder import MANIFEST, read_manifest
from hedgerow.training import train
from hedgerow.training.recipe import LinearRecipe, Recipe, read_recipe

PLOT = "curve.svg"


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(description="Train on shares of the labels, and measure each model.")
    parser.add_argument("recipe", type=Path, help="a TOML file, such as model/linear/recipe.toml")
    parser.add_argument("--shares", type=_share, nargs="+", default=[0.1, 0.25, 0.5, 1.0])
    parser.add_argument("--seeds", type=int, nargs="+", help="draw the groups (default: the recipe's seed)")
    parser.add_argument("--corpus", type=Path, nargs="+", default=[], help="train on these files, not on the recipe's")
    parser.add_argument("--measure", type=_named, nargs="+", default=[], metavar="NAME=FILE", help="measure here too")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report; OUT.run keeps the models")
    return report_files.guarded("learning_curve", lambda: _run(parser.parse_args(arguments), arguments))


def _share(argument: str) -> float:
    try:
        share = float(argument)
    except ValueError:
        share = 0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a share, more than 0 and at most 1")
    return share


def _named(argument: str) -> tuple[str, Path]:
    name, equals, file = argument.partition("=")
    if not (name and equals and file):
        raise argparse.ArgumentTypeError(f"{argument!r} is not NAME=FILE")
    return name, Path(file)


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    recipe = read_recipe(options.recipe)
    seeds = options.seeds or [recipe.seed]
    started = report_files.provenance("learning_curve", arguments, "evaluation/curve.py")
    points = []
    run = options.out.resolve().with_name(f"{options.out.resolve().name}.run")
    for share, seed in runs(recipe, options.shares, seeds):
        folder = run / f"share-{share:g}-seed-{seed}"
        points.append(_point(recipe, options, folder, share, seed))
    measured = {
        **started,
        "recipe": {
            "file": report_files.short_name(options.recipe),
            "sha256": sha256(options.recipe),
            "kind": recipe.kind,
        },
        "corpus": report_files.corpus_entries([*options.corpus, *dict(options.measure).values()]),
        "points": points,
    }
    plot = draw(points)
    report_files.write(options.out, measured, to_markdown(measured), {PLOT: plot})
    print(to_markdown(measured))


def runs(recipe: Recipe, shares: Sequence[float], seeds: Sequence[int]) -> list[tuple[float, int]]:
    """Every share and seed once, the small shares first. All labels make one linear model, whatever the seed."""
    once = isinstance(recipe, LinearRecipe)
    return [
        (share, seed)
        for share in sorted(set(shares))
        for place, seed in enumerate(dict.fromkeys(seeds))
        if not (once and share == 1 and place)
    ]


def _point(recipe: Recipe, options: argparse.Namespace, folder: Path, share: float, seed: int) -> dict[str, Any]:
    """The scores of one share and seed, from the model that is there or one trained now."""
    measure = dict(options.measure)
    if not _is_finished(folder, recipe, options, share, seed):
        _say(f"share {share:g}, seed {seed}")
        trained = train(
            options.recipe, folder, corpora=options.corpus, measure=measure, share=share, seed=seed, say=_say
        )
        if trained is None:
            raise RecipeError("a learning curve runs in one process; start it without torchrun")
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    sentences = read_manifest(folder)["data"]["sentences"]
    scores = {name: _totals(found) for name, found in metrics.items()}
    return {"share": share, "seed": seed, "sentences": sentences, "scores": scores}


def _totals(found: Mapping[str, Any]) -> dict[str, Any]:
    return {**{axis: found[axis]["macro_f1"] for axis in AXES}, "spans": found["spans"]["strict"]["f1"]}


def _is_finished(folder: Path, recipe: Recipe, options: argparse.Namespace, share: float, seed: int) -> bool:
    """Whether the model in `folder` is whole and of this recipe, data, share and seed."""
    if not (folder / MANIFEST).is_file():
        return False
    try:
        manifest = read_manifest(folder)
    except ModelError:
        return False
    beside = options.recipe.parent
    files = {
        "train": options.corpus or [beside / name for name in recipe.corpora.train],
        "dev": [beside / name for name in recipe.corpora.dev],
        "measured": list(dict(options.measure).values()),
    }
    data = manifest["data"]
    return (
        manifest["files"]["recipe.toml"] == sha256(options.recipe)
        and (data.get("share"), data.get("seed")) == (share, seed)
        and all([part["sha256"] for part in data[name]] == [sha256(path) for path in files[name]] for name in files)
    )


def to_markdown(measured: Mapping[str, Any]) -> str:
    """The report as one Markdown page."""
    points = measured["points"]
    parts = [
        report_files.head(measured, f"Learning curve of {measured['recipe']['file']}"),
        f"Recipe sha256 {measured['recipe']['sha256'][:12]}. A share is of the labels, in whole groups; a smaller one "
        "lies within a larger one of the same seed. In brackets 95 % intervals (2,000 bootstrap draws of whole "
        f"groups).\n\n![macro-F1 by sentences]({PLOT})\n",
    ]
    for name in points[0]["scores"]:
        rows = []
        for share in dict.fromkeys(point["share"] for point in points):
            of_share = [point for point in points if point["share"] == share]
            rows += [_row(point, point["scores"][name]) for point in of_share]
            if len(of_share) > 1:
                rows.append(_mean_row(of_share, name))
        header = ["share", "sentences", "seed", "certainty macro-F1", "stance macro-F1", "spans F1"]
        parts += [f"## Measured on {name}\n", report_files.table(header, rows) + "\n"]
    return "\n".join(parts)


def _row(point: Mapping[str, Any], scores: Mapping[str, Any]) -> list[Any]:
    figures = [report_files.figure(scores[axis]) for axis in AXES]
    return [f"{point['share']:g}", f"{point['sentences']:,}", point["seed"], *figures, f"{scores['spans']:.3f}"]


def _mean_row(points: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    scores = [point["scores"][name] for point in points]
    figures = [f"{mean(row[axis]['value'] for row in scores):.3f}" for axis in AXES]
    sentences = round(mean(point["sentences"] for point in points))
    spans = mean(row["spans"] for row in scores)
    return [f"{points[0]['share']:g}", f"{sentences:,}", "mean", *figures, f"{spans:.3f}"]


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
