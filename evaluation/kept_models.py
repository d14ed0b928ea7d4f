"""Models that a measurement trains and keeps, so that the same command resumes after the last finished one."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hedgerow.errors import ModelError, RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import MANIFEST, read_manifest
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.inputs import resolve_files
from hedgerow.training.model_folder import describe_parts
from hedgerow.training.recipe import read_recipe

logger = logging.getLogger(__name__)


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
    """Return whether `folder` holds a whole model of this recipe, data, fraction and seed."""
    if not (folder / MANIFEST).is_file():
        return False
    try:
        manifest = read_manifest(folder)
    except ModelError:
        return False
    files = resolve_files(read_recipe(job.recipe_file), job.recipe_file, job.inputs)
    data = manifest["data"]
    return (
        manifest["files"]["recipe.toml"] == sha256(job.recipe_file)
        and (data.get("train_fraction"), data.get("seed")) == (job.train_fraction, job.seed)
        and [part["sha256"] for part in data["train"]] == [sha256(path) for path in files.train]
        and [part["sha256"] for part in data["dev"]] == [sha256(path) for path in files.dev]
        and data["measured"] == describe_parts(files.measure)
    )
