"""The softmax function: logits to probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def softmax(logits: Floats) -> Floats:
    """Return probabilities over the last axis, in double precision.

    The largest logit is subtracted first, so that no exponential overflows.
    """
    exps = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    probabilities: Floats = exps / exps.sum(axis=-1, keepdims=True)
    return probabilities
