"""The shipped models: names, sizes, hashes and scores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hedgerow.predictors.folder import model_hash, read_manifest, shipped


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A shipped model.

    Attributes
    ----------
    name : str
        The name to pass to `hedgerow.load`.
    kind : str
        "network", "linear" or "lexicon".
    folder : Path
        The folder with its files.
    bytes : int
        The size of its files.
    sha256 : str
        The hash of its manifest, which has the hash of every file.
    training_sentences : int
        The number of labelled sentences that it was trained on.
    scores : mapping
        The content of its metrics.json, by corpus; empty for the lexicon.

    Examples
    --------
    >>> import hedgerow
    >>> base = hedgerow.models()[0]
    >>> base.name, base.kind, base.bytes < 30_000_000
    ('base', 'network', True)
    """

    name: str
    kind: str
    folder: Path
    bytes: int
    sha256: str
    training_sentences: int = 0
    scores: Mapping[str, Any] = field(default_factory=dict, repr=False)


def models() -> list[ModelInfo]:
    """Return the shipped models.

    Returns
    -------
    list of ModelInfo
        One per model, the default first.

    Raises
    ------
    ModelError
        If the manifest of one is missing or damaged.

    Examples
    --------
    >>> import hedgerow
    >>> [model.name for model in hedgerow.models()]
    ['base', 'linear', 'small', 'lexicon']
    """
    return [_info(name, folder) for name, folder in shipped().items()]


def _info(name: str, folder: Path) -> ModelInfo:
    manifest = read_manifest(folder)
    files = [folder / "hedgerow.json", *(folder / file for file in manifest["files"])]
    metrics = folder / "metrics.json"
    return ModelInfo(
        name=name,
        kind=manifest["kind"],
        folder=folder,
        bytes=sum(path.stat().st_size for path in files),
        sha256=model_hash(folder),
        training_sentences=manifest["data"].get("sentences", 0),
        scores=json.loads(metrics.read_text("utf-8")) if metrics.is_file() else {},
    )
