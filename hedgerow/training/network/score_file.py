"""Files of a teacher's scores, for a student that is trained where the teacher itself is not at hand.

A file (`.npz`, `scripts/teacher_scores.py` writes it) has no text: `ids` (one string, an id per line), `hashes` (see
`text_key`), and for each axis the teacher's probabilities in 8 bits, (sentences, labels) as p * 255, and the
temperature that its logits were divided by. There are no spans in it.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import RecipeError
from hedgerow.labels import AXES

Floats = NDArray[np.floating[Any]]
_KEY_BYTES = 8
_LEAST = 0.5 / 255  # a probability that 8 bits round to 0


def text_key(text: str) -> bytes:
    """Return the first 8 bytes of the sha256 of `text`, which stand for it in a file of scores."""
    return hashlib.sha256(text.encode()).digest()[:_KEY_BYTES]


def write_scores(
    path: Path, ids: Mapping[str, str], scores: Mapping[str, Floats], temperatures: Mapping[str, float]
) -> None:
    """Write a file of scores.

    Parameters
    ----------
    path
        The `.npz` file.
    ids
        An id by text.
    scores
        Probabilities by axis, (texts, labels), in the order of `ids` and of the codebook's labels.
    temperatures
        By axis, what the logits were divided by.
    """
    keys = b"".join(text_key(text) for text in ids)
    arrays: dict[str, Any] = {
        "ids": np.array("\n".join(ids.values())),
        "hashes": np.frombuffer(keys, dtype=np.uint8).reshape(-1, _KEY_BYTES),
    }
    for axis, probs in scores.items():
        arrays[axis] = np.round(probs * 255).astype(np.uint8)
        arrays[f"{axis}_temperature"] = np.float64(temperatures[axis])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)


def read_scores(path: Path, texts: Sequence[str], temperature: float) -> dict[str, Floats]:
    """Return the probabilities of `texts` by axis, (texts, labels), as if the logits were divided by `temperature`.

    A text that is not in the file has zeros. Raises RecipeError if the file is not one of scores, or has no text of
    `texts`.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            rows = {key.tobytes(): row for row, key in enumerate(arrays["hashes"])}
            stored = {axis: (arrays[axis], float(arrays[f"{axis}_temperature"])) for axis in AXES}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise RecipeError(
            f"{path}: not a file of teacher's scores ({error}); scripts/teacher_scores.py writes one"
        ) from None
    found = np.array([rows.get(text_key(text), -1) for text in texts])
    if not (found >= 0).any():
        raise RecipeError(f"{path}: scores none of {len(texts):,} sentences; name the teacher's scores of these texts")
    return {
        axis: np.where((found >= 0)[:, None], _rescaled(bits[found], of / temperature), 0.0)
        for axis, (bits, of) in stored.items()
    }


def _rescaled(bits: NDArray[np.uint8], power: float) -> Floats:
    """Return probabilities of 8 bits raised to `power`, so that each row adds up to 1."""
    raised = np.maximum(bits / 255, _LEAST) ** power
    scaled: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return scaled
