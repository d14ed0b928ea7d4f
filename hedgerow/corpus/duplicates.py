"""Find sentences that occur twice, though not to the letter.

Two copies of a sentence may differ in case, quotes, dashes, white space and Unicode form. Two versions of a sentence
share a run of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from unicodedata import normalize

from hedgerow.labels import Example

RUN = 8  # words in a row that two rows share to be near duplicates
_MARKS = str.maketrans({**dict.fromkeys('"`´‘’‚‛′“”„‟″«»‹›', "'"), **dict.fromkeys("‐‑‒–—―−", "-")})
_WORD = re.compile(r"\w+(?:'\w+)*")
Pair = tuple[Example, Example]


def plain_text(text: str) -> str:
    """Return `text` in NFC and folded case, with one kind of quote, dash and white space."""
    folded = normalize("NFC", text).casefold()
    return " ".join(normalize("NFC", folded).translate(_MARKS).split())


def find_near_duplicates(train: Iterable[Example], held_out: Mapping[str, Iterable[Example]]) -> dict[str, list[Pair]]:
    """Return by part the held-out rows that share a run of `RUN` words with a training row.

    Each is paired with the first such training row. A shorter sentence has no run, so it is no near duplicate.
    """
    rows = {name: list(examples) for name, examples in held_out.items()}
    places: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for name, examples in rows.items():
        for at, example in enumerate(examples):
            for run in runs(example.text):
                places.setdefault(run, []).append((name, at))
    found: dict[tuple[str, int], Example] = {}
    for example in train:
        for run in runs(example.text):
            for place in places.get(run, ()):
                found.setdefault(place, example)
    return {
        name: [(example, found[name, at]) for at, example in enumerate(examples) if (name, at) in found]
        for name, examples in rows.items()
    }


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Return the runs of words of a text; near duplicates share one."""
    words = _WORD.findall(plain_text(text))
    return (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
