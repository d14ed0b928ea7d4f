"""A share of a corpus: what training learns from when the question is how much labels are worth."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from hedgerow.labels import Example


def share(examples: Sequence[Example], part: float, *, seed: int) -> list[Example]:
    """`part` (0 to 1) of `examples`, in order and in whole groups, drawn by `seed`.

    Groups come in an order drawn by hash, so a smaller share of the same seed lies within a larger one, and rows that
    are added leave the order of the others alone. The last group may go over.
    """
    sizes = Counter(example.group_key for example in examples)
    wanted, held = round(part * len(examples)), 0
    kept = set()
    for group in sorted(sizes, key=lambda group: hashlib.sha256(f"{seed}/{group}".encode()).digest()):
        if held >= wanted:
            break
        kept.add(group)
        held += sizes[group]
    return [example for example in examples if example.group_key in kept]
