"""Sample a corpus: train on a fraction of it, to see how much the labels are worth."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from hedgerow.labels import Example


def sample(examples: Sequence[Example], fraction: float, *, seed: int) -> list[Example]:
    """Return a fraction of `examples`, in order and in whole groups.

    Groups are drawn in the order of a hash: a smaller fraction of the same seed is a subset of a larger one, and new
    rows do not change the order of the others. The last group may go over the fraction.

    Parameters
    ----------
    examples : sequence of Example
        The rows to draw from.
    fraction : float
        From 0 to 1.
    seed : int
        Decides which groups are drawn.

    Returns
    -------
    list of Example
        The rows that were drawn.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow import corpus
    >>> examples = corpus.load([Path("data/corpus/dev.jsonl")])
    >>> 41 <= len(corpus.sample(examples, 0.1, seed=13)) < 60
    True
    """
    sizes = Counter(example.group_key for example in examples)
    wanted = round(fraction * len(examples))
    drawn: set[str] = set()
    rows = 0
    for group in sorted(sizes, key=lambda group: hashlib.sha256(f"{seed}/{group}".encode()).digest()):
        if rows >= wanted:
            break
        drawn.add(group)
        rows += sizes[group]
    return [example for example in examples if example.group_key in drawn]
