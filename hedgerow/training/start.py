"""The trained model that a training starts from: its folder, and the heads of a recipe that go on from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hedgerow.errors import ModelError, RecipeError
from hedgerow.head import Head
from hedgerow.predictors.folder import MANIFEST, read_manifest, shipped
from hedgerow.training.heads import outputs
from hedgerow.training.recipe import NetworkRecipe


def locate_start(recipe: NetworkRecipe, folder: Path) -> Path | None:
    """Return the folder of the model that `recipe`, in `folder`, starts from; None if it starts from none.

    Raises RecipeError if `start_from` names neither a shipped model nor a model folder.
    """
    if recipe.start_from:
        return _locate_model(folder, recipe.start_from)
    source = folder / recipe.backbone
    # Recipes of before `start_from` name a trained model as their backbone.
    return source.resolve() if recipe.backbone and (source / MANIFEST).is_file() else None


def _locate_model(folder: Path, name: str) -> Path:
    models = shipped()
    path = models.get(name, folder / name)
    if not (path / MANIFEST).is_file():
        raise RecipeError(
            f"setting 'start_from' = {name!r}: {path.resolve()} has no {MANIFEST}; name a model folder, or a shipped "
            f"network: {', '.join(model for model in models if (models[model] / 'model.onnx').is_file())}"
        )
    return path.resolve()


def network_manifest(folder: Path) -> Mapping[str, Any]:
    """Return the manifest of the network in `folder`. Raises ModelError if it is another kind of model."""
    manifest = read_manifest(folder)
    if manifest["kind"] != "network":
        raise ModelError(f"{folder}: a {manifest['kind']} model has no network to rebuild; name a network's folder")
    return manifest


def fresh_heads(recipe: NetworkRecipe, folder: Path, heads: Sequence[Head]) -> list[Head]:
    """Return the `heads` that do not go on from the start of the training: they need an example of each label."""
    start = locate_start(recipe, folder)
    if start is None:
        return list(heads)
    known = [(head["name"], head["kind"], head["labels"]) for head in network_manifest(start)["heads"]]
    return [head for head in heads if (head.name, head.kind, outputs(head)) not in known]
