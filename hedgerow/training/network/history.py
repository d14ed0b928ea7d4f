"""The history of a training: losses by step, and scores on dev by epoch, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers

from hedgerow.io.atomic import publish

_SCORE = "eval_"  # before the names of scores in the log of transformers.Trainer
_COLUMNS = ("step", "epoch", "loss", "learning_rate")


def history(log: Sequence[Mapping[str, Any]], steps: int) -> dict[str, Any]:
    """Return the environment, the number of steps, and the mean loss and the scores on dev of each epoch."""
    epochs = [_epoch(entry) for entry in log if f"{_SCORE}score" in entry]
    return {"environment": _environment(), "steps": steps, "epochs": epochs}


def write_csv(path: Path, log: Sequence[Mapping[str, Any]]) -> None:
    """Write the log to a CSV file: a row per logged step, and one per epoch.

    Columns: `step`; `epoch`, with the part of it that is done; `loss`, the mean since the row before, in the row of an
    epoch that of the epoch; `learning_rate` of the encoder; `dev_NAME`, the score of each head on dev, and `dev_score`,
    their weighted mean, which chooses the epoch. What a row does not have is empty.
    """
    scores = dict.fromkeys(name for entry in log for name in entry if _is_score(name))
    columns = [*_COLUMNS, *(f"dev_{name.removeprefix(_SCORE)}" for name in scores)]
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(columns)
    for entry in log:
        if "loss" in entry or f"{_SCORE}score" in entry:
            loss = entry.get("loss", entry.get("epoch_loss"))
            values = [entry["step"], entry["epoch"], loss, entry.get("learning_rate"), *map(entry.get, scores)]
            writer.writerow("" if value is None else value for value in values)
    publish(content.getvalue().encode(), path.with_suffix(".csv.tmp"), path)


def _is_score(name: str) -> bool:
    return name.startswith(_SCORE)


def _epoch(entry: Mapping[str, Any]) -> dict[str, Any]:
    scores = {name.removeprefix(_SCORE): score for name, score in entry.items() if _is_score(name)}
    return {"epoch": entry["epoch"], "step": entry["step"], "loss": entry.get("epoch_loss"), "scores": scores}


def _environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "threads": str(torch.get_num_threads()),
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }
