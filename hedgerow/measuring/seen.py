"""The measured sentences that a model has seen: in training, and when its temperatures were fitted.

It is known by the hashes of texts in the model folder, so a subset of a training file, or a longer file, is recognised
too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hedgerow import corpus
from hedgerow.corpus.text_hashes import read_hashes, text_hash
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import CALIBRATION_TEXTS, TRAINING_TEXTS, find, read_manifest
from hedgerow.report.provenance import training_hashes


def count_trained_on(model: str, texts: Sequence[str]) -> int | None:
    """Return how many of `texts` the model was trained on, or None if its folder does not say."""
    folder = find(model)
    manifest = read_manifest(folder)
    if not manifest["data"].get("train"):  # a lexicon is not trained
        return 0
    if TRAINING_TEXTS not in manifest["files"]:
        return None
    known = read_hashes(folder / TRAINING_TEXTS)
    return sum(text_hash(text) in known for text in texts)


def calibration_facts(model: str, files: Sequence[Path], texts: Sequence[str]) -> dict[str, Any] | None:
    """Return what a report on `texts` says of the model's temperatures, or None if it has none.

    `on` is the name of the part that they were fitted on, and `sentences` its size. `fitted_rows` is the number of
    `texts` in it, or None if the folder does not say. `cross_fitted` is the calibration error there by label head: each
    sentence is measured with temperatures that were fitted without it.
    """
    calibration = read_manifest(find(model)).get("calibration")
    if calibration is None:
        return None
    fitted_on = _calibration_hashes(model, files)
    fitted = sum(text_hash(text) in fitted_on for text in texts) if fitted_on is not None else None
    heads = [name for name, facts in calibration.items() if isinstance(facts, Mapping) and "ece" in facts]
    return {
        "on": calibration["on"],
        "sentences": max((calibration[head]["sentences"] for head in heads), default=0),
        "fitted_rows": fitted,
        "cross_fitted": {head: calibration[head]["ece"]["after"] for head in heads},
    }


def _calibration_hashes(model: str, files: Sequence[Path]) -> frozenset[bytes] | None:
    """Return the hashes of the texts that the temperatures were fitted on.

    If the model folder has none, they are those of the measured files that its manifest lists as development data. None
    if it lists none of them.
    """
    folder = find(model)
    manifest = read_manifest(folder)
    if CALIBRATION_TEXTS in manifest["files"]:
        return read_hashes(folder / CALIBRATION_TEXTS)
    known = training_hashes(model, "dev" if manifest["calibration"]["on"] == "dev" else "measured")
    shared = [path for path in files if sha256(path) in known]
    return frozenset(text_hash(example.text) for example in corpus.load(shared)) if shared else None
