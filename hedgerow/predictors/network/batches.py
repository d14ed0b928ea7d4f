"""Batch sentences so that predictions do not depend, to the bit, on what else is in the batch.

Single-precision sums depend on their order, and the order depends on the padding. Here a sentence of n tokens is always
padded to the next multiple of STEP, and never runs alone, because a batch of one is summed by another kernel. Then ONNX
Runtime gives the same bits in every batch (a test checks it), with little padding. Caching and resumable runs rely on
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

STEP = 2
TOKENS_AT_ONCE = 512  # per batch, with padding; with more, what goes from node to node leaves the processor's cache
Ints = NDArray[np.int64]


def by_length(lengths: Sequence[int], *, at_once: int = TOKENS_AT_ONCE) -> list[list[int]]:
    """Return batches of sentence numbers: equal padded length, at most `at_once` tokens, the longest first."""
    alike: dict[int, list[int]] = {}
    for at, length in enumerate(lengths):
        alike.setdefault(padded_length(length), []).append(at)
    batches = []
    for length, places in sorted(alike.items(), reverse=True):  # long ones first, so that no core ends late with one
        size = max(2, at_once // length)
        batches += [places[start : start + size] for start in range(0, len(places), size)]
    return batches


def padded_length(length: int) -> int:
    """Return the length in tokens to which a sentence of `length` tokens is padded."""
    return -(-length // STEP) * STEP


def pad(rows: Sequence[Sequence[int]], length: int | None = None) -> tuple[Ints, Ints]:
    """Return token numbers (sentences, `length` or the longest) and their mask: 1 for tokens, 0 for padding."""
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    present = np.arange(lengths.max() if length is None else length) < lengths[:, None]
    numbers = np.zeros(present.shape, dtype=np.int64)
    numbers[present] = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=int(lengths.sum()))
    return numbers, present.astype(np.int64)
