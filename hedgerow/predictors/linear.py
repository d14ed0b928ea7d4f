"""The linear model at run time: TF-IDF and a softmax in numpy, without scikit-learn.

scikit-learn trains it (hedgerow.training.tfidf) and takes 1.3 s to import; here the same sums are a few dozen lines,
and a test holds the scores equal. Term frequency is sublinear, 1 + ln(count); inverse document frequency is smoothed;
words and characters are two blocks, each of length 1 (Salton & Buckley 1988).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import ModelError
from hedgerow.labels import AXES, CODEBOOK_HEADS, Prediction
from hedgerow.predictors.base import BATCH_SIZE, Reloadable
from hedgerow.predictors.lexicon import Lexicon, load_lexicon

WORD = r"\w+|[^\w\s]"  # punctuation counts as a word: quotation and question marks tell much
CACHED_WORDS = 1 << 15

_WORD = re.compile(WORD)
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of n-gram: its vocabulary (n-gram to column), the range of n, and each column's idf."""

    vocabulary: Mapping[str, int]
    ngrams: tuple[int, int]
    idf: Floats

    def columns(self, grams: Iterable[str]) -> tuple[int, ...]:
        """The columns of the n-grams that are in the vocabulary, as often as they occur."""
        return tuple(column for gram in grams if (column := self.vocabulary.get(gram)) is not None)

    def weigh(self, found: Iterable[int]) -> tuple[NDArray[np.int64], Floats]:
        """The columns that occur and their weights, a vector of length 1 (or empty)."""
        counts = Counter(found)
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[columns]
        length = np.sqrt((weights * weights).sum())
        return columns, weights / length if length else weights


class Linear(Reloadable):
    """A trained linear model. Labels come from the two regressions, spans from the lexicon."""

    heads = CODEBOOK_HEADS
    preferred_batch_size = BATCH_SIZE
    prefetch = 0

    def __init__(
        self, name: str, words: Block, characters: Block, weights: Mapping[str, Floats], bias: Mapping[str, Floats]
    ) -> None:
        self.name = name
        self._words = words
        self._characters = characters
        # All labels of both axes side by side, so that a sentence is one product: (features, labels).
        self._weights = np.ascontiguousarray(np.concatenate([weights[axis] for axis in AXES]).T)
        self._bias = np.concatenate([bias[axis] for axis in AXES])
        self._lexicon: Lexicon = load_lexicon()
        self._cached = lru_cache(maxsize=CACHED_WORDS)(self._count_word)

    def _columns_of_word(self, word: str) -> tuple[int, ...]:
        """Words recur: most are looked up once. Very long ones, which do not, are not kept."""
        return self._cached(word) if len(word) < 40 else self._count_word(word)

    def _count_word(self, word: str) -> tuple[int, ...]:
        return self._characters.columns(character_ngrams(word, self._characters.ngrams))

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        return [self._label(text) for text in texts]

    def _label(self, text: str) -> Prediction:
        word_columns, word_weights = self._words.weigh(self._words.columns(word_ngrams(text, self._words.ngrams)))
        within_words = (self._columns_of_word(word) for word in words_apart(text))
        columns, weights = self._characters.weigh(chain.from_iterable(within_words))
        logits = self._bias + word_weights @ self._weights[word_columns]
        logits += weights @ self._weights[columns + len(self._words.vocabulary)]
        scores: dict[str, dict[Any, float]] = {}
        start = 0
        for axis, enum in AXES.items():
            scores[axis] = dict(zip(enum, softmax(logits[start : start + len(enum)]), strict=True))
            start += len(enum)
        best = {axis: max(scores[axis], key=scores[axis].__getitem__) for axis in AXES}
        return Prediction(
            text=text,
            certainty=best["certainty"],
            stance=best["stance"],
            certainty_scores=scores["certainty"],
            stance_scores=scores["stance"],
            spans=self._lexicon.spans(text),
        )


def softmax(logits: Floats) -> list[float]:
    powers = np.exp(logits.astype(np.float64) - logits.max())
    scores: list[float] = (powers / powers.sum()).tolist()
    return scores


def word_ngrams(text: str, ngrams: tuple[int, int]) -> Iterator[str]:
    """Runs of n words joined by a space, lower case, as scikit-learn's `word` analyser gives them."""
    words = _WORD.findall(text.lower())
    for n in range(ngrams[0], ngrams[1] + 1):
        for at in range(len(words) - n + 1):
            yield " ".join(words[at : at + n])


def words_apart(text: str) -> list[str]:
    """Lower-case words between white space, marks and all."""
    return text.lower().split()


def character_ngrams(word: str, ngrams: tuple[int, int]) -> Iterator[str]:
    """Runs of n characters of a word padded by a space either side, as scikit-learn's `char_wb` gives them."""
    padded = f" {word} "
    for n in range(ngrams[0], ngrams[1] + 1):
        for at in range(max(1, len(padded) - n + 1)):
            yield padded[at : at + n]
        if n >= len(padded):  # a short word counts once, not once for every n
            break


def load_linear(folder: Path, manifest: Mapping[str, Any]) -> Linear:
    """The model in `folder`, whose hedgerow.json is `manifest`. Raises ModelError where the files do not fit."""
    try:
        return _load(folder, manifest)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise ModelError(f"{folder}: not a linear model ({error!r}); train or copy the model again") from None


def _load(folder: Path, manifest: Mapping[str, Any]) -> Linear:
    vocabulary = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        blocks = {
            kind: Block(
                vocabulary={gram: column for column, gram in enumerate(vocabulary[kind])},
                ngrams=(manifest["features"][f"{kind}_ngrams"][0], manifest["features"][f"{kind}_ngrams"][1]),
                idf=arrays[f"{kind}_idf"],
            )
            for kind in ("word", "character")
        }
        weights = {axis: arrays[f"{axis}_weights"] for axis in AXES}
        bias = {axis: arrays[f"{axis}_bias"] for axis in AXES}
    width = sum(len(block.vocabulary) for block in blocks.values())
    for axis, enum in AXES.items():
        if weights[axis].shape != (len(enum), width):
            expected, found = (len(enum), width), weights[axis].shape
            raise ModelError(f"{folder}: expected {axis} weights of shape {expected}, got {found}; train it again")
    return Linear(folder.name, blocks["word"], blocks["character"], weights, bias)
