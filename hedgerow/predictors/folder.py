"""Model folders: find them by name or path, verify them before use.

`hedgerow.json` is a model's manifest: its kind, its labels in order, the data it learnt from, and the sha256 of every
other file, so that the hash of the manifest is the hash of the model.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hedgerow.errors import ModelError
from hedgerow.head import Head
from hedgerow.io.atomic import sha256
from hedgerow.labels import AXES
from hedgerow.predictors.network.bio import types_of

MANIFEST = "hedgerow.json"
SCHEMA = 1
# The files of a model folder beside its manifest, by kind; the manifest holds their hashes.
FILES = {
    "lexicon": ("cues.toml",),
    "linear": ("recipe.toml", "metrics.json", "vocabulary.json", "weights.npz"),
    "network": ("recipe.toml", "metrics.json", "model.onnx", "tokenizer.json"),
}
# Files of 8-byte hashes of sentences (`hedgerow.corpus.text_hashes`). Models trained by earlier versions have none.
TRAINING_TEXTS = "training_texts.bin"  # what the model learnt from: labelled, and scored by teachers
CALIBRATION_TEXTS = "calibration_texts.bin"  # the rows that its temperatures were fitted on
OPTIONAL_FILES = {"lexicon": (), "linear": (TRAINING_TEXTS,), "network": (TRAINING_TEXTS, CALIBRATION_TEXTS)}
LEXICON = Path(__file__).parent / "lexicon"
_PACKAGE = Path(__file__).parents[1]


def known_files(kind: str) -> tuple[str, ...]:
    """Return the files that a model folder of this kind has beside its manifest, the optional ones last."""
    return (*FILES[kind], *OPTIONAL_FILES[kind])


def trained(package: Path = _PACKAGE) -> dict[str, Path]:
    """Return the folders of the shipped trained models by name.

    In an installed package they are inside it, in a clone beside it.
    """
    return {manifest.parent.name: manifest.parent for manifest in sorted(_place(package).glob(f"*/{MANIFEST}"))}


def recipes(package: Path = _PACKAGE) -> dict[str, Path]:
    """Return the shipped recipes by name: those of the trained models, and "finetune", which starts from one."""
    return {recipe.parent.name: recipe for recipe in sorted(_place(package).glob("*/recipe.toml"))}


def _place(package: Path) -> Path:
    return package / "model" if (package / "model").is_dir() else package.parent / "model"


def shipped() -> dict[str, Path]:
    """Return the folders of all shipped models by name, the lexicon last."""
    return {**trained(), "lexicon": LEXICON}


def find(name: str | Path) -> Path:
    """Return the folder of a shipped model's name, or of a path; raise ModelError if there is none."""
    models = shipped()
    if str(name) in models:
        return models[str(name)]
    folder = Path(name)
    if (folder / MANIFEST).is_file():
        return folder
    close = get_close_matches(str(name), models, n=1)
    names = ", ".join(models) + (f" (perhaps {close[0]!r})" if close else "")
    raise ModelError(f"{name}: no shipped model has this name, and no folder with a {MANIFEST}; shipped are {names}")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the model in `folder`, with the hashes of its files verified.

    Raises ModelError that names what is wrong.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); train or copy the model again") from None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise ModelError(f"{path}: not a model of schema {SCHEMA}; train it again with this version")
    labels = manifest.get("labels")  # of the axes that the model has heads for
    codebook = {axis: [str(label) for label in enum] for axis, enum in AXES.items()}
    if not isinstance(labels, dict) or not labels.items() <= codebook.items():
        raise ModelError(f"{path}: its labels are not those of this version's codebook; train it again")
    files, kind = manifest.get("files"), manifest.get("kind")
    if kind not in FILES:
        raise ModelError(f"{path}: a model of kind {kind!r}, which this version cannot run; update hedgerow")
    if not isinstance(files, dict) or not set(FILES[kind]) <= set(files) <= set(known_files(kind)):
        raise ModelError(f"{path}: a {kind} model has {', '.join(FILES[kind])}; train or copy the model again")
    for name, expected in files.items():
        if not (folder / name).is_file() or sha256(folder / name) != expected:
            raise ModelError(f"{folder / name}: {_changed(folder, kind)}")
    return manifest


def read_head(entry: Mapping[str, Any]) -> Head:
    """Return the head of an entry of a manifest's `heads`; the labels of a span head are BIO tags there."""
    labels = types_of(entry["labels"]) if entry["kind"] == "span" else entry["labels"]
    values = {str(value): str(label) for value, label in entry.get("values", {}).items()}
    return Head(entry["name"], entry["kind"], tuple(map(str, labels)), bool(entry.get("ordered")), values)


def _changed(folder: Path, kind: str) -> str:
    if kind != "lexicon":
        return "missing or changed since training; train or copy the model again"
    command = f"python -m hedgerow.predictors.lexicon {shlex.quote(str(folder))}"
    return f"missing, or its sha256 is not the one in {MANIFEST}; if you changed it, write a new manifest: {command}"


def model_hash(folder: Path) -> str:
    """Return the hash of the model in `folder`: that of its manifest. Equal hashes give equal predictions."""
    return sha256(folder / MANIFEST)
