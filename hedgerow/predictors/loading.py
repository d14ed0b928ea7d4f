"""Load a model by name or folder, and again when a pickle of it is opened."""

from __future__ import annotations

from pathlib import Path

from hedgerow.errors import ModelError
from hedgerow.predictors.base import Model, Reloadable
from hedgerow.predictors.folder import find, model_hash, read_manifest


def load_model(model: str | Path, *, threads: int | None = None) -> Model:
    """Load a shipped model by name, or a model folder.

    `threads` is the number of batches a network runs side by side, by default one per core. Raises ModelError if there
    is no such model, or its files are not what its manifest says.
    """
    folder = find(model)
    manifest = read_manifest(folder)
    loaded: Model
    if manifest["kind"] == "lexicon":
        from hedgerow.predictors.lexicon import load_lexicon

        loaded = load_lexicon(folder)
    elif manifest["kind"] == "linear":
        from hedgerow.predictors.linear import load_linear

        loaded = load_linear(folder, manifest)
    else:
        from hedgerow.predictors.network.runtime import load_network  # imports ONNX Runtime, which only it needs

        loaded = load_network(folder, manifest, threads=threads)
    if isinstance(loaded, Reloadable):
        loaded.origin = (reload_model, (folder.resolve(), model_hash(folder), threads))
    return loaded


def reload_model(folder: Path, expected_hash: str, threads: int | None) -> Model:
    """Load the folder of a pickled model; raise ModelError if it is gone or has changed."""
    model = load_model(folder, threads=threads)
    if model_hash(folder) != expected_hash:
        raise ModelError(f"{folder}: changed since the classifier was pickled; load it again and pickle it again")
    return model
