"""Cross-validation: train a recipe on parts of a corpus, and judge every row by a model that did not learn from it.

    python -m evaluation.cross_validate model/linear/recipe.toml --corpus mine.jsonl --folds 5 --out runs/folds

Groups stay together, and so do copies of a text. A network needs rows to choose its epoch and temperatures on: in each
fold it takes those of the next fold, so it trains on one fold less, and no score is of rows that anything was chosen
on. Gives the scores of each fold and of all rows together, with intervals by group. The models are kept in OUT.run, so
the same command resumes after the last finished fold.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.cross_validation_page import page_of, summary
from evaluation.head_scores import head_scores
from evaluation.kept_models import Job, trained_once
from hedgerow.classifier import load
from hedgerow.corpus import CorpusPart
from hedgerow.corpus.rows import write_rows
from hedgerow.errors import CorpusError
from hedgerow.head import Head
from hedgerow.io.atomic import replaced_file, sha256
from hedgerow.labels import SPANS, Example
from hedgerow.report import measured_files
from hedgerow.report.provenance import short_name
from hedgerow.results import Prediction
from hedgerow.training import TrainingInputs
from hedgerow.training.folds import split_rows
from hedgerow.training.heads import label_of, to_heads
from hedgerow.training.linear import linear_heads
from hedgerow.training.recipe import LinearRecipe, NetworkRecipe, Recipe, find_recipe, read_recipe


@dataclass(frozen=True, slots=True)
class Fold:
    """The rows of one fold, by place: those to train on, to choose on (dev), and to judge."""

    train: Sequence[int]
    dev: Sequence[int]
    judged: Sequence[int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("cross_validate", __doc__)
    parser.add_argument("recipe", type=Path, help="a TOML file, or finetune; its own corpora do not count")
    parser.add_argument("--corpus", type=Path, nargs="+", required=True, help="labelled files, taken together")
    parser.add_argument("--folds", type=_folds, default=5, help="the number of parts that groups are split into")
    parser.add_argument("--seed", type=int, help="draws the folds, and replaces the recipe's (default: the recipe's)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report; OUT.run keeps the models")
    return run_command(parser, arguments, ReportCommand("cross_validation", _measure, page_of, summary))


def _folds(argument: str) -> int:
    if not argument.isdecimal() or int(argument) < 2:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a number of folds from 2 up")
    return int(argument)


def _measure(options: argparse.Namespace) -> Measured:
    recipe_file = find_recipe(options.recipe)
    recipe = read_recipe(recipe_file)
    examples = CorpusPart(options.corpus).load(to_heads(recipe.heads))
    seed = recipe.seed if options.seed is None else options.seed
    folds = plan(recipe, examples, options.folds, seed)
    run = options.out.resolve().with_name(f"{options.out.resolve().name}.run")
    job = Job(recipe_file, TrainingInputs(), seed=options.seed)
    predicted = [judge(job, examples, fold, run / f"fold-{number}") for number, fold in enumerate(folds, 1)]
    figures = {
        "recipe": {"file": short_name(recipe_file), "sha256": sha256(recipe_file), "kind": recipe.kind},
        "seed": seed,
        **scores_of(examples, folds, predicted, known_heads(recipe, examples)),
    }
    return Measured(figures, corpus=measured_files(options.corpus))


def plan(recipe: Recipe, examples: Sequence[Example], folds: int, seed: int) -> list[Fold]:
    """Return the folds; raise CorpusError if there are too few, or a label is missing from the training rows of one."""
    heads = [head.name for head in recipe_heads(recipe, examples) if head.kind == "label"]
    judged = [rows.tolist() for _, rows in split_rows(examples, folds, seed=seed, heads=heads)]
    if isinstance(recipe, NetworkRecipe):
        if folds == 2:
            raise CorpusError("--folds 2: a network trains on two folds less than there are; use 3 or more")
        # Each fold is judged once, and is the one to choose on for the fold before it.
        devs = [*judged[1:], judged[0]]
    else:
        devs = judged  # nothing of a linear model is chosen on them
    planned = []
    for own, dev in zip(judged, devs, strict=True):
        left_out = {*own, *dev}
        planned.append(Fold([at for at in range(len(examples)) if at not in left_out], dev, own))
    if not (isinstance(recipe, NetworkRecipe) and recipe.start_from):  # what a start knows, no row has to teach
        _reject_missing_labels(examples, planned, heads)
    return planned


def recipe_heads(recipe: Recipe, examples: Sequence[Example]) -> tuple[Head, ...]:
    """Return the heads that a recipe trains on these rows."""
    return linear_heads(recipe, examples) if isinstance(recipe, LinearRecipe) else to_heads(recipe.heads)


def known_heads(recipe: Recipe, examples: Sequence[Example]) -> list[str]:
    """Return the names of the heads that a model of this recipe has: a linear one has the lexicon's spans too."""
    names = [head.name for head in recipe_heads(recipe, examples)]
    return [*names, SPANS] if isinstance(recipe, LinearRecipe) else names


def _reject_missing_labels(examples: Sequence[Example], folds: Sequence[Fold], heads: Sequence[str]) -> None:
    """Raise CorpusError if a label that the corpus has is in no training row of some fold."""
    for head in heads:
        labels = {label for example in examples if (label := label_of(example, head)) is not None}
        for number, fold in enumerate(folds, 1):
            if missing := labels - {label_of(examples[at], head) for at in fold.train}:
                raise CorpusError(
                    f"fold {number}: no training row is {head} {sorted(missing)[0]!r}; "
                    "add rows with this label in other groups, or use more folds"
                )


def judge(job: Job, examples: Sequence[Example], fold: Fold, folder: Path) -> list[Prediction]:
    """Return the predictions of a fold's rows by the model in `folder`, which is trained if it is not there."""
    files = {name: folder.with_name(f"{folder.name}.{name}.jsonl") for name in ("train", "dev")}
    for name, rows in (("train", fold.train), ("dev", fold.dev)):
        with replaced_file(files[name]) as file:
            write_rows(file, [examples[at] for at in rows])
    inputs = TrainingInputs(corpora=[files["train"]], dev=[files["dev"]])
    trained_once(Job(job.recipe_file, inputs, seed=job.seed), folder)
    return load(folder).predict([examples[at].text for at in fold.judged])


def scores_of(
    examples: Sequence[Example],
    folds: Sequence[Fold],
    predicted: Sequence[Sequence[Prediction]],
    known: Collection[str] | None = None,
) -> dict[str, Any]:
    """Return the scores of each fold, and of all rows together, of the heads that the models are known to have."""
    rows: list[dict[str, Any]] = []
    pairs: list[tuple[Example, Prediction]] = []
    for fold, predictions in zip(folds, predicted, strict=True):
        gold = [examples[at] for at in fold.judged]
        pairs += zip(gold, predictions, strict=True)
        sizes = {"train": len(fold.train), "dev": 0 if fold.dev is fold.judged else len(fold.dev)}
        rows.append(sizes | {"rows": len(gold)} | head_scores(gold, predictions, known))
    every, by_others = zip(*pairs, strict=True)
    return {
        "rows": len(every),
        "groups": len({example.group_key for example in every}),
        "folds": [_totals(row) for row in rows],
        "pooled": head_scores(every, by_others, known),
    }


def _totals(scores: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scores of a fold without those of its labels."""
    names = ("macro_f1", "accuracy")
    heads = {head: {name: figures[name] for name in names} for head, figures in scores["heads"].items()}
    return {**scores, "heads": heads}


if __name__ == "__main__":
    sys.exit(main())
