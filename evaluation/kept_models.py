"""Models that a measurement trains and keeps, so that the same command resumes after the last finished one."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hedgerow.errors import ModelError, RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import MANIFEST, read_manifest
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.inputs import resolve_files
from hedgerow.training.model_folder import OTHERS, describe_others, describe_parts
from hedgerow.training.recipe import NetworkRecipe, Recipe, read_recipe
from hedgerow.training.start import locate_start
from hedgerow.version import __version__

logger = logging.getLogger(__name__)


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that trains a recipe several times: the rows, what is measured, and the report."""
    parser.add_argument("--corpus", type=Path, nargs="+", default=[], help="train on these files, not on the recipe's")
    parser.add_argument(
        "--measure", nargs="+", action="extend", metavar="NAME=FILE", help="measure here too; one name is one part"
    )
    parser.add_argument("--where", nargs="+", action="extend", metavar="NAME:FIELD=VALUE", help="limit a part")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report; OUT.run keeps the models")


@dataclass(frozen=True, slots=True)
class Job:
    """A model to train: recipe, files beside it, and what replaces the recipe's fraction and seed."""

    recipe_file: Path
    inputs: TrainingInputs
    train_fraction: float | None = None
    seed: int | None = None


def trained_once(job: Job, folder: Path) -> dict[str, Any]:
    """Return the metrics by part of the model in `folder`, or of one that is trained now and kept there."""
    if not is_finished(job, folder):
        logger.info("training %s", folder.name)
        trained = train_model(job.recipe_file, folder, job.inputs, train_fraction=job.train_fraction, seed=job.seed)
        if trained is None:
            raise RecipeError("this runs in one process; start it without torchrun")
    metrics: dict[str, Any] = json.loads((folder / "metrics.json").read_text("utf-8"))
    return metrics


def is_finished(job: Job, folder: Path) -> bool:
    """Return whether `folder` holds a whole model of this recipe, start, data, fraction, seed and hedgerow's version.

    A model that another one started from is another start if it was trained again under the same name.
    """
    if not (folder / MANIFEST).is_file():
        return False
    try:
        manifest = read_manifest(folder)
    except ModelError:
        return False
    recipe = read_recipe(job.recipe_file)
    files = resolve_files(recipe, job.recipe_file, job.inputs)
    data = manifest["data"]
    return (
        manifest["files"]["recipe.toml"] == sha256(job.recipe_file)
        and (data.get("train_fraction"), data.get("seed")) == (job.train_fraction, job.seed)
        and [part["sha256"] for part in data["train"]] == [sha256(path) for path in files.train]
        and [part["sha256"] for part in data["dev"]] == [sha256(path) for path in files.dev]
        and data["measured"] == describe_parts(files.measure)
        and manifest["hedgerow"] == __version__
        and {name: data[name] for name in OTHERS if name in data} == describe_others(files)
        and _has_same_start(recipe, job.recipe_file.parent, manifest)
    )


def _has_same_start(recipe: Recipe, folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Return whether a model started from the weights that the start of `recipe`, in `folder`, has now."""
    start = locate_start(recipe, folder) if isinstance(recipe, NetworkRecipe) else None
    return start is None or manifest.get("start", {}).get("sha256") == sha256(start / "model.onnx")
