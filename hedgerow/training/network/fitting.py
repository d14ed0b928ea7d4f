"""From a recipe to a network's model folder: train, export to 8 bits, calibrate.

A run has a folder of its own beside the model folder (`NAME.run/`): the recipe and the hashes of the data, checkpoints,
the environment and scores by epoch, and the trained network in single precision. The same command goes on where the
last one stopped, and rejects to mix recipes or data.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hedgerow import corpus
from hedgerow.classifier import Classifier
from hedgerow.errors import RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES, Example
from hedgerow.predictors.network.runtime import NetworkModel, load_network
from hedgerow.training.network.backbone import READ, Start, start
from hedgerow.training.network.calibration import cross_fitted
from hedgerow.training.network.data import (
    Row,
    class_weights,
    heads_of,
    reject_missing_labels,
    to_features,
    training_rows,
)
from hedgerow.training.network.dev import dev_scores
from hedgerow.training.network.distillation import SoftTargets, soft_targets
from hedgerow.training.network.export import write_onnx
from hedgerow.training.network.module import Head, Network
from hedgerow.training.network.quantise import quantise
from hedgerow.training.network.saving import save
from hedgerow.training.network.teacher import weights_file
from hedgerow.training.network.trainer import Say, fit_network
from hedgerow.training.network.unlabelled import unlabelled_texts
from hedgerow.training.recipe import NetworkRecipe


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn from: labelled files; networks to learn from and unlabelled files for them to score."""

    files: Sequence[Path]
    teachers: Sequence[Path] = ()
    texts: Sequence[Path] = ()


def train_network(
    recipe: NetworkRecipe,
    recipe_folder: Path,
    lesson: Lesson,
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
    calibrate_on = _calibration_part(recipe, held_out)
    measured = [example for examples in held_out.values() for example in examples]
    rows = training_rows(recipe, recipe_folder, lesson.files, measured)
    reject_missing_labels(rows, heads, ", ".join(map(str, lesson.files)))
    labelled = corpus.load(lesson.files)
    rows += [{"text": text} for text in unlabelled_texts(lesson.texts, labelled, measured)]
    began = start(recipe, recipe_folder, (row["text"] for row in rows))
    encodings = began.tokenizer.encode_batch([row["text"] for row in rows])
    writes = os.environ.get("RANK", "0") == "0"  # of several processes, the first one
    if writes:
        auxiliary = [(recipe_folder / part.file).resolve() for part in recipe.corpora.auxiliary]
        data = [*lesson.files, *auxiliary, *lesson.texts, *map(weights_file, lesson.teachers)]
        _reject_another_run(run, _identity(recipe, began, data, held_out["dev"]))
    network = fit_network(
        recipe,
        began.make,
        heads,
        to_features(rows, heads, encodings),
        [example.to_dict() for example in held_out["dev"]],
        began.tokenizer,
        class_weights(rows, heads, recipe.optimisation.class_weight_power),
        run,
        say,
        _softened(recipe, lesson, rows, heads, encodings, run, say),
    )
    if not writes:
        return None
    say("exporting")
    _export(network, began, folder, run, manifest)
    manifest["heads"] = [
        {"name": head.name, "kind": head.kind, "labels": list(head.labels), "temperature": 1.0} for head in heads
    ]
    calibration = _calibrate(load_network(folder, manifest), manifest, held_out[calibrate_on], heads)
    manifest["calibration"] = {"on": calibrate_on, **calibration}
    if lesson.teachers:
        manifest["teachers"] = [sha256(weights_file(teacher)) for teacher in lesson.teachers]
        manifest["texts"] = [{"file": path.name, "sha256": sha256(path)} for path in lesson.texts]
    for name, examples in held_out.items():
        exact = dev_scores(network, [example.to_dict() for example in examples], began.tokenizer)
        say(f"single precision on {name}: " + ", ".join(f"{head} {score:.4f}" for head, score in exact.items()))
    return Classifier(load_network(folder, manifest))


def _calibration_part(recipe: NetworkRecipe, held_out: Mapping[str, Sequence[Example]]) -> str:
    """The first part of the recipe's `calibrate_on` that is measured."""
    for name in recipe.calibrate_on:
        if name in held_out:
            return name
    known = ", ".join(map(repr, held_out))
    raise RecipeError(
        f"setting 'calibrate_on' = {list(recipe.calibrate_on)}; measured are {known} (--measure NAME=FILE)"
    )


def _softened(
    recipe: NetworkRecipe,
    lesson: Lesson,
    rows: Sequence[Row],
    heads: Sequence[Head],
    encodings: Sequence[Any],
    run: Path,
    say: Say,
) -> SoftTargets | None:
    """What the lesson's teachers say of the rows; None without teachers."""
    if not lesson.teachers or recipe.distillation is None:
        return None
    say(f"{len(lesson.teachers)} teachers, {len(rows):,} sentences")
    return soft_targets(
        lesson.teachers,
        [row["text"] for row in rows],
        heads,
        encodings,
        temperature=recipe.distillation.temperature,
        bfloat16=recipe.optimisation.bfloat16,
        cache=run.parent / "scores",
        say=say,
    )


def _export(network: Network, began: Start, folder: Path, run: Path, manifest: dict[str, Any]) -> None:
    """Single precision to the run's folder, 8 bits and the tokenizer to the model's."""
    save(network, run / "network")
    began.save_tokenizer(run / "network")
    write_onnx(network, run / "single.onnx")
    quantise(run / "single.onnx", folder / "model.onnx")
    began.tokenizer.no_truncation()
    began.tokenizer.save(str(folder / "tokenizer.json"))
    manifest["max_tokens"] = min(READ, int(getattr(network.encoder.config, "max_position_embeddings", READ)))
    manifest["tokenizer"] = began.reads
    manifest["backbone"] = began.name
    began.tokenizer.enable_truncation(manifest["max_tokens"])


def _reject_another_run(run: Path, identity: Mapping[str, Any]) -> None:
    """Raise RecipeError where `run` belongs to another recipe or other data; else note what it is."""
    note = run / "run.json"
    if note.exists() and json.loads(note.read_text("utf-8")) != identity:
        raise RecipeError(f"{run}: a run of another recipe or other data is here; remove it, or name another --out")
    run.mkdir(parents=True, exist_ok=True)
    write_json(note, identity)


def _identity(recipe: NetworkRecipe, began: Start, files: Sequence[Path], dev: Sequence[Example]) -> dict[str, Any]:
    """What decides the weights, wherever it lies: the settings, and the hashes of the data and of the backbone."""
    settings = {
        key: value for key, value in asdict(recipe).items() if key not in ("calibrate_on", "backbone", "corpora")
    }
    if settings["encoder"]:
        del settings["encoder"]["vectors"]
    chooses = hashlib.sha256(json.dumps([example.to_dict() for example in dev]).encode()).hexdigest()
    return {
        "recipe": json.loads(json.dumps(settings)),
        "backbone": began.identity,
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
            calibration[head.name] = cross_fitted(logits[head.name], gold, [example.group_key for example in rows])
    for entry in manifest["heads"]:
        if entry["name"] in calibration:
            entry["temperature"] = calibration[entry["name"]]["temperature"]
    return calibration
