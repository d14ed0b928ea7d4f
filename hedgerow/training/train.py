"""From a recipe to a model folder.

A model folder holds no date and no path, so that the same recipe and data give the same bytes:
`recipe.toml` (as it was read), the weights, `metrics.json` (scores on dev), and `hedgerow.json`, the manifest with the
hashes of all of these and of the corpora.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hedgerow
from hedgerow import corpus
from hedgerow.classifier import Classifier
from hedgerow.classifier.folder import MANIFEST, SCHEMA
from hedgerow.classifier.linear import FILES, load_linear
from hedgerow.errors import CorpusError
from hedgerow.files import replaced_folder, sha256, write_json
from hedgerow.labels import AXES, Example
from hedgerow.recipe import LinearRecipe, read_recipe
from hedgerow.scores import axis_scores

FOLDER = (MANIFEST, "recipe.toml", "metrics.json", *FILES)


@dataclass(frozen=True, slots=True)
class Trained:
    """Where the model lies, and its scores on dev by axis."""

    folder: Path
    metrics: dict[str, Any]


def train(
    recipe_file: Path, out: Path, *, corpora: Sequence[Path] = (), say: Callable[[str], None] = lambda _: None
) -> Trained:
    """Train what `recipe_file` says and write it to the folder `out`, whole or not at all.

    `corpora` stand in for the recipe's training files where given. `say` hears of the progress. Raises RecipeError,
    CorpusError or InputError before anything is written.
    """
    recipe = read_recipe(recipe_file)
    train_files = list(corpora) or _resolve(recipe.corpora.train, recipe_file)
    dev_files = _resolve(recipe.corpora.dev, recipe_file)
    examples, dev = corpus.load(train_files), corpus.load(dev_files)
    corpus.refuse_leaks(examples, dev, name=", ".join(map(str, dev_files)))
    _refuse_missing_labels(examples, train_files)
    say(f"{len(examples):,} sentences to train on, {len(dev):,} to measure on")
    with replaced_folder(out, may_hold=FOLDER) as folder:
        shutil.copyfile(recipe_file, folder / "recipe.toml")
        manifest = _fit(recipe, examples, folder, say)
        predicted = list(Classifier(load_linear(folder, manifest)).predict(example.text for example in dev))
        metrics = {axis: axis_scores(dev, predicted, axis) for axis in AXES}
        data = {"train": _describe(train_files), "dev": _describe(dev_files), "sentences": len(examples)}
        write_json(folder / "metrics.json", {"data": data["dev"], **metrics})
        files = {name: sha256(folder / name) for name in FOLDER if name != MANIFEST}
        write_json(folder / MANIFEST, {**manifest, "data": data, "files": files})
    say(f"written to {out}")
    return Trained(out, metrics)


def _fit(recipe: LinearRecipe, examples: Sequence[Example], folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    from hedgerow.baselines.linear import fit_linear

    details = fit_linear(recipe, corpus.to_dataset(examples), folder, say)
    labels = {axis: [str(label) for label in enum] for axis, enum in AXES.items()}
    return {"schema": SCHEMA, "kind": recipe.kind, "hedgerow": hedgerow.__version__, "labels": labels, **details}


def _resolve(names: Sequence[str], recipe_file: Path) -> list[Path]:
    return [(recipe_file.parent / name).resolve() for name in names]


def _refuse_missing_labels(examples: Sequence[Example], files: Sequence[Path]) -> None:
    for axis, enum in AXES.items():
        counts = Counter(getattr(example, axis) for example in examples)
        for label in enum:
            if not counts[label]:
                names = ", ".join(map(str, files))
                raise CorpusError(f"{names}: no example of {axis} {str(label)!r}; a model cannot learn it, add some")


def _describe(files: Sequence[Path]) -> list[dict[str, Any]]:
    """What stands upstream of the weights, without saying where it lay."""
    return [{"file": path.name, "sha256": sha256(path)} for path in files]
