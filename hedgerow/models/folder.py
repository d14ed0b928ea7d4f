"""Model folders: found by name or path, checked before they are used.

`hedgerow.json` is a model's manifest: its kind, labels in order, the data it learnt from, and the sha256 of every other
file, so that the hash of the manifest is the hash of the model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hedgerow.errors import ModelError
from hedgerow.io.atomic import sha256
from hedgerow.labels import AXES

MANIFEST = "hedgerow.json"
SCHEMA = 1
# What a model folder of each kind holds beside its manifest, and so what the manifest vouches for.
FILES = {
    "linear": ("recipe.toml", "metrics.json", "vocabulary.json", "weights.npz"),
    "network": ("recipe.toml", "metrics.json", "model.onnx", "tokenizer.json"),
}
LEXICON = Path(__file__).parent / "lexicon" / "cues.toml"
_PACKAGE = Path(__file__).parents[1]


def shipped(package: Path = _PACKAGE) -> dict[str, Path]:
    """The models that are here, by name: in an installed package they lie inside it, in a clone beside it."""
    place = package / "model" if (package / "model").is_dir() else package.parent / "model"
    return {manifest.parent.name: manifest.parent for manifest in sorted(place.glob(f"*/{MANIFEST}"))}


def find(name: str | Path) -> Path:
    """The folder of a shipped model's name, or of a path. Raises ModelError where there is none."""
    models = shipped()
    if str(name) in models:
        return models[str(name)]
    folder = Path(name)
    if (folder / MANIFEST).is_file():
        return folder
    names = ", ".join(["lexicon", *models])
    raise ModelError(f"{name}: no model of this name and no folder with a {MANIFEST}; shipped are {names}")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the model in `folder`, its files' hashes compared. Raises ModelError that names what is wrong."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); train or copy the model again") from None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise ModelError(f"{path}: not a model of schema {SCHEMA}; train it again with this version")
    if manifest.get("labels") != {axis: [str(label) for label in enum] for axis, enum in AXES.items()}:
        raise ModelError(f"{path}: its labels are not those of this version's codebook; train it again")
    files, kind = manifest.get("files"), manifest.get("kind")
    if kind not in FILES:
        raise ModelError(f"{path}: a model of kind {kind!r}, which this version cannot run; update hedgerow")
    if not isinstance(files, dict) or set(files) != set(FILES[kind]):
        raise ModelError(f"{path}: a {kind} model has {', '.join(FILES[kind])}; train or copy the model again")
    for name, expected in files.items():
        if not (folder / name).is_file() or sha256(folder / name) != expected:
            raise ModelError(f"{folder / name}: missing or changed since training; train or copy the model again")
    return manifest


def model_hash(folder: Path) -> str:
    return sha256(folder / MANIFEST)


def identity(model: str | Path) -> str:
    """The hash of a model by name or folder, the `lexicon` included: what must be equal for labels to be equal."""
    return sha256(LEXICON) if str(model) == "lexicon" else model_hash(find(model))
