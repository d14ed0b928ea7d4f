"""Average the weights of several epochs: one network that is as fast as each of them, and often better.

Stochastic weight averaging (Izmailov et al. 2018), and averaging of trainings that begin at one network (Wortsman et
al. 2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file

Weights = Mapping[str, torch.Tensor]


def checkpoint_weights(checkpoints: Path, last: int) -> list[Weights]:
    """Return the weights of the `last` checkpoints in the folder `checkpoints`, or of all if there are fewer."""
    folders = sorted(checkpoints.glob("checkpoint-*"), key=lambda folder: int(folder.name.rpartition("-")[2]))
    return [load_file(folder / "model.safetensors") for folder in folders[-last:]]


def mean_weights(networks: Sequence[Weights]) -> dict[str, torch.Tensor]:
    """Return the mean of each weight over `networks`, which have one architecture."""
    return {name: torch.stack([weights[name] for weights in networks]).mean(0) for name in networks[0]}
