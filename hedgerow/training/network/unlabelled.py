"""Unlabelled sentences for teachers to score, and for quantisation-aware training."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from hedgerow.corpus.external import read_rows
from hedgerow.training.network.score_file import scored_keys, text_key

MIN_WORDS, MAX_WORDS = 3, 80  # other sentences are headings, lists, or errors of the sentence splitter


def unlabelled_texts(files: Sequence[Path], known: Iterable[str]) -> list[str]:
    """Return the sentences of JSON Lines `files`, each once, without those in `known` (labelled, or measured on).

    A row has a "text"; one with a "split" is used only if it is training data. Two texts are the same if their letters
    and digits are, in any case.
    """
    seen = {_letters_and_digits(text) for text in known}
    texts = []
    for path in files:
        for row in read_rows(path, "texts"):
            key = _letters_and_digits(row["text"])
            if key not in seen and MIN_WORDS <= len(row["text"].split()) <= MAX_WORDS:
                seen.add(key)
                texts.append(row["text"])
    return texts


def scored_texts(texts: Sequence[str], teachers: Sequence[Path]) -> list[str]:
    """Return those of `texts` that a teacher scores: all, if one is a network and not a file of scores."""
    if not all(teacher.is_file() for teacher in teachers):
        return list(texts)
    known = frozenset().union(*map(scored_keys, teachers))
    return [text for text in texts if text_key(text) in known]


def draw(texts: Sequence[str], most: int, *, seed: int) -> list[str]:
    """Return at most `most` of `texts`, drawn with `seed`, in their order."""
    if len(texts) <= most:
        return list(texts)
    return [texts[at] for at in sorted(random.Random(seed).sample(range(len(texts)), most))]


def _letters_and_digits(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
