"""Fitting a linear model and loading what was written, so that what is measured is what is kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from hedgerow import corpus
from hedgerow.classifier import Classifier
from hedgerow.errors import CorpusError, RecipeError
from hedgerow.io.atomic import replaced_folder
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES, Example
from hedgerow.predictors.linear import load_linear
from hedgerow.training.recipe import LinearRecipe

ARRAYS = ("vocabulary.json", "weights.npz")
NOTE = "fit.json"  # what a kept fit was made from


def fit_and_load(
    recipe: LinearRecipe,
    examples: Sequence[Example],
    folder: Path,
    manifest: dict[str, Any],
    say: Callable[[str], None] = lambda _: None,
) -> Classifier:
    """The classifier that `recipe` makes of `examples`; its arrays lie in `folder`, and `manifest` learns their form.

    Raises RecipeError where scikit-learn is not installed or the settings do not fit the data.
    """
    try:
        import datasets
        import sklearn  # noqa: F401

        from hedgerow.training.tfidf import fit_linear
    except ModuleNotFoundError as error:
        raise RecipeError(f"{error}; training needs more than labelling: pip install 'hedgerow[eval]'") from None
    datasets.disable_progress_bars()
    manifest.update(fit_linear(recipe, corpus.to_dataset(examples), folder, say))
    return Classifier(load_linear(folder, manifest))


def kept_linear(
    recipe: LinearRecipe, examples: Sequence[Example], folder: Path, say: Callable[[str], None] = lambda _: None
) -> Classifier:
    """As `fit_and_load`, but what was fitted before on the same rows by the same settings is loaded from `folder`.

    Not a model folder: it serves one measurement. Labels that `examples` lack are a CorpusError.
    """
    key = _key(recipe, examples)
    note = folder / NOTE
    if note.is_file() and (manifest := json.loads(note.read_text("utf-8")))["key"] == key:
        return Classifier(load_linear(folder, manifest))
    reject_missing_labels(examples, folder.name)
    say(f"{folder.name}: {len(examples):,} sentences to learn from")
    with replaced_folder(folder, allowed=(NOTE, *ARRAYS)) as beside:
        manifest = {"key": key}
        fit_and_load(recipe, examples, beside, manifest)
        write_json(beside / NOTE, manifest)
    return Classifier(load_linear(folder, manifest))


def reject_missing_labels(examples: Sequence[Example], names: str) -> None:
    """Raise CorpusError where a label of either axis has no example."""
    for axis, enum in AXES.items():
        counts = Counter(getattr(example, axis) for example in examples)
        for label in enum:
            if not counts[label]:
                raise CorpusError(f"{names}: no example of {axis} {str(label)!r}; a model cannot learn it, add some")


def _key(recipe: LinearRecipe, examples: Sequence[Example]) -> str:
    rows = [[example.text, str(example.certainty), str(example.stance)] for example in examples]
    return sha256(json.dumps([asdict(recipe), rows]).encode()).hexdigest()
