"""Train on a published benchmark's own training part, choose on a share of that, and measure its test part once.

    python -m evaluation.benchmarks.run wikipedia --data ../shared/corpora/benchmarks \
      --out evaluation/reports/benchmark-wikipedia

Benchmarks: wikipedia and biological (CoNLL-2010, Farkas et al. 2010: is a sentence uncertain?), factappeal (Mor-Lan &
Sheafer 2025: does it state a fact, and by appeal to a source?), certainty (Pei & Jurgens 2021: how certain, 1 to 6).

The encoder and how it learns are those of base; what is compared with other people's figures is the method, not the
shipped weights, and none of these weights are shipped. A tenth of the training part, drawn by group, chooses the epoch
(by the sentences first: the cues count half) and the threshold (the median of the best of many bootstrap draws, for one
draw's best is chance). Certainty is learnt as a distribution over 1 to 6, whose mean is the answer.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from evaluation.benchmarks.table import write_table
from evaluation.benchmarks.tasks import TASKS, Task, rows_of
from evaluation.provenance import commit, shown_command
from hedgerow.errors import HedgerowError, InputError, RecipeError
from hedgerow.io.atomic import replaced_folder, sha256
from hedgerow.io.strict_json import write_json
from hedgerow.predictors.network import bio
from hedgerow.report import markdown
from hedgerow.training.network.backbone import start
from hedgerow.training.network.data import class_weights, to_features
from hedgerow.training.network.dev import collate
from hedgerow.training.network.distillation import SoftTargets
from hedgerow.training.network.module import Head, Network
from hedgerow.training.network.trainer import fit_network
from hedgerow.training.recipe import NetworkRecipe, read_recipe

ROOT = Path(__file__).resolve().parents[2]
DRAWS = 2000  # of the bootstrap
Row = Mapping[str, Any]
Floats = NDArray[np.floating[Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure on a published benchmark, trained on its own training part.")
    parser.add_argument("name", choices=sorted(TASKS))
    parser.add_argument("--data", type=Path, required=True, help="the folder of the benchmarks' files (JSON lines)")
    parser.add_argument(
        "--recipe", type=Path, default=ROOT / "model" / "base" / "recipe.toml", help="encoder, settings"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="a folder; of those named benchmark-NAME, benchmarks.md is the page"
    )
    options = parser.parse_args(arguments)
    try:
        recipe = read_recipe(options.recipe)
        if not isinstance(recipe, NetworkRecipe):
            raise RecipeError(f"{options.recipe}: setting 'kind' is 'linear'; a benchmark trains a network")
        measured = measure(TASKS[options.name], options.data, recipe, options.recipe.parent)
        measured = {"benchmark": options.name, "command": _command(options), **measured}
        with replaced_folder(options.out, allowed=("report.json", "report.md")) as folder:
            write_json(folder / "report.json", measured)
            (folder / "report.md").write_text(to_markdown(measured), "utf-8")
        if options.out.name == f"benchmark-{options.name}":
            write_table(options.out.parent)
    except HedgerowError as error:
        print(f"evaluation.benchmarks.run: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"evaluation.benchmarks.run: {error.filename}: {error.strerror}; nothing was written", file=sys.stderr)
        return 2
    print(to_markdown(measured))
    return 0


def _command(options: argparse.Namespace) -> str:
    """As one would type it from the project's folder."""
    given = {name: value for name, value in vars(options).items() if name != "name"}
    if options.recipe.resolve().is_relative_to(ROOT):
        given["recipe"] = options.recipe.resolve().relative_to(ROOT)
    return shown_command(f"benchmarks {options.name}", given)


def measure(task: Task, data: Path, recipe: NetworkRecipe, folder: Path) -> dict[str, Any]:
    """Everything the report says, as plain data."""
    began_at = commit("evaluation")  # before hours in which the tree may change
    rows, test = rows_of(data, task)
    held = [row for row in rows if _held_out(row["group"], recipe.seed)]
    train = [row for row in rows if not _held_out(row["group"], recipe.seed)]
    heads = _heads(task)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as run:
        network, tokenizer = _fit(task, recipe, folder, train, held, heads, Path(run))
    minutes = (time.monotonic() - started) / 60
    chances, tuned = (_chances(network, tokenizer, part) for part in (test, held))
    return {
        "measure": task.measure,
        **_scores(task, held, tuned, test, chances),
        "published": task.published,
        "differs": task.differs,
        "rows": {"train": len(train), "chosen on": len(held), "test": len(test)},
        "files": {name: sha256(data / name) for name in sorted({task.train[0], task.test[0]})},
        "backbone": recipe.backbone.rsplit("/", 1)[-1],
        "minutes": round(minutes, 1),
        "commit": began_at,
    }


def _held_out(group: str, seed: int) -> bool:
    return hashlib.sha256(f"{seed}/{group}".encode()).digest()[0] < 26  # of 256: a tenth


def _heads(task: Task) -> tuple[Head, ...]:
    label = Head("label", "label", task.labels)
    return (label, Head("cues", "span", tuple(bio.tag_names(task.cues)), weight=0.5)) if task.cues else (label,)


def _fit(
    task: Task,
    recipe: NetworkRecipe,
    folder: Path,
    train: Sequence[Row],
    held: Sequence[Row],
    heads: Sequence[Head],
    run: Path,
) -> tuple[Network, Any]:
    """The trained network and its tokenizer."""
    began = start(recipe, folder, (row["text"] for row in train))
    encodings = began.tokenizer.encode_batch([row["text"] for row in train])
    graded = task.measure == "Pearson r"
    hard = [{**row, "label": None} for row in train] if graded else train
    soft = SoftTargets({"label": between(np.array([row["label"] for row in train]))}, {}) if graded else None
    weights = {} if graded else class_weights(train, heads, recipe.optimisation.class_weight_power)
    dev = [{**row, "label": str(round(row["label"]))} for row in held] if graded else held
    features = to_features(hard, heads, encodings)
    network = fit_network(recipe, began.make, heads, features, dev, began.tokenizer, weights, run, _say, soft)
    return network, began.tokenizer


def between(grades: Floats) -> Floats:
    """Grades 1 to 6, halves and all, as shares of the two whole ones they lie between: (sentences, 6)."""
    shares = np.zeros((len(grades), 6))
    low = np.clip(np.floor(grades), 1, 5).astype(int)
    rows = np.arange(len(grades))
    shares[rows, low - 1] = 1 - (grades - low)
    shares[rows, low] = grades - low
    return shares


@torch.no_grad()
def _chances(network: Network, tokenizer: Any, rows: Sequence[Row], *, batch: int = 64) -> Floats:
    """Probabilities of the labels, (rows, labels)."""
    encodings = tokenizer.encode_batch([row["text"] for row in rows])
    order = sorted(range(len(rows)), key=lambda at: len(encodings[at].ids))
    found: list[Any] = [None] * len(rows)
    for begin in range(0, len(order), batch):
        places = order[begin : begin + batch]
        logits = network(**collate([{"input_ids": encodings[at].ids} for at in places]))["logits"]["label"]
        for at, chances in zip(places, torch.softmax(logits, -1).numpy(), strict=True):
            found[at] = chances
    return np.stack(found)


def _scores(task: Task, held: Sequence[Row], tuned: Floats, test: Sequence[Row], chances: Floats) -> dict[str, Any]:
    """The measure on the test part with a 95 % interval (bootstrap by sentence), and what was chosen before."""
    if task.measure == "Pearson r":
        grades = np.arange(1, 7)
        gold, said = np.array([row["label"] for row in test]), chances @ grades
        return _interval(lambda at: float(np.corrcoef(gold[at], said[at])[0, 1]), len(test))
    gold, tuned_gold = (np.array([task.labels.index(row["label"]) for row in part]) for part in (test, held))
    if task.measure == "macro-F1":
        predicted = chances.argmax(axis=1)
        labels = range(len(task.labels))
        return _interval(lambda at: float(np.mean([_f1(gold[at] == k, predicted[at] == k) for k in labels])), len(test))
    threshold = best_threshold(tuned_gold == 1, tuned[:, 1], task.share)
    yes = chances[:, 1] >= threshold
    scores = _interval(lambda at: _f1(gold[at] == 1, yes[at]), len(test))
    return {**scores, "threshold": round(threshold, 2)}


def best_threshold(gold: NDArray[np.bool_], chances: Floats, share: float | None = None) -> float:
    """The median, over bootstrap draws of sentences, of the threshold with the best F1. InputError for one label alone.

    Where the share of true ones is known to be another than that of `gold`, the rest are weighted to it.
    """
    if gold.all() or not gold.any():
        raise InputError("the part that chooses the threshold holds one label alone; more training rows are needed")
    candidates = np.linspace(0.05, 0.95, 91)
    said = chances >= candidates[:, None]
    weight = 1.0 if share is None else gold.mean() * (1 - share) / (share * (1 - gold.mean()))
    draw = np.random.default_rng(13)
    best = []
    for _ in range(DRAWS // 10):
        at = draw.integers(0, len(gold), len(gold))
        hits = (said[:, at] & gold[at]).sum(axis=1)
        false = weight * (said[:, at] & ~gold[at]).sum(axis=1)
        best.append(candidates[np.argmax(2 * hits / np.maximum(1.0, hits + false + gold[at].sum()))])
    return float(np.median(best))


def _f1(gold: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    both = float((gold & said).sum())
    return 2 * both / max(1.0, float(gold.sum() + said.sum()))


def _interval(score: Any, rows: int) -> dict[str, float]:
    draw = np.random.default_rng(13)
    drawn = [score(draw.integers(0, rows, rows)) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": round(score(np.arange(rows)), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def to_markdown(measured: Mapping[str, Any]) -> str:
    """The report as one Markdown page."""
    rows = [[f"{measured['value']:.3f} [{measured['low']:.3f}, {measured['high']:.3f}]", measured["published"]]]
    counts = ", ".join(f"{name} {count:,}" for name, count in measured["rows"].items())
    files = ", ".join(f"`{name}` ({digest[:12]})" for name, digest in measured["files"].items())
    threshold = (
        f"; threshold {measured['threshold']}, chosen on a tenth of the training part"
        if "threshold" in measured
        else ""
    )
    return (
        f"# {measured['benchmark']}\n\n- command: `{measured['command']}`\n- commit: {measured['commit']}\n"
        f"- data: {files}; sentences: {counts}\n- {measured['backbone']}, {measured['minutes']} minutes{threshold}\n\n"
        + markdown([measured["measure"], "best published"], rows)
        + f"\n\nThe interval is of {DRAWS:,} bootstrap draws of sentences, not of documents."
        + f"\n\nOur data: {measured['differs']}.\n"
    )


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
