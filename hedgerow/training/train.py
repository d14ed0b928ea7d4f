"""From a recipe to a model folder.

A model folder holds no date and no path, so that the same recipe and data give the same bytes:
`recipe.toml` (as it was read), the weights, `metrics.json` (scores on dev), and `hedgerow.json`, the manifest with the
hashes of all of these and of the corpora.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hedgerow
from hedgerow import corpus
from hedgerow.classifier import Classifier
from hedgerow.classifier.folder import FILES, MANIFEST, SCHEMA
from hedgerow.classifier.linear import load_linear
from hedgerow.errors import CorpusError, RecipeError
from hedgerow.files import replaced_folder, sha256, write_json
from hedgerow.labels import AXES, Example
from hedgerow.recipe import LinearRecipe, read_recipe
from hedgerow.scores import axis_scores

FOLDER = (MANIFEST, *FILES["linear"])


@dataclass(frozen=True, slots=True)
class Trained:
    """Where the model lies, and its scores on dev by axis."""

    folder: Path
    metrics: dict[str, Any]


def train(
    recipe_file: Path,
    out: Path,
    *,
    corpora: Sequence[Path] = (),
    measure: Mapping[str, Path] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Trained:
    """Train what `recipe_file` says and write it to the folder `out`, whole or not at all.

    `corpora` stand in for the recipe's training files where given; the model is measured on the recipe's dev, and on
    the files of `measure`, by name, too. `say` hears of the progress. Raises RecipeError, CorpusError or InputError
    before anything is written.
    """
    recipe = read_recipe(recipe_file)
    train_files = list(corpora) or _resolve(recipe.corpora.train, recipe_file)
    dev_files = _resolve(recipe.corpora.dev, recipe_file)
    examples = corpus.load(train_files)
    held_out = {"dev": corpus.load(dev_files), **{name: corpus.load([path]) for name, path in (measure or {}).items()}}
    for name, rows in held_out.items():
        corpus.refuse_leaks(examples, rows, name=name)
    _refuse_missing_labels(examples, train_files)
    say(f"{len(examples):,} sentences to train on, {len(held_out['dev']):,} to measure on")
    with replaced_folder(out, may_hold=FOLDER) as folder:
        shutil.copyfile(recipe_file, folder / "recipe.toml")
        manifest = _fit(recipe, examples, folder, say)
        classifier = Classifier(load_linear(folder, manifest))
        metrics = {name: _measure(classifier, rows) for name, rows in held_out.items()}
        data = {
            "train": _describe(train_files),
            "sentences": len(examples),
            "dev": _describe(dev_files),
            "measured": _describe((measure or {}).values()),
        }
        write_json(folder / "metrics.json", metrics)
        files = {name: sha256(folder / name) for name in FOLDER if name != MANIFEST}
        write_json(folder / MANIFEST, {**manifest, "data": data, "files": files})
    say(f"written to {out}")
    return Trained(out, metrics["dev"])


def _measure(classifier: Classifier, rows: Sequence[Example]) -> dict[str, Any]:
    predicted = list(classifier.predict(example.text for example in rows))
    return {"sentences": len(rows), **{axis: axis_scores(rows, predicted, axis) for axis in AXES}}


def _fit(recipe: LinearRecipe, examples: Sequence[Example], folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    try:
        import datasets
        import sklearn  # noqa: F401

        from hedgerow.baselines.linear import fit_linear
    except ModuleNotFoundError as error:
        raise RecipeError(f"{error}; training needs more than labelling: pip install 'hedgerow[linear]'") from None
    datasets.disable_progress_bars()
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


def _describe(files: Iterable[Path]) -> list[dict[str, Any]]:
    """What stands upstream of the weights, without saying where it lay."""
    return [{"file": path.name, "sha256": sha256(path)} for path in files]
