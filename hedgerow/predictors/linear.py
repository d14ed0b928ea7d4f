"""The linear model at run time: TF-IDF and softmax regression in numpy, without scikit-learn.

scikit-learn trains the model (hedgerow.training.tfidf), but takes 1.3 s to import. The same arithmetic is a few dozen
lines here, and a test compares the scores. Term frequency is sublinear, 1 + ln(count), and inverse document frequency
is smoothed. Words and characters are two blocks of features, each a vector of length 1 (Salton & Buckley 1988).
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
from hedgerow.head import CODEBOOK_HEADS, Head
from hedgerow.labels import AXES, SPANS
from hedgerow.predictors.base import BATCH_SIZE, Reloadable
from hedgerow.predictors.folder import read_head
from hedgerow.predictors.lexicon import Lexicon, load_lexicon
from hedgerow.predictors.softmax import softmax
from hedgerow.results import Prediction, expected_level

WORD = r"\w+|[^\w\s]"  # punctuation counts as a word: quotation marks and question marks are informative
CACHED_WORDS = 1 << 15  # words whose character n-grams are cached
_MAX_CACHED_LENGTH = 40  # characters, exclusive; longer words seldom recur

_WORD = re.compile(WORD)
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """The features of one kind of n-gram.

    `vocabulary` maps n-grams to columns, `ngrams` is the range of n, both ends inclusive, and `idf` (columns,) is the
    inverse document frequency of each column.
    """

    vocabulary: Mapping[str, int]
    ngrams: tuple[int, int]
    idf: Floats

    def columns(self, grams: Iterable[str]) -> tuple[int, ...]:
        """Return the column of each n-gram that is in the vocabulary, with repetitions."""
        return tuple(column for gram in grams if (column := self.vocabulary.get(gram)) is not None)

    def weigh(self, occurrences: Iterable[int]) -> tuple[NDArray[np.int64], Floats]:
        """Return the distinct columns of a sentence's n-grams, and their TF-IDF weights, a vector of length 1.

        Both have shape (distinct columns,). Without any n-gram they are empty.
        """
        counts = Counter(occurrences)
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        frequencies = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weights = (1 + np.log(frequencies)) * self.idf[columns]
        length = np.sqrt((weights * weights).sum())
        return columns, weights / length if length else weights


class Linear(Reloadable):
    """A trained linear model: a regression for each label head that it learnt, and spans from the shipped lexicon.

    Parameters
    ----------
    name : str
        The name of the model.
    blocks : tuple of two Block
        The two kinds of features, words and characters; the columns of the second follow those of the first.
    weights : mapping of str to array
        The weights of each label head, shape (labels, columns).
    bias : mapping of str to array
        The bias of each of these heads, shape (labels,).
    own : sequence of Head
        Those of the heads that are the user's own.
    """

    preferred_batch_size = BATCH_SIZE
    prefetch = 0

    def __init__(
        self,
        name: str,
        blocks: tuple[Block, Block],
        weights: Mapping[str, Floats],
        bias: Mapping[str, Floats],
        own: Sequence[Head] = (),
    ) -> None:
        self.name = name
        self._words, self._characters = blocks
        self.heads = (*(head for head in CODEBOOK_HEADS if head.name in weights or head.name == SPANS), *own)
        axes: dict[str, tuple[Any, ...]] = {axis: tuple(enum) for axis, enum in AXES.items() if axis in weights}
        self._labels = axes | {head.name: head.labels for head in own}
        self._own = tuple(own)
        # The labels of all heads side by side, so that a sentence takes one product per block: (columns, labels).
        self._weights = np.ascontiguousarray(np.concatenate([weights[head] for head in self._labels]).T)
        self._bias = np.concatenate([bias[head] for head in self._labels])
        self._lexicon: Lexicon = load_lexicon()
        self._cached_columns = lru_cache(maxsize=CACHED_WORDS)(self._character_columns)

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, in order."""
        return [self._label(text) for text in texts]

    def _label(self, text: str) -> Prediction:
        logits = self._logits(text)
        scores: dict[str, dict[Any, float]] = {}
        start = 0
        for head, labels in self._labels.items():
            probabilities: list[float] = softmax(logits[start : start + len(labels)]).tolist()
            scores[head] = dict(zip(labels, probabilities, strict=True))
            start += len(labels)
        best = {axis: max(scores[axis], key=scores[axis].__getitem__) for axis in AXES if axis in scores}
        return Prediction(
            text=text,
            certainty=best.get("certainty"),
            stance=best.get("stance"),
            certainty_scores=scores.get("certainty", {}),
            stance_scores=scores.get("stance", {}),
            spans=self._lexicon.spans(text),
            other_scores={head.name: scores[head.name] for head in self._own},
            levels={head.name: expected_level(scores[head.name].values()) for head in self._own if head.is_ordered},
        )

    def _logits(self, text: str) -> Floats:
        """Return the logits of all labels of the heads, shape (labels,)."""
        columns, weights = self._words.weigh(self._words.columns(word_ngrams(text, self._words.ngrams)))
        logits: Floats = self._bias + weights @ self._weights[columns]
        columns_by_word = (self._columns_of_word(word) for word in whitespace_words(text))
        columns, weights = self._characters.weigh(chain.from_iterable(columns_by_word))
        logits += weights @ self._weights[columns + len(self._words.vocabulary)]
        return logits

    def _columns_of_word(self, word: str) -> tuple[int, ...]:
        return self._cached_columns(word) if len(word) < _MAX_CACHED_LENGTH else self._character_columns(word)

    def _character_columns(self, word: str) -> tuple[int, ...]:
        return self._characters.columns(character_ngrams(word, self._characters.ngrams))


def word_ngrams(text: str, ngrams: tuple[int, int]) -> Iterator[str]:
    """Yield n words in lower case joined by spaces, as scikit-learn's `word` analyser does."""
    words = _WORD.findall(text.lower())
    for n in range(ngrams[0], ngrams[1] + 1):
        for start in range(len(words) - n + 1):
            yield " ".join(words[start : start + n])


def whitespace_words(text: str) -> list[str]:
    """Return the words between white space in lower case, with their punctuation."""
    return text.lower().split()


def character_ngrams(word: str, ngrams: tuple[int, int]) -> Iterator[str]:
    """Yield n characters of a word padded with a space on each side, as scikit-learn's `char_wb` analyser does."""
    padded = f" {word} "
    for n in range(ngrams[0], ngrams[1] + 1):
        for start in range(max(1, len(padded) - n + 1)):
            yield padded[start : start + n]
        if n >= len(padded):  # a short word counts once, not once for every n
            break


def load_linear(folder: Path, manifest: Mapping[str, Any]) -> Linear:
    """Return the model in `folder`, whose hedgerow.json is `manifest`; raise ModelError if its files are invalid."""
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
        heads = (
            [read_head(head) for head in manifest["heads"]] if "heads" in manifest else _axis_heads(manifest, arrays)
        )
        weights = {head.name: arrays[f"{head.name}_weights"] for head in heads}
        bias = {head.name: arrays[f"{head.name}_bias"] for head in heads}
    columns = sum(len(block.vocabulary) for block in blocks.values())
    for head in heads:
        expected = (len(head.labels), columns)
        shape = weights[head.name].shape
        if shape != expected:
            raise ModelError(f"{folder}: expected {head.name} weights of shape {expected}, got {shape}; train it again")
    own = [head for head in heads if head.is_own]
    return Linear(folder.name, (blocks["word"], blocks["character"]), weights, bias, own)


def _axis_heads(manifest: Mapping[str, Any], arrays: Mapping[str, Any]) -> list[Head]:
    """Return the heads of a model whose manifest names the labels of axes only."""
    axes = manifest.get("labels") or [axis for axis in AXES if f"{axis}_weights" in arrays]
    return [head for head in CODEBOOK_HEADS if head.name in axes]
