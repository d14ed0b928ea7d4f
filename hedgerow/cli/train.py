"""`hedgerow train`, and `train.py` in a clone: a recipe in, a model folder and its scores on dev out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

REPEATED = (
    "--corpus",
    "--dev",
    "--measure",
    "--where",
    "--teacher",
    "--texts",
    "--set",
    "--head",
)  # options that take several values in a row

Recipe = Annotated[
    Path,
    typer.Argument(
        help="A TOML file, such as model/linear/recipe.toml, or the name of a shipped recipe: finetune continues base.",
        show_default=False,
    ),
]
Start = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="MODEL",
        help="The trained network to start from: base, small, or a model folder.",
        show_default="the recipe's",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE...",
        help="Settings instead of the recipe's, such as optimisation.epochs=3; paths are relative to its folder.",
        show_default="the recipe's",
    ),
]
Heads = Annotated[
    list[str] | None,
    typer.Option(
        "--head",
        metavar="FIELD...",
        help="Fields of the rows that are labels of your own: each is a head beside the recipe's.",
        show_default="the recipe's",
    ),
]
Dev = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE...", help="Labelled files that choose the epoch, and are measured.", show_default="the recipe's"
    ),
]
Corpus = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE...", help="Labelled files to train on.", show_default="the recipe's"),
]
Measure = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=FILE...",
        help="Labelled files to measure on too; files of one name are measured together.",
        show_default="dev only",
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME:FIELD=VALUE...",
        help="Measure only rows with this value in the files of one name.",
        show_default="every row",
    ),
]
Teacher = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="PATH...",
        help="Networks to distil from (NAME.run/network, or a model folder), or .npz files of scores. The recipe needs "
        "\\[distillation].",
        show_default="none",
    ),
]
Texts = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE...",
        help="Unlabelled sentences for the teachers to score, and for export.weights = 'integer' in the recipe.",
        show_default="none",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        help="The model folder to write.",
        show_default="runs/NAME, by the recipe's folder",
    ),
]


def train(
    recipe: Recipe,
    corpus: Corpus = None,
    dev: Dev = None,
    heads: Heads = None,
    start: Start = "",
    settings: Settings = None,
    measure: Measure = None,
    where: Where = None,
    teacher: Teacher = None,
    texts: Texts = None,
    out: Out = None,
) -> None:
    r"""Train a model from a recipe, and print its scores on dev.

    A linear model needs pip install 'hedgerow\[eval]', a network 'hedgerow\[train]'.

    A network's run is kept in OUT.run; if it was stopped, the same command resumes it.

    Exit codes: 0 trained, 1 stopped (the loss is not a number, or the disk is full), 2 wrong recipe, file or usage, 130
    interrupted, 143 terminated. Only 0 writes a model.

    Example: hedgerow train model/linear/recipe.toml --out runs/linear
    """
    from hedgerow.corpus.selecting import parse_parts
    from hedgerow.io.progress_log import log_to_stderr
    from hedgerow.report import class_table, span_table
    from hedgerow.training import TrainingInputs, train_model
    from hedgerow.training.processes import is_first_process
    from hedgerow.training.recipe import find_recipe
    from hedgerow.training.settings import parse_settings

    log_to_stderr(level=logging.INFO if is_first_process() else logging.WARNING)
    parts = parse_parts(measure or (), where or (), option="--measure")
    inputs = TrainingInputs(
        corpora=corpus or (),
        measure=parts,
        teachers=teacher or (),
        texts=texts or (),
        dev=dev or (),
        start_from=start,
        settings=parse_settings(settings or ()),
        heads=heads or (),
    )
    trained = train_model(recipe, out or Path("runs") / find_recipe(recipe).resolve().parent.name, inputs)
    if trained is None:  # one of several processes, and not the first
        return
    for head, scores in trained.metrics.items():
        if isinstance(scores, Mapping):
            labels = "classes" in scores
            table = class_table(dict(scores)) if labels else span_table(dict(scores))
            print(f"\n{head} on dev{' (95 % intervals)' if labels else ''}\n\n{table}")


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("train")(train)
