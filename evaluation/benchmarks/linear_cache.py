"""Fit linear models once: a fit is kept on disk, and loaded if the same rows and settings are fitted again."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from hedgerow.classifier import Classifier
from hedgerow.io.atomic import replaced_folder
from hedgerow.io.strict_json import write_json
from hedgerow.labels import Example
from hedgerow.predictors.linear import load_linear
from hedgerow.training.inputs import reject_missing_labels
from hedgerow.training.linear import fit_linear
from hedgerow.training.recipe import LinearRecipe

ARRAYS = ("vocabulary.json", "weights.npz")
NOTE = "fit.json"  # the fit's key and manifest

logger = logging.getLogger(__name__)


def cached_linear(recipe: LinearRecipe, examples: Sequence[Example], folder: Path) -> Classifier:
    """Return the classifier that `recipe` makes of `examples`, from `folder` if it is there.

    It is not a model folder: it serves one measurement. Raises CorpusError if `examples` lack a label.
    """
    key = _key(recipe, examples)
    note = folder / NOTE
    if note.is_file() and (manifest := json.loads(note.read_text("utf-8")))["key"] == key:
        return Classifier(load_linear(folder, manifest))
    reject_missing_labels(examples, folder.name)
    logger.info("%s: %s sentences to train on", folder.name, f"{len(examples):,}")
    with replaced_folder(folder, allowed=(NOTE, *ARRAYS)) as beside:
        fitted = fit_linear(recipe, examples, beside)
        write_json(beside / NOTE, {"key": key, **fitted.manifest})
    return Classifier(load_linear(folder, fitted.manifest))


def _key(recipe: LinearRecipe, examples: Sequence[Example]) -> str:
    """Return a hash of everything that decides the fit."""
    rows = [[example.text, str(example.certainty), str(example.stance)] for example in examples]
    return sha256(json.dumps([asdict(recipe), rows]).encode()).hexdigest()
