"""Load a model by name or folder, and again when a pickle of it is opened."""

from __future__ import annotations

from pathlib import Path
from pickle import PicklingError

from hedgerow.errors import ModelError
from hedgerow.predictors.base import Model
from hedgerow.predictors.folder import find, model_hash, read_manifest


class Reloadable:
    """A model that is pickled as the folder it came from: the folder is loaded again, and must not have changed."""

    origin: tuple[Path, str, int | None] | None = None  # folder, its hash, threads

    def __reduce__(self) -> tuple[object, tuple[Path, str, int | None]]:
        """Return how to load the model again; raise PicklingError if it did not come from a model folder."""
        if self.origin is None:
            raise PicklingError("only a model that hedgerow.load loaded can be pickled or copied")
        return reload_model, self.origin


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
        loaded.origin = (folder.resolve(), model_hash(folder), threads)
    return loaded


def reload_model(folder: Path, expected_hash: str, threads: int | None) -> Model:
    """Load the folder of a pickled model; raise ModelError if it is gone or has changed."""
    model = load_model(folder, threads=threads)
    if model_hash(folder) != expected_hash:
        raise ModelError(f"{folder}: changed since the classifier was pickled; load it again and pickle it again")
    return model
