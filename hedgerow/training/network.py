"""From a recipe to a network's model folder: train, export to 8 bits, calibrate.

A run has a folder of its own beside the model folder (`NAME.run/`): the recipe and the hashes of the data, checkpoints,
the environment and scores by epoch, and the trained network in single precision. The same command goes on where the
last one stopped, and refuses to mix recipes or data.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from transformers import AutoTokenizer

from hedgerow.calibration import cross_fitted
from hedgerow.classifier import Classifier
from hedgerow.classifier.network import NetworkModel, load_network
from hedgerow.errors import RecipeError
from hedgerow.export import quantise, write_onnx
from hedgerow.files import sha256, write_json
from hedgerow.labels import AXES, Example
from hedgerow.network import Head, save
from hedgerow.recipe import NetworkRecipe
from hedgerow.training.dev import dev_scores
from hedgerow.training.rows import class_weights, heads_of, refuse_missing_labels, to_features, training_rows
from hedgerow.training.trainer import Say, fit_network


def load_tokenizer(backbone: str, max_tokens: int) -> Any:
    """The backbone's fast tokenizer (of the `tokenizers` library), cutting at `max_tokens`, not padding."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(backbone).backend_tokenizer
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise RecipeError(
            f"setting 'backbone' = {backbone!r}: {reason}; scripts/fetch_backbone.py brings one"
        ) from None
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def train_network(
    recipe: NetworkRecipe,
    recipe_folder: Path,
    files: Sequence[Path],
    held_out: Mapping[str, Sequence[Example]],
    folder: Path,
    run: Path,
    manifest: dict[str, Any],
    say: Say,
) -> Classifier | None:
    """Train, export and calibrate; the model's files go to `folder`, what it is to `manifest`.

    Of several processes the first one writes; the others end in None.
    """
    heads = heads_of(recipe)
    calibrate_on = next((name for name in recipe.calibrate_on if name in held_out), None)
    if calibrate_on is None:
        known = ", ".join(map(repr, held_out))
        raise RecipeError(
            f"setting 'calibrate_on' = {list(recipe.calibrate_on)}; measured are {known} (--measure NAME=FILE)"
        )
    rows = training_rows(recipe, recipe_folder, files)
    refuse_missing_labels(rows, heads, ", ".join(map(str, files)))
    local = recipe_folder / recipe.backbone
    backbone = str(local.resolve()) if local.is_dir() else recipe.backbone
    tokenizer = load_tokenizer(backbone, recipe.max_tokens)
    auxiliary = [(recipe_folder / corpus.file).resolve() for corpus in recipe.corpora.auxiliary]
    writes = os.environ.get("RANK", "0") == "0"  # of several processes, the first one
    if writes:
        _refuse_another_run(run, _identity(recipe, backbone, [*files, *auxiliary], held_out["dev"]))
    network = fit_network(
        recipe,
        backbone,
        heads,
        to_features(rows, heads, tokenizer),
        [example.to_dict() for example in held_out["dev"]],
        tokenizer,
        class_weights(rows, heads, recipe.optimisation.class_weight_power),
        run,
        say,
    )
    if not writes:
        return None
    say("exporting")
    save(network, run / "network")
    AutoTokenizer.from_pretrained(backbone).save_pretrained(run / "network")
    write_onnx(network, run / "single.onnx")
    quantise(run / "single.onnx", folder / "model.onnx")
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    longest = int(getattr(network.encoder.config, "max_position_embeddings", 512))
    manifest["max_tokens"] = min(512, longest)
    tokenizer.enable_truncation(manifest["max_tokens"])
    manifest["heads"] = [
        {"name": head.name, "kind": head.kind, "labels": list(head.labels), "temperature": 1.0} for head in heads
    ]
    calibration = _calibrate(load_network(folder, manifest), manifest, held_out[calibrate_on], heads)
    manifest["calibration"] = {"on": calibrate_on, **calibration}
    manifest["backbone"] = recipe.backbone.rsplit("/", 1)[-1]
    for name, examples in held_out.items():
        exact = dev_scores(network, [example.to_dict() for example in examples], tokenizer)
        say(f"single precision on {name}: " + ", ".join(f"{head} {score:.4f}" for head, score in exact.items()))
    return Classifier(load_network(folder, manifest))


def _refuse_another_run(run: Path, identity: Mapping[str, Any]) -> None:
    """Raise RecipeError where `run` belongs to another recipe or other data; else note what it is."""
    note = run / "run.json"
    if note.exists() and json.loads(note.read_text("utf-8")) != identity:
        raise RecipeError(f"{run}: a run of another recipe or other data is here; remove it, or name another --out")
    run.mkdir(parents=True, exist_ok=True)
    write_json(note, identity)


def _identity(recipe: NetworkRecipe, backbone: str, files: Sequence[Path], dev: Sequence[Example]) -> dict[str, Any]:
    """What decides the weights, wherever it lies: the settings, and the hashes of the data and of the backbone."""
    settings = {
        key: value for key, value in asdict(recipe).items() if key not in ("calibrate_on", "backbone", "corpora")
    }
    weights = Path(backbone) / "model.safetensors"
    encoder = sha256(weights) if weights.is_file() else backbone
    chooses = hashlib.sha256(json.dumps([example.to_dict() for example in dev]).encode()).hexdigest()
    return {
        "recipe": json.loads(json.dumps(settings)),
        "backbone": encoder,
        "data": [sha256(path) for path in files],
        "dev": chooses,
    }


def _calibrate(
    model: NetworkModel, manifest: dict[str, Any], rows: Sequence[Example], heads: Sequence[Head]
) -> dict[str, Any]:
    """A temperature for each head of the codebook, fitted on `rows`; what it does is measured by cross-fitting."""
    logits = model.logits([example.text for example in rows])
    calibration = {}
    for head in heads:
        if head.name in AXES:
            gold = np.array([head.labels.index(str(getattr(example, head.name))) for example in rows])
            calibration[head.name] = cross_fitted(logits[head.name], gold, [example.unit for example in rows])
    for entry in manifest["heads"]:
        if entry["name"] in calibration:
            entry["temperature"] = calibration[entry["name"]]["temperature"]
    return calibration
