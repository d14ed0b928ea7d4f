"""Words: how a small network reads, with neither word pieces nor a compiled tokenizer.

A sentence is cut into words and marks, and each becomes four numbers: the word (lower case) in a vocabulary, its first
and its last three letters by hash (Svenstrup et al. 2017), and its shape. A word that is not in the vocabulary is still
known by its ending: "rubbishes" denies as "rebuts" does not, but both are verbs in the third person.

`WordTokenizer` has the methods of `tokenizers.Tokenizer` that this project uses, so that either can stand in its place.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+|[^\w\s]")
AFFIX = 3  # letters
BUCKETS = 4096  # of prefixes, and of suffixes; 0 is none
UNKNOWN, BEGIN = 1, 2  # 0 is padding
_FIRST = 3  # number of the vocabulary's first word
SHAPES = 7  # none, lower case, capital first, all capitals, figures, mixed, mark
_SEEN = 100_000  # words whose numbers are kept at hand

Numbers = tuple[int, int, int, int]
# A token's numbers side by side in one integer, so that a batch is one array: where prefix, suffix and shape begin.
_PREFIX, _SUFFIX, _SHAPE = 32, 44, 56
_AFFIX_MASK = BUCKETS - 1


@dataclass(frozen=True, slots=True)
class WordEncoding:
    """A sentence as a network takes it: a packed number a token (`unpack`), the first for its beginning.

    Where each token stood is found only when it is asked for: most sentences have few cues, or none.
    """

    packed: list[int]
    text: str
    overflowing: bool  # whether it was cut

    @property
    def ids(self) -> list[Numbers]:
        """The four numbers of each token."""
        return [_numbers(token) for token in self.packed]

    @property
    def offsets(self) -> list[tuple[int, int]]:
        found = [(0, 0), *(match.span() for match in _WORD.finditer(self.text))]
        return found[: len(self.packed)]

    @property
    def word_ids(self) -> list[int | None]:
        return [None, *range(len(self.packed) - 1)]


class WordTokenizer:
    """`vocabulary` in order of its numbers, words in lower case."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self._number = {word: number for number, word in enumerate(self.vocabulary, _FIRST)}
        self._seen: dict[str, int] = {}
        self._longest: int | None = None

    @property
    def size(self) -> int:
        """How many numbers a word can have."""
        return _FIRST + len(self.vocabulary)

    def enable_truncation(self, tokens: int) -> None:
        """Read no more than `tokens` of a sentence, its beginning included."""
        self._longest = tokens

    def no_truncation(self) -> None:
        self._longest = None

    def encode_batch(self, texts: Iterable[str]) -> list[WordEncoding]:
        return [self._encode(text) for text in texts]

    def save(self, path: str) -> None:
        Path(path).write_text(json.dumps({"words": self.vocabulary}, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, path: Path) -> WordTokenizer:
        return cls(json.loads(path.read_text("utf-8"))["words"])

    def _encode(self, text: str) -> WordEncoding:
        seen = self._seen
        words = _WORD.findall(text)
        cut = self._longest is not None and len(words) >= self._longest
        if cut and self._longest is not None:
            del words[self._longest - 1 :]
        return WordEncoding([BEGIN, *[seen.get(word) or self._remember(word) for word in words]], text, cut)

    def _remember(self, word: str) -> int:
        if len(self._seen) >= _SEEN:
            self._seen.clear()
        lower = word.lower()
        number, prefix, suffix = self._number.get(lower, UNKNOWN), _bucket(lower[:AFFIX]), _bucket(lower[-AFFIX:])
        packed = number | prefix << _PREFIX | suffix << _SUFFIX | _shape(word) << _SHAPE
        self._seen[word] = packed
        return packed


def unpack(packed: NDArray[np.int64]) -> NDArray[np.int64]:
    """The four numbers of packed tokens (...) as (..., 4); 0, which is padding, is four zeros."""
    shifts = np.array([0, _PREFIX, _SUFFIX, _SHAPE])
    masks = np.array([(1 << _PREFIX) - 1, _AFFIX_MASK, _AFFIX_MASK, 7])
    numbers: NDArray[np.int64] = packed[..., None] >> shifts & masks
    return numbers


def _numbers(packed: int) -> Numbers:
    prefix, suffix = packed >> _PREFIX & _AFFIX_MASK, packed >> _SUFFIX & _AFFIX_MASK
    return packed & (1 << _PREFIX) - 1, prefix, suffix, packed >> _SHAPE


def count_words(texts: Iterable[str], *, most: int, at_least: int = 2) -> list[str]:
    """The `most` frequent words of `texts` in lower case that stand there `at_least` so often; ties by alphabet."""
    counts = Counter(word.lower() for text in texts for word in _WORD.findall(text))
    kept = sorted((-count, word) for word, count in counts.items() if count >= at_least)
    return [word for _, word in kept[:most]]


def _bucket(letters: str) -> int:
    return 1 + crc32(letters.encode("utf-8", "replace")) % (BUCKETS - 1)


def _shape(word: str) -> int:
    if not word[0].isalnum():
        return 6
    if word.isdigit():
        return 4
    if word.islower():
        return 1
    if word.isupper() and len(word) > 1:
        return 3
    return 2 if word[0].isupper() else 5
