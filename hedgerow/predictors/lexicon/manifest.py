"""Write the manifest of a lexicon, so that a changed copy can be loaded."""

from __future__ import annotations

from pathlib import Path

from hedgerow.errors import ModelError
from hedgerow.io.atomic import sha256
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES, CODEBOOK_VERSION
from hedgerow.predictors.folder import FILES, MANIFEST, SCHEMA
from hedgerow.predictors.lexicon.lexicon import load_lexicon
from hedgerow.version import __version__


def write_manifest(folder: Path) -> Path:
    """Write the `hedgerow.json` of the lexicon in `folder`, and return its path.

    To change the lexicon, copy its folder, edit `cues.toml`, and call this (or run
    `python -m hedgerow.predictors.lexicon FOLDER`); then `hedgerow.load(FOLDER)` accepts the copy. Raises ModelError if
    the cues cannot be read or the manifest cannot be written.
    """
    load_lexicon(folder)  # rejects cues that cannot be read
    path = folder / MANIFEST
    manifest = {
        "schema": SCHEMA,
        "kind": "lexicon",
        "hedgerow": __version__,
        "codebook": CODEBOOK_VERSION,
        "labels": {axis: [str(label) for label in enum] for axis, enum in AXES.items()},
        "data": {},
        "files": {name: sha256(folder / name) for name in FILES["lexicon"]},
    }
    try:
        write_json(path, manifest)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written ({error.strerror}); copy the lexicon to another folder") from None
    return path
