"""Spans as tags of words, and back: BIO tags (Ramshaw & Marcus 1995) over tokens, exact substrings out.

A word's tag is that of its first token, so that a decoded span never cuts a word. Where two spans of a sentence overlap
only the longer one is tagged: a tag sequence cannot hold both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

OUTSIDE = 0


def tag_names(types: Sequence[str]) -> list[str]:
    """O, then B- and I- of each type: type k has the tags 1 + 2k and 2 + 2k."""
    return ["O", *(f"{prefix}-{kind}" for kind in types for prefix in "BI")]


def encode(spans: Sequence[tuple[int, int, int]], offsets: Sequence[tuple[int, int]]) -> list[int]:
    """One tag a token. `spans` are (start, end, type) in code points, `offsets` those of the tokens; (0, 0) is none."""
    tags = [OUTSIDE] * len(offsets)
    for start, end, kind in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        inside = [at for at, (a, b) in enumerate(offsets) if a < b and a < end and start < b]
        if not inside or any(tags[at] != OUTSIDE for at in inside):
            continue
        for at in inside:
            tags[at] = 2 + 2 * kind
        tags[inside[0]] = 1 + 2 * kind
    return tags


def decode(
    scores: NDArray[np.floating[Any]], offsets: Sequence[tuple[int, int]], words: Sequence[int | None]
) -> list[tuple[int, int, int, float]]:
    """Spans as (start, end, type, score) from tag probabilities (tokens, tags), the tokens' offsets and word numbers.

    The score of a span is the mean, over its words, of the probability of being inside or at the start of its type.
    """
    spans: list[tuple[int, int, int, float]] = []
    best = scores.argmax(axis=1).tolist()
    if not any(best):
        return spans
    kind, start, end, held = -1, 0, 0, list[float]()
    previous: int | None = None
    for at, word in enumerate(words):
        if word is None:
            continue
        if word == previous:
            if kind >= 0:
                end = offsets[at][1]
            continue
        previous = word
        tag = best[at]
        begins, here = tag % 2 == 1, (tag - 1) // 2 if tag else -1
        if kind >= 0 and (here != kind or begins):
            spans.append((start, end, kind, float(np.mean(held))))
            kind = -1
        if here >= 0:
            if kind < 0:
                kind, start, held = here, offsets[at][0], []
            end = offsets[at][1]
            held.append(float(scores[at, 1 + 2 * here] + scores[at, 2 + 2 * here]))
    if kind >= 0:
        spans.append((start, end, kind, float(np.mean(held))))
    return spans
