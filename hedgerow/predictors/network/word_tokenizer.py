"""The tokenizer of a small network: whole words, with neither word pieces nor a compiled library.

A sentence is cut into words and marks, and each token becomes four ids: the word in lower case, from a vocabulary; its
first and its last three letters, by hash (Svenstrup et al. 2017); and its shape. So an unknown word is still known by
its ending: "rubbishes" is a verb in the third person, as "rebuts" is.

`WordTokenizer` has those methods of `tokenizers.Tokenizer` that this project uses, so that either can be used.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+|[^\w\s]")
AFFIX = 3  # letters of a prefix or suffix
BUCKETS = 4096  # ids of prefixes, and of suffixes; 0 is padding
UNKNOWN = 1  # word id; 0 is padding
BEGIN = 2  # word id of the token before the first word
_FIRST = 3  # word id of the vocabulary's first word
SHAPES = 7  # padding, lower case, first letter capital, all capitals, figures, mixed, mark
_CACHE_SIZE = 100_000  # words whose ids are cached

Ids = tuple[int, int, int, int]  # word, prefix, suffix, shape
# The ids of a token are packed into one integer, so that a batch is one array; these are the lowest bits of each.
_PREFIX_BIT = 32
_SUFFIX_BIT = 44
_SHAPE_BIT = 56
_WORD_MASK = (1 << _PREFIX_BIT) - 1
_AFFIX_MASK = BUCKETS - 1
_SHAPE_MASK = 7


@dataclass(frozen=True, slots=True)
class WordEncoding:
    """An encoded sentence.

    `packed` has one integer per token (see `unpack`), the first for its beginning; `text` is the sentence, and
    `overflowing` whether it was truncated. Offsets are computed only on request: most sentences have few cues, or none.
    """

    packed: list[int]
    text: str
    overflowing: bool

    @property
    def ids(self) -> list[Ids]:
        """The four ids of each token."""
        return [_unpack(token) for token in self.packed]

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """The start and end (exclusive) of each token in code points; (0, 0) for the beginning."""
        offsets = [(0, 0), *map(re.Match.span, _WORD.finditer(self.text))]
        return offsets[: len(self.packed)]

    @property
    def word_ids(self) -> list[int | None]:
        """The number of the word that each token belongs to; None for the beginning."""
        return [None, *range(len(self.packed) - 1)]


class WordTokenizer:
    """A tokenizer for `vocabulary`, distinct words in lower case in the order of their ids."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self._word_ids = {word: number for number, word in enumerate(self.vocabulary, _FIRST)}
        self._cache = _PackedWords(self._word_ids)
        self._max_tokens: int | None = None

    @property
    def size(self) -> int:
        """The number of word ids."""
        return _FIRST + len(self.vocabulary)

    def enable_truncation(self, tokens: int) -> None:
        """Truncate sentences to `tokens` tokens, the beginning included."""
        self._max_tokens = tokens

    def no_truncation(self) -> None:
        """Do not truncate sentences."""
        self._max_tokens = None

    def encode_batch(self, texts: Iterable[str]) -> list[WordEncoding]:
        """Return one encoding per text, in order."""
        return [self._encode(text) for text in texts]

    def words(self, text: str) -> list[str]:
        """Return the words and marks of a text, in order."""
        return _WORD.findall(text)

    def pack(self, word: str) -> int:
        """Return the four ids of a word, packed into one integer."""
        return self._cache[word]

    def save(self, path: str) -> None:
        """Write the vocabulary to `path`, as JSON."""
        Path(path).write_text(json.dumps({"words": self.vocabulary}, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, path: Path) -> WordTokenizer:
        """Return the tokenizer that `save` wrote."""
        return cls(json.loads(path.read_text("utf-8"))["words"])

    def _encode(self, text: str) -> WordEncoding:
        words = _WORD.findall(text)
        is_truncated = self._max_tokens is not None and len(words) >= self._max_tokens
        if is_truncated and self._max_tokens is not None:
            del words[self._max_tokens - 1 :]
        return WordEncoding([BEGIN, *map(self._cache.__getitem__, words)], text, is_truncated)


class _PackedWords(dict[str, int]):
    """The packed ids of words, computed when they are first asked for, and cached."""

    def __init__(self, word_ids: Mapping[str, int]) -> None:
        super().__init__()
        self._word_ids = word_ids

    def __missing__(self, word: str) -> int:
        lower = word.lower()
        packed = self._word_ids.get(lower, UNKNOWN)
        packed |= _bucket(lower[:AFFIX]) << _PREFIX_BIT
        packed |= _bucket(lower[-AFFIX:]) << _SUFFIX_BIT
        packed |= _shape(word) << _SHAPE_BIT
        if len(self) >= _CACHE_SIZE:
            self.clear()
        self[word] = packed
        return packed


def unpack(packed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the ids of packed tokens, shape (..., 4) for shape (...); padding, 0, becomes four zeros."""
    shifts = np.array([0, _PREFIX_BIT, _SUFFIX_BIT, _SHAPE_BIT])
    masks = np.array([_WORD_MASK, _AFFIX_MASK, _AFFIX_MASK, _SHAPE_MASK])
    ids: NDArray[np.int64] = packed[..., None] >> shifts & masks
    return ids


def _unpack(packed: int) -> Ids:
    prefix = packed >> _PREFIX_BIT & _AFFIX_MASK
    suffix = packed >> _SUFFIX_BIT & _AFFIX_MASK
    return packed & _WORD_MASK, prefix, suffix, packed >> _SHAPE_BIT


def count_words(texts: Iterable[str], *, most: int, at_least: int = 2) -> list[str]:
    """Return the `most` frequent words of `texts` in lower case, the most frequent first; ties in alphabetical order.

    Words that occur fewer than `at_least` times are left out.
    """
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
