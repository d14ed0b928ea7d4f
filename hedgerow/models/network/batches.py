"""Batches whose shape hangs on each sentence alone, so that its neighbours cannot change its answer by one bit.

Sums of single precision depend on their order, and that on how far a sentence is padded. Here a sentence of n tokens
is always padded to the next multiple of STEP, whoever stands beside it, and never runs alone, since a batch of one is
summed by another kernel. That leaves the results of ONNX Runtime the same bits in every batch (a test holds it so),
and little padding. It is what lets a repeated sentence be answered from memory, and a run that was stopped, or cut
otherwise among processes, end in the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

STEP = 4
TOKENS_AT_ONCE = 2048  # of a batch, padding included: more is no faster and takes memory
Ints = NDArray[np.int64]


def by_length(lengths: Sequence[int], *, at_once: int = TOKENS_AT_ONCE) -> list[list[int]]:
    """Places of sentences that are padded alike, in batches of at most `at_once` tokens; the longest first."""
    alike: dict[int, list[int]] = {}
    for at, length in enumerate(lengths):
        alike.setdefault(padded_length(length), []).append(at)
    batches = []
    for length, places in sorted(alike.items(), reverse=True):  # long ones first, so that no core ends late with one
        size = max(2, at_once // length)
        batches += [places[start : start + size] for start in range(0, len(places), size)]
    return batches


def padded_length(length: int) -> int:
    return -(-length // STEP) * STEP


def pad(rows: Sequence[Sequence[int]], length: int | None = None) -> tuple[Ints, Ints]:
    """Numbers of tokens, (sentences, `length` or that of the longest), and a mask of what is there."""
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    there = np.arange(lengths.max() if length is None else length) < lengths[:, None]
    numbers = np.zeros(there.shape, dtype=np.int64)
    numbers[there] = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=int(lengths.sum()))
    return numbers, there.astype(np.int64)
