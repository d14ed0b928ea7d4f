"""The folder of a network's run, beside its model folder.

NAME.run/run.json       settings and hashes of the data: a run is only resumed with the same ones
NAME.run/lock           held by the process that trains
NAME.run/checkpoints/   only until the training ends
NAME.run/history.json   environment, and loss and scores by epoch
NAME.run/history.csv    loss by step, and scores by epoch
NAME.run/network/       the trained network in single precision
NAME.run/single.onnx    the same as a graph, before it is quantised
NAME.run/integer/       the same of quantisation-aware training, and the scales of activations (scales.json)
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hedgerow.errors import RecipeError
from hedgerow.io.atomic import publish
from hedgerow.training.network import saving
from hedgerow.training.network.backbone import Backbone
from hedgerow.training.network.module import Network
from hedgerow.training.stopping import CHECKPOINTS, NETWORK, complete_checkpoint


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of a run."""

    path: Path

    @property
    def checkpoints(self) -> Path:
        """The folder of the trainer's checkpoints."""
        return self.path / CHECKPOINTS

    @property
    def network(self) -> Path:
        """The trained network in single precision; it exists only if the training has ended."""
        return self.path / NETWORK

    @property
    def single_onnx(self) -> Path:
        """The graph in single precision."""
        return self.path / "single.onnx"

    @property
    def integer(self) -> RunFolder:
        """The folder of quantisation-aware training, which begins from this run's network."""
        return RunFolder(self.path / "integer")

    @property
    def scales(self) -> Path:
        """The scales of activations, of quantisation-aware training."""
        return self.path / "scales.json"

    @property
    def history(self) -> Path:
        """The environment, and the loss and scores of each epoch, as JSON."""
        return self.path / "history.json"

    @property
    def table(self) -> Path:
        """The losses and scores as CSV (see `hedgerow.training.network.history`)."""
        return self.path / "history.csv"

    @property
    def score_cache(self) -> Path:
        """The folder of teachers' scores, which the runs beside this one share."""
        return self.path.parent / "scores"

    @property
    def is_finished(self) -> bool:
        """Whether the training has ended and its network is saved."""
        return self.network.is_dir()

    def claim(self, identity: Mapping[str, Any]) -> None:
        """Record the run's `identity`. Raises RecipeError if the folder belongs to a run with another one."""
        note = self.path / "run.json"
        is_used = note.exists() or self.checkpoints.exists() or self.network.exists()
        if is_used and _read_note(note) != identity:
            raise RecipeError(
                f"{self.path}: has a run of another recipe or other data; remove it, or name another --out"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        publish((json.dumps(identity, indent=1) + "\n").encode(), note.with_suffix(".tmp"), note)

    def last_checkpoint(self) -> Path | None:
        """Return the checkpoint to resume from, or None."""
        return complete_checkpoint(self.path)

    def save_network(self, network: Network, backbone: Backbone) -> None:
        """Save the trained network and its tokenizer, complete or not at all."""
        beside = self.path / "network.part"
        shutil.rmtree(beside, ignore_errors=True)
        saving.save(network, beside)
        backbone.save_tokenizer(beside)
        beside.rename(self.network)

    def remove_checkpoints(self) -> None:
        """Remove the checkpoints of a finished run."""
        shutil.rmtree(self.checkpoints, ignore_errors=True)

    def load_network(self) -> Network:
        """Return the trained network, in evaluation mode."""
        return saving.load(self.network)


def _read_note(note: Path) -> Any:
    try:
        return json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return None
