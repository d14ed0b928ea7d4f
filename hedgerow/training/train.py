"""Train a model: recipe, corpora, fit, measure, model folder.

from hedgerow.training import train_model
train_model(Path("model/linear/recipe.toml"), Path("runs/linear"))
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hedgerow.corpus.text_hashes import write_hashes
from hedgerow.errors import RecipeError
from hedgerow.io.atomic import replaced_folder
from hedgerow.io.optional import library
from hedgerow.io.strict_json import write_json
from hedgerow.predictors.folder import MANIFEST, TRAINING_TEXTS, known_files
from hedgerow.training.inputs import LabelledData, TrainingFiles, TrainingInputs, load_labelled, resolve_files
from hedgerow.training.linear import fit_linear
from hedgerow.training.model_folder import (
    Fitted,
    Metrics,
    describe_files,
    describe_others,
    describe_parts,
    measure,
    totals,
    write_manifest,
)
from hedgerow.training.named_heads import settings_with_heads
from hedgerow.training.processes import is_first_process
from hedgerow.training.recipe import LinearRecipe, NetworkRecipe, Recipe, find_recipe, read_recipe, varied
from hedgerow.training.settings import write_recipe
from hedgerow.training.stopping import locked

logger = logging.getLogger(__name__)

NETWORK_LIBRARIES = ("torch", "transformers", "accelerate", "datasets", "onnx", "onnxscript", "safetensors", "scipy")


@dataclass(frozen=True, slots=True)
class Trained:
    """The folder of a trained model, and its scores on dev (see `metrics.json`)."""

    folder: Path
    metrics: Metrics


def train_model(
    recipe_file: Path,
    out: Path,
    inputs: TrainingInputs | None = None,
    *,
    train_fraction: float | None = None,
    seed: int | None = None,
) -> Trained | None:
    """Train the model that `recipe_file` describes, and write it to the folder `out`, complete or not at all.

    A network's run is kept in `out` + ".run"; if it was killed, the same call resumes it. Of several processes, only
    the first writes and returns something. Raises RecipeError, CorpusError or InputError if nothing can be trained.

    Parameters
    ----------
    recipe_file
        A TOML file, such as `model/linear/recipe.toml`, or the name of a shipped recipe (`finetune`).
    out
        The model folder. An existing model is replaced; a folder with other files is rejected.
    inputs
        Files beside those of the recipe, and settings instead of its own.
    train_fraction, seed
        Replace those of the recipe: the fraction of the training rows to take, and the seed that draws them.
    """
    inputs = inputs or TrainingInputs()
    recipe_file = find_recipe(recipe_file)
    settings = settings_with_heads(recipe_file, inputs)
    recipe = varied(read_recipe(recipe_file, settings), train_fraction=train_fraction, seed=seed)
    with _naming(recipe_file):
        files = resolve_files(recipe, recipe_file, inputs)
        data = load_labelled(recipe, files)
    logger.info("%s sentences to train on, %s to measure on", f"{len(data.train):,}", f"{len(data.held_out['dev']):,}")
    with _naming(recipe_file), _run(out, recipe), _model_folder(out, recipe) as folder:
        write_recipe(recipe_file, folder / "recipe.toml", _without_paths(settings, inputs))
        fitted = _fit(recipe, files, data, folder, out)
        if fitted is None:
            return None
        write_hashes(folder / TRAINING_TEXTS, (example.text for example in data.train), fitted.other_texts)
        metrics = _measure(fitted, data, folder)
        described = _describe(files, data, train_fraction=train_fraction, seed=seed)
        write_manifest(folder, recipe.kind, fitted, described)
    logger.info("written to %s", out)
    return Trained(out, metrics["dev"])


def _without_paths(settings: Mapping[str, Any], inputs: TrainingInputs) -> dict[str, Any]:
    """Return `settings` with only the name of the folder that `inputs` start from."""
    return {**settings, "start_from": Path(settings["start_from"]).name} if inputs.start_from else dict(settings)


@contextmanager
def _naming(recipe_file: Path) -> Iterator[None]:
    """Put the recipe's file before the message of an error about a setting."""
    try:
        yield
    except RecipeError as error:
        if str(error).startswith(("setting", "no setting")):
            raise RecipeError(f"{recipe_file}: {error}") from None
        raise


@contextmanager
def _model_folder(out: Path, recipe: Recipe) -> Iterator[Path]:
    """Make the folder to write the model to; in a process that is not the first one, a temporary folder."""
    if is_first_process():
        with replaced_folder(out, allowed=(MANIFEST, *known_files(recipe.kind))) as folder:
            yield folder
    else:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)


def _fit(recipe: Recipe, files: TrainingFiles, data: LabelledData, folder: Path, out: Path) -> Fitted | None:
    if isinstance(recipe, LinearRecipe):
        return fit_linear(recipe, data.train, folder)
    return _fit_network(recipe, files, data, folder, out)


def _fit_network(
    recipe: NetworkRecipe, files: TrainingFiles, data: LabelledData, folder: Path, out: Path
) -> Fitted | None:
    from hedgerow.training.network.fitting import train_network
    from hedgerow.training.network.run_folder import RunFolder

    return train_network(recipe, files, data, folder, RunFolder(_run_path(out)))


def _run_path(out: Path) -> Path:
    return out.resolve().with_name(f"{out.resolve().name}.run")


@contextmanager
def _run(out: Path, recipe: Recipe) -> Iterator[None]:
    """Lock the run folder of a network; a linear model has none, and is trained in one go."""
    if isinstance(recipe, LinearRecipe):
        yield
        return
    for name in NETWORK_LIBRARIES:
        library(name, needed_for="training a network", extra="train")
    with locked(_run_path(out)):
        yield


def _measure(fitted: Fitted, data: LabelledData, folder: Path) -> dict[str, Metrics]:
    """Write and return the scores of the model as it was written, on dev and on every part that is measured."""
    metrics = {}
    for name, rows in data.held_out.items():
        metrics[name] = measure(fitted.classifier, rows)
        figures = ", ".join(f"{head} {score:.4f}" for head, score in totals(metrics[name]).items())
        logger.info("as written on %s: %s", name, figures)
    write_json(folder / "metrics.json", metrics)
    return metrics


def _describe(
    files: TrainingFiles, data: LabelledData, *, train_fraction: float | None, seed: int | None
) -> dict[str, Any]:
    """Return the manifest's entry for the data: the corpora by name and hash, and the settings beside the recipe."""
    varied_settings = {"train_fraction": train_fraction, "seed": seed}
    return {
        "train": describe_files(files.train),
        "sentences": len(data.train),
        "dev": describe_files(files.dev),
        "measured": describe_parts(files.measure),
        "near_duplicates": dict(data.near_duplicates),
        **describe_others(files),
        **{name: value for name, value in varied_settings.items() if value is not None},
    }
