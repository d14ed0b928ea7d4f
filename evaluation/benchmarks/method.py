"""Train the network of base on a benchmark's own rows, and ask it for probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from evaluation.benchmarks.tasks import Task
from hedgerow.metrics.measures import Floats
from hedgerow.predictors.network import bio
from hedgerow.training.network.backbone import load_backbone
from hedgerow.training.network.data import TrainingData, class_weights, to_training_row
from hedgerow.training.network.dev import collate
from hedgerow.training.network.module import Network, TrainingHead
from hedgerow.training.network.run_folder import RunFolder
from hedgerow.training.network.soft_targets import SoftTargets
from hedgerow.training.network.trainer import fit_network
from hedgerow.training.recipe import NetworkRecipe

CUE_WEIGHT = 0.5  # of the loss of the cue spans, beside the label's 1
BATCH_SIZE = 64  # sentences per call, of probabilities
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """The method of a benchmark: its task, the recipe, and the folder that the recipe's paths start at."""

    task: Task
    recipe: NetworkRecipe
    folder: Path

    @property
    def heads(self) -> tuple[TrainingHead, ...]:
        """The heads of the network: the label, and the cues if the task has them."""
        label = TrainingHead("label", "label", self.task.labels)
        if not self.task.cues:
            return (label,)
        return label, TrainingHead("cues", "span", tuple(bio.tag_names(self.task.cues)), weight=CUE_WEIGHT)

    def fit(self, train: Sequence[Row], held_out: Sequence[Row], run: Path) -> tuple[Network, Any]:
        """Return the trained network and its tokenizer; `held_out` chooses the epoch, `run` keeps the checkpoints."""
        backbone = load_backbone(self.recipe, self.folder, (row["text"] for row in train))
        return fit_network(self.recipe, backbone, self._data(train, held_out), RunFolder(run)), backbone.tokenizer

    def _data(self, train: Sequence[Row], held_out: Sequence[Row]) -> TrainingData:
        """Return the rows as the trainer takes them; grades become soft targets."""
        soft = None
        dev: Sequence[Row] = held_out
        if self.task.is_graded:
            soft = SoftTargets({"label": between(np.array([row["label"] for row in train]))}, {})
            train = [{**row, "label": None} for row in train]
            dev = [{**row, "label": str(round(row["label"]))} for row in held_out]
        rows, dev_rows = ([to_training_row(row, self.heads) for row in part] for part in (train, dev))
        power = self.recipe.optimisation.class_weight_power
        weights = {} if self.task.is_graded else class_weights(rows, self.heads, power)
        return TrainingData(self.heads, rows, dev_rows, weights, soft)


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
        indices = order[begin : begin + BATCH_SIZE]
        logits = network(**collate([{"input_ids": encodings[at].ids} for at in indices]))["logits"]["label"]
        for at, probs in zip(indices, torch.softmax(logits, -1).numpy(), strict=True):
            by_row[at] = probs
    return np.stack(by_row)
