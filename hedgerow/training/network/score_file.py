"""Files of a teacher's scores, for a student that is trained where the teacher itself is not at hand.

A file (`.npz`, `scripts/teacher_scores.py` writes it) has no text: `ids` (one string, an id per line), `hashes` (see
`text_key`), and for each axis of the teacher its probabilities in 8 bits, (sentences, labels) as p * 255, and the
temperature that its logits were divided by. There are no spans in it, and no heads of one's own. A probability under
0.002 is kept as small and no more, so score with a calibrated model, whose temperature is over 1.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import RecipeError
from hedgerow.io.atomic import publish
from hedgerow.labels import AXES

Floats = NDArray[np.floating[Any]]
logger = logging.getLogger(__name__)

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
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    publish(content.getvalue(), path.with_suffix(f".{os.getpid()}.tmp"), path)


def scored_keys(path: Path) -> frozenset[bytes]:
    """Return the keys of the texts in the file of scores `path`. Raises RecipeError if it is not one."""
    return frozenset(_load(path)[0])


def read_scores(path: Path, texts: Sequence[str], temperature: float) -> dict[str, Floats]:
    """Return the probabilities of `texts` by axis, (texts, labels), as if the logits were divided by `temperature`.

    A text that is not in the file has zeros. Raises RecipeError if the file is not one of scores, or has no text of
    `texts`.
    """
    rows, stored = _load(path)
    found = np.array([rows.get(text_key(text), -1) for text in texts])
    known = found >= 0
    if not known.any():
        raise RecipeError(f"{path}: scores none of {len(texts):,} sentences; name the teacher's scores of these texts")
    logger.info("%s: has scores of %s of %s sentences", path, f"{known.sum():,}", f"{len(texts):,}")
    return {
        axis: np.where(known[:, None], _rescaled(bits[found], divisor / temperature), 0.0)
        for axis, (bits, divisor) in stored.items()
    }


def _load(path: Path) -> tuple[dict[bytes, int], dict[str, tuple[NDArray[np.uint8], float]]]:
    """Return the row of each text's key, and by axis its probabilities in 8 bits and the temperature."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            rows = {key.tobytes(): row for row, key in enumerate(arrays["hashes"])}
            stored = {axis: (arrays[axis], float(arrays[f"{axis}_temperature"])) for axis in AXES if axis in arrays}
            if not stored:
                raise KeyError(" or ".join(AXES))
    except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is empty"
        raise RecipeError(
            f"{path}: no scores of a teacher ({reason}); scripts/teacher_scores.py writes a file"
        ) from None
    for axis, (bits, _) in stored.items():
        if bits.shape != (len(rows), len(AXES[axis])):
            raise RecipeError(f"{path}: {axis} has the shape {bits.shape}, not one row per text and one label each")
    return rows, stored


def _rescaled(bits: NDArray[np.uint8], power: float) -> Floats:
    """Return probabilities of 8 bits raised to `power`, so that each row adds up to 1."""
    raised = np.maximum(bits / 255, _LEAST) ** power
    scaled: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return scaled
