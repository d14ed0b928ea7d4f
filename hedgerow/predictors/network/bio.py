"""Spans as BIO tags of tokens, and back (Ramshaw & Marcus 1995).

A word has the tag of its first token, so a decoded span never ends within a word of the tokenizer. If two spans of a
sentence overlap, only the longer one is tagged: a tag sequence cannot hold both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

OUTSIDE = 0


def tag_names(types: Sequence[str]) -> list[str]:
    """Return O, then B- and I- of each type: type k has the tags 1 + 2k and 2 + 2k."""
    return ["O", *(f"{prefix}-{kind}" for kind in types for prefix in "BI")]


def types_of(tags: Sequence[str]) -> list[str]:
    """Return the types that `tag_names` made `tags` of."""
    return [tag.removeprefix("B-") for tag in tags if tag.startswith("B-")]


def encode(spans: Sequence[tuple[int, int, int]], offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Return one tag per token.

    `spans` are (start, end, type) in code points, `offsets` those of the tokens; (0, 0) is a token without text.
    """
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
    probabilities: NDArray[np.floating[Any]], offsets: Sequence[tuple[int, int]], words: Sequence[int | None]
) -> list[tuple[int, int, int, float]]:
    """Return spans as (start, end, type, score) from tag probabilities (tokens, tags).

    `offsets` and `words` are the tokens' offsets and word numbers. The score of a span is the mean, over its words, of
    the probability of being inside or at the start of its type.
    """
    best = probabilities.argmax(axis=1)
    tokens = np.flatnonzero(best)
    if not tokens.size:
        return []
    scores = type_scores(probabilities[tokens], best[tokens])
    return decode_tagged(tokens.tolist(), best[tokens].tolist(), scores, offsets, words)


def type_scores(probabilities: NDArray[np.floating[Any]], tags: NDArray[np.integer[Any]]) -> list[float]:
    """Return the probability of each token's type, P(B-) + P(I-).

    `probabilities` is (tokens, tags); `tags` has each token's best tag, none of them O.
    """
    begins = tags - (tags + 1) % 2  # B- is odd, I- comes after it
    rows = np.arange(len(tags))
    scores: list[float] = (probabilities[rows, begins] + probabilities[rows, begins + 1]).tolist()
    return scores


def decode_tagged(
    tokens: Sequence[int],
    tags: Sequence[int],
    scores: Sequence[float],
    offsets: Sequence[tuple[int, int]],
    words: Sequence[int | None],
) -> list[tuple[int, int, int, float]]:
    """Return spans as `decode` does, from the tokens whose tag is not O: their places, tags and scores.

    A span goes on over the next word if that word has the same type and an I- tag.
    """
    spans: list[tuple[int, int, int, float]] = []
    kind = -1  # type of the open span; -1: none is open
    start = 0  # its first code point
    after = -1  # the token behind its last word
    word_scores: list[float] = []
    for token, tag, score in zip(tokens, tags, scores, strict=True):
        word = words[token]
        if word is None or (token and words[token - 1] == word):
            continue  # only a word's first token counts
        token_kind = (tag - 1) // 2
        is_begin = tag % 2 == 1
        if kind >= 0 and (token_kind != kind or is_begin or token != after):
            spans.append((start, offsets[after - 1][1], kind, sum(word_scores) / len(word_scores)))
            kind = -1
        if kind < 0:
            kind, start, word_scores = token_kind, offsets[token][0], []
        word_scores.append(score)
        after = token + 1
        while after < len(words) and words[after] == word:
            after += 1
    if kind >= 0:
        spans.append((start, offsets[after - 1][1], kind, sum(word_scores) / len(word_scores)))
    return spans
