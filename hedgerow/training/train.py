"""From a recipe to a model folder.

A model folder holds no date and no path, so that the same recipe and data give the same bytes: `recipe.toml` (as it was
read), the weights, `metrics.json` (scores on dev and on what else was measured), and `hedgerow.json`, the manifest with
the hashes of all of these and of the corpora.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hedgerow
from hedgerow import corpus
from hedgerow.classifier import Classifier
from hedgerow.errors import RecipeError
from hedgerow.io.atomic import replaced_folder, sha256
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES, Example
from hedgerow.metrics import axis_scores, span_scores
from hedgerow.predictors.folder import FILES, MANIFEST, SCHEMA
from hedgerow.training.linear import fit_and_load, reject_missing_labels
from hedgerow.training.recipe import LinearRecipe, NetworkRecipe, Recipe, read_recipe, varied

Say = Callable[[str], None]
Split = Mapping[str, Sequence[Example]]


@dataclass(frozen=True, slots=True)
class Trained:
    """Where the model lies, and its scores on dev by axis."""

    folder: Path
    metrics: dict[str, Any]


def train(
    recipe_file: Path,
    out: Path,
    *,
    corpora: Sequence[Path] = (),
    measure: Mapping[str, Path] | None = None,
    teachers: Sequence[Path] = (),
    texts: Sequence[Path] = (),
    train_fraction: float | None = None,
    seed: int | None = None,
    say: Say = lambda _: None,
) -> Trained | None:
    """Train what `recipe_file` says and write it to the folder `out`, whole or not at all.

    `corpora` stand in for the recipe's training files where given; the model is measured on the recipe's dev, and on
    the files of `measure`, by name, too. A network learns as well from what `teachers` (folders of trained networks)
    say of its sentences and of those of `texts`, unlabelled files. `train_fraction` and `seed` stand in for the recipe's where
    given: how much of the labels is learnt from, in whole groups, and what draws it. `say` hears of the progress. A
    network's run is kept in `out` + ".run", and the same call goes on with it where it was killed; of several processes
    (torchrun) only the first one writes and returns something. Raises RecipeError, CorpusError or InputError before
    anything is written.
    """
    recipe = varied(read_recipe(recipe_file), train_fraction=train_fraction, seed=seed)
    train_files = list(corpora) or _resolve(recipe.corpora.train, recipe_file)
    dev_files = _resolve(recipe.corpora.dev, recipe_file)
    _reject_lone_teachers(recipe, teachers, texts)
    measured = measure or {}
    examples = corpus.share(corpus.load(train_files), recipe.train_fraction, seed=recipe.seed)
    held_out = {"dev": corpus.load(dev_files), **{name: corpus.load([path]) for name, path in measured.items()}}
    for name, rows in held_out.items():
        corpus.reject_leaks(examples, rows, name=name)
    reject_missing_labels(examples, ", ".join(map(str, train_files)))
    say(f"{len(examples):,} sentences to train on, {len(held_out['dev']):,} to measure on")
    data = {
        "train": _describe(train_files),
        "sentences": len(examples),
        "dev": _describe(dev_files),
        "measured": _describe(measured.values()),
        **{name: value for name, value in (("train_fraction", train_fraction), ("seed", seed)) if value is not None},
    }
    first = os.environ.get("RANK", "0") == "0"  # of several processes; the others only help it train
    allowed = (MANIFEST, *FILES[recipe.kind])
    with replaced_folder(out, allowed=allowed) if first else tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copyfile(recipe_file, folder / "recipe.toml")
        manifest = {"schema": SCHEMA, "kind": recipe.kind, "hedgerow": hedgerow.__version__, "labels": _labels()}
        if isinstance(recipe, LinearRecipe):
            classifier = fit_and_load(recipe, examples, folder, manifest, say)
        else:
            say = say if first else lambda _: None
            lesson = (train_files, teachers, texts)
            trained = _fit_network(recipe, recipe_file, lesson, held_out, folder, out, manifest, say)
            if trained is None:
                return None
            classifier = trained
        metrics = {name: _measure(classifier, rows) for name, rows in held_out.items()}
        for name, scores in metrics.items():
            totals = {
                **{axis: scores[axis]["macro_f1"]["value"] for axis in AXES},
                "spans": scores["spans"]["strict"]["f1"],
            }
            say(f"as written on {name}: " + ", ".join(f"{what} {value:.4f}" for what, value in totals.items()))
        write_json(folder / "metrics.json", metrics)
        files = {name: sha256(folder / name) for name in FILES[recipe.kind]}
        write_json(folder / MANIFEST, {**manifest, "data": data, "files": files})
    say(f"written to {out}")
    return Trained(out, metrics["dev"])


def _fit_network(
    recipe: NetworkRecipe,
    recipe_file: Path,
    lesson: tuple[Sequence[Path], Sequence[Path], Sequence[Path]],
    held_out: Split,
    folder: Path,
    out: Path,
    manifest: dict[str, Any],
    say: Say,
) -> Classifier | None:
    try:
        import datasets
        import torch  # noqa: F401
        from transformers.utils import logging as transformers_logging

        from hedgerow.training.network.fitting import Lesson, train_network
    except ModuleNotFoundError as error:
        raise RecipeError(f"{error}; training a network needs more: pip install 'hedgerow[train]'") from None
    datasets.disable_progress_bars()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # Its report says that the pooler was left out, which is on purpose.
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    run = out.resolve().with_name(f"{out.resolve().name}.run")
    return train_network(recipe, recipe_file.parent, Lesson(*lesson), held_out, folder, run, manifest, say)


def _reject_lone_teachers(recipe: Recipe, teachers: Sequence[Path], texts: Sequence[Path]) -> None:
    if texts and not teachers:
        raise RecipeError("unlabelled texts without a teacher to score them; name its network (--teacher)")
    if teachers and not (isinstance(recipe, NetworkRecipe) and recipe.distillation):
        raise RecipeError("no setting 'distillation', and there are teachers; add its temperature and weight")


def _measure(classifier: Classifier, rows: Sequence[Example]) -> dict[str, Any]:
    predicted = list(classifier.predict(example.text for example in rows))
    axes = {axis: axis_scores(rows, predicted, axis) for axis in AXES}
    return {"sentences": len(rows), **axes, "spans": span_scores(rows, predicted)["all"]}


def _labels() -> dict[str, list[str]]:
    return {axis: [str(label) for label in enum] for axis, enum in AXES.items()}


def _resolve(names: Sequence[str], recipe_file: Path) -> list[Path]:
    return [(recipe_file.parent / name).resolve() for name in names]


def _describe(files: Iterable[Path]) -> list[dict[str, Any]]:
    """What stands upstream of the weights, without saying where it lay."""
    return [{"file": path.name, "sha256": sha256(path)} for path in files]
