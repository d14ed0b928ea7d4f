"""One training of the fine-tuning experiment, with torch (see `evaluation.components.finetuning`)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from evaluation.components.finetuning import KEPT, LABELS, OWN, Data
from hedgerow.corpus.external import read_rows
from hedgerow.predictors.folder import find, recipes
from hedgerow.training.inputs import TrainingInputs, resolve_files
from hedgerow.training.network.backbone import Backbone, load_backbone
from hedgerow.training.network.data import TrainingData, build_heads, class_weights, to_training_row
from hedgerow.training.network.dev import dev_scores
from hedgerow.training.network.module import Network
from hedgerow.training.network.rebuilding import rebuild
from hedgerow.training.network.retention import own_answers, replayed_rows
from hedgerow.training.network.run_folder import RunFolder
from hedgerow.training.network.trainer import fit_network
from hedgerow.training.recipe import NetworkRecipe, read_recipe

HEADS = [{"name": name, "kind": "span" if name == "spans" else "label"} for name in KEPT]
OWN_HEAD = {"name": OWN, "kind": "label", "labels": list(LABELS)}


def fit(way: Mapping[str, Any], given: Data, seed: int) -> dict[str, float]:
    """Train; return the score of the new head on dev, those of base's heads on what is kept, and processor minutes."""
    torch.set_num_threads(1)
    started = time.process_time()
    recipe = _recipe(way, seed)
    file = recipes()["finetune"]
    backbone = load_backbone(recipe, file.parent, ())
    heads = build_heads(recipe.heads)
    if not backbone.heads:  # an encoder learns the new head alone
        heads = heads[-1:]
    rows = [to_training_row(row, heads) for row in given.train]
    rows += replayed_rows(recipe, resolve_files(recipe, file, TrainingInputs()), rows, heads, ())
    data = TrainingData(
        heads=heads,
        rows=rows,
        dev=[to_training_row(row, heads) for row in given.dev],
        class_weights=class_weights(rows, heads, recipe.optimisation.class_weight_power),
    )
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder) / "run")
        run.path.mkdir()
        if recipe.retention:
            data = replace(data, soft_targets=own_answers(recipe.retention, backbone, data, run.score_cache))
        network = fit_network(recipe, backbone, data, run)
    minutes = (time.process_time() - started) / 60
    scores = _kept_scores(network, backbone, given.kept) if backbone.heads else {}
    scores[OWN] = dev_scores(network, data.dev, backbone.tokenizer)[OWN]
    return {**scores, "minutes": minutes}


def scores_of_base(kept: Mapping[str, Path]) -> dict[str, float]:
    """Return the scores of base's heads before any training."""
    backbone = load_backbone(_recipe({}, 1), recipes()["finetune"].parent, ())
    return _kept_scores(rebuild(find("base")), backbone, kept)


def _recipe(way: Mapping[str, Any], seed: int) -> NetworkRecipe:
    recipe = read_recipe(recipes()["finetune"], {"seed": seed, "heads": [*HEADS, OWN_HEAD], **way})
    assert isinstance(recipe, NetworkRecipe)
    return recipe


def _kept_scores(network: Network, backbone: Backbone, kept: Mapping[str, Path]) -> dict[str, float]:
    """Return the scores of base's heads, "certainty_composed" and so on; of published text, on every fourth row."""
    figures: dict[str, float] = {}
    for part, path in kept.items():
        raw = read_rows(path, "plain")[:: 4 if part == "published" else 1]
        rows = [to_training_row(row, backbone.heads) for row in raw]
        scores = dev_scores(network, rows, backbone.tokenizer)
        figures |= {f"{name}_{part}": scores[name] for name in KEPT}
    return figures
