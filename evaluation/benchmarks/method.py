"""Train the network of base on a benchmark's own rows, and ask it for probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from evaluation.benchmarks.tasks import Task
from evaluation.report_files import log
from hedgerow.metrics.measures import Floats
from hedgerow.predictors.network import bio
from hedgerow.training.network.backbone import start
from hedgerow.training.network.data import class_weights, to_features
from hedgerow.training.network.dev import collate
from hedgerow.training.network.distillation import SoftTargets
from hedgerow.training.network.module import Head, Network
from hedgerow.training.network.trainer import fit_network
from hedgerow.training.recipe import NetworkRecipe

CUE_WEIGHT = 0.5  # of the loss of the cue spans, beside the label's 1
BATCH_SIZE = 64  # sentences per call, of probabilities
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """How a benchmark is learnt: its task, the recipe, and the folder that the recipe's paths start at."""

    task: Task
    recipe: NetworkRecipe
    folder: Path

    @property
    def heads(self) -> tuple[Head, ...]:
        """The heads of the network: the label, and the cues if the task has them."""
        label = Head("label", "label", self.task.labels)
        if not self.task.cues:
            return (label,)
        return label, Head("cues", "span", tuple(bio.tag_names(self.task.cues)), weight=CUE_WEIGHT)

    def fit(self, train: Sequence[Row], held_out: Sequence[Row], run: Path) -> tuple[Network, Any]:
        """Return the trained network and its tokenizer; `held_out` chooses the epoch, `run` keeps the checkpoints."""
        backbone = start(self.recipe, self.folder, (row["text"] for row in train))
        encodings = backbone.tokenizer.encode_batch([row["text"] for row in train])
        soft, weights = None, {}
        dev: Sequence[Row] = held_out
        if self.task.is_graded:
            soft = SoftTargets({"label": between(np.array([row["label"] for row in train]))}, {})
            train = [{**row, "label": None} for row in train]
            dev = [{**row, "label": str(round(row["label"]))} for row in held_out]
        else:
            weights = class_weights(train, self.heads, self.recipe.optimisation.class_weight_power)
        features = to_features(train, self.heads, encodings)
        network = fit_network(
            self.recipe, backbone.make, self.heads, features, dev, backbone.tokenizer, weights, run, log, soft
        )
        return network, backbone.tokenizer


def between(grades: Floats) -> Floats:
    """Return grades 1 to 6, with fractions, as shares of the two whole grades around them: (sentences, 6)."""
    shares = np.zeros((len(grades), 6))
    low = np.clip(np.floor(grades), 1, 5).astype(int)
    rows = np.arange(len(grades))
    shares[rows, low - 1] = 1 - (grades - low)
    shares[rows, low] = grades - low
    return shares


@torch.no_grad()
def probabilities(network: Network, tokenizer: Any, rows: Sequence[Row]) -> Floats:
    """Return the probabilities of the labels, (rows, labels)."""
    encodings = tokenizer.encode_batch([row["text"] for row in rows])
    order = sorted(range(len(rows)), key=lambda at: len(encodings[at].ids))
    by_row: list[Any] = [None] * len(rows)
    for begin in range(0, len(order), BATCH_SIZE):
        places = order[begin : begin + BATCH_SIZE]
        logits = network(**collate([{"input_ids": encodings[at].ids} for at in places]))["logits"]["label"]
        for at, probs in zip(places, torch.softmax(logits, -1).numpy(), strict=True):
            by_row[at] = probs
    return np.stack(by_row)
