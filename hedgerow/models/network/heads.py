"""What is read off a network's heads: labels with their scores, and spans from the tags of tokens.

Everything here is done once a batch, in numpy, and only then a sentence at a time: a small network is so fast that the
Python between its products would cost more than they do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.labels import AXES, Prediction, Span, SpanType
from hedgerow.models.network import bio

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]


class Heads:
    """The heads of a network as its manifest names them, in the order of its outputs."""

    def __init__(self, heads: Sequence[Mapping[str, Any]]) -> None:
        self.names = [head["name"] for head in heads]
        # Labels as what a user gets, made once and not for every sentence.
        self._labels: dict[str, list[Any]] = {
            head["name"]: [AXES.get(head["name"], str)(label) for label in head["labels"]]
            for head in heads
            if head["kind"] == "label"
        }
        self._temperatures = {head["name"]: head["temperature"] for head in heads}
        self._others = [name for name in self._labels if name not in AXES]
        self._types = [
            SpanType(label.removeprefix("B-"))
            for head in heads
            if head["kind"] == "span" and head["name"] == "spans"
            for label in head["labels"]
            if label.startswith("B-")
        ]

    @property
    def of_labels(self) -> list[str]:
        """The heads that label a sentence."""
        return list(self._labels)

    def predictions(
        self, logits: Mapping[str, Floats], mask: Ints, texts: Sequence[str], encodings: Sequence[Any]
    ) -> list[Prediction]:
        """One prediction for each of `texts`; `mask` (sentences, tokens) is 1 where a token is there."""
        (certainties, certainty_scores), (stances, stance_scores) = (self._labelled(logits, axis) for axis in AXES)
        spans = self._spans(logits, mask, texts, encodings) if self._types else {}
        others = self._other_scores(logits, len(texts))
        return [
            Prediction(
                text, certainty, stance, by_certainty, by_stance, spans.get(at, ()), 0, other, _read_to(encoding)
            )
            for at, (text, certainty, by_certainty, stance, by_stance, other, encoding) in enumerate(
                zip(texts, certainties, certainty_scores, stances, stance_scores, others, encodings, strict=True)
            )
        ]

    def _labelled(self, logits: Mapping[str, Floats], name: str) -> tuple[list[Any], list[dict[Any, float]]]:
        """Of one head each sentence's label and its scores: softmax over logits / temperature (Guo et al. 2017)."""
        labels = self._labels[name]
        scores = softmax(logits[name] / self._temperatures[name])
        best = [labels[at] for at in scores.argmax(axis=-1).tolist()]
        return best, [dict(zip(labels, row, strict=True)) for row in scores.tolist()]

    def _other_scores(self, logits: Mapping[str, Floats], sentences: int) -> Sequence[dict[str, dict[str, float]]]:
        if not self._others:
            return [{}] * sentences  # one for all: nobody has others to add
        by_head = {name: self._labelled(logits, name)[1] for name in self._others}
        return [{name: rows[at] for name, rows in by_head.items()} for at in range(sentences)]

    def _spans(
        self, logits: Mapping[str, Floats], mask: Ints, texts: Sequence[str], encodings: Sequence[Any]
    ) -> dict[int, tuple[Span, ...]]:
        """Spans of the sentences that have some, by place. Only tagged tokens, a few in a sentence, are scored."""
        of_tokens = logits["spans"]
        best = of_tokens.argmax(axis=-1) * mask
        rows, tokens = best.nonzero()
        tagged = best[rows, tokens]
        chances = bio.chances(softmax(of_tokens[rows, tokens]), tagged)
        cuts = np.searchsorted(rows, np.arange(len(texts) + 1)).tolist()
        where, which = tokens.tolist(), tagged.tolist()
        found = {}
        for at, (start, end) in enumerate(pairwise(cuts)):
            if start == end:
                continue
            text, encoding = texts[at], encodings[at]
            joined = bio.join(
                where[start:end], which[start:end], chances[start:end], encoding.offsets, encoding.word_ids
            )
            found[at] = tuple(Span(a, b, self._types[kind], text[a:b], round(score, 4)) for a, b, kind, score in joined)
        return found


def softmax(logits: Floats) -> Floats:
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def _read_to(encoding: Any) -> int | None:
    """Where reading stopped when the sentence was too long, in code points; None when all of it was read."""
    if not encoding.overflowing:
        return None
    return int(max(end for _, end in encoding.offsets))
