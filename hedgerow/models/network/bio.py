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
    best = scores.argmax(axis=1)
    tokens = np.flatnonzero(best)
    if not tokens.size:
        return []
    return join(tokens.tolist(), best[tokens].tolist(), chances(scores[tokens], best[tokens]), offsets, words)


def chances(scores: NDArray[np.floating[Any]], best: NDArray[np.integer[Any]]) -> list[float]:
    """For tokens with probabilities `scores` (tokens, tags) and tags `best`, none of them O: that of the tag's type."""
    begins = best - (best + 1) % 2  # B- is odd, I- comes after it
    rows = np.arange(len(best))
    found: list[float] = (scores[rows, begins] + scores[rows, begins + 1]).tolist()
    return found


def join(
    tokens: Sequence[int],
    tagged: Sequence[int],
    chances: Sequence[float],
    offsets: Sequence[tuple[int, int]],
    words: Sequence[int | None],
) -> list[tuple[int, int, int, float]]:
    """Spans from the tokens of a sentence whose tag is not O: their places, tags and chances; a word's first counts."""
    spans: list[tuple[int, int, int, float]] = []
    kind, start, after, held = -1, 0, -1, list[float]()  # of the span that is open; `after` is the token behind it
    for token, tag, chance in zip(tokens, tagged, chances, strict=True):
        word = words[token]
        if word is None or (token and words[token - 1] == word):
            continue
        here = (tag - 1) // 2
        if kind >= 0 and (here != kind or tag % 2 or token != after):
            spans.append((start, offsets[after - 1][1], kind, sum(held) / len(held)))
            kind = -1
        if kind < 0:
            kind, start, held = here, offsets[token][0], []
        held.append(chance)
        after = token + 1
        while after < len(words) and words[after] == word:
            after += 1
    if kind >= 0:
        spans.append((start, offsets[after - 1][1], kind, sum(held) / len(held)))
    return spans
