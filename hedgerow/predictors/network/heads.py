"""Read a network's heads: labels with their scores, and spans from the tags of tokens.

Everything is done once per batch in numpy, and only then sentence by sentence: a small network is so fast that the
Python between its products would cost more than they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.head import Head
from hedgerow.labels import AXES, SPANS, Span, SpanType
from hedgerow.predictors.folder import read_head
from hedgerow.predictors.network import bio
from hedgerow.predictors.network.word_edges import names_nobody, snap_to_words
from hedgerow.predictors.softmax import softmax
from hedgerow.results import Prediction, expected_level

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
Spans = dict[int, tuple[Span, ...]]  # the spans of the sentences that have some, by number


class Heads:
    """The heads of a network as its manifest describes them, in the order of its outputs."""

    def __init__(self, heads: Sequence[Mapping[str, Any]]) -> None:
        """Take the entries of the manifest: name, kind, labels (of a span head: BIO tags), temperature."""
        self.names = [head["name"] for head in heads]
        self._described = tuple(map(read_head, heads))
        self._ordered = [head.name for head in self._described if head.is_ordered]
        self._temperatures = {head["name"]: head["temperature"] for head in heads}
        # Labels as a user gets them, made once and not per sentence.
        self._labels: dict[str, list[Any]] = {
            head["name"]: [AXES.get(head["name"], str)(label) for label in head["labels"]]
            for head in heads
            if head["kind"] == "label"
        }
        self._types: dict[str, list[SpanType | str]] = {
            head["name"]: [SpanType(kind) if head["name"] == SPANS else kind for kind in bio.types_of(head["labels"])]
            for head in heads
            if head["kind"] == "span"
        }
        self._axes = [axis for axis in AXES if axis in self._labels]
        self._own_labels = [name for name in self._labels if name not in AXES]
        self._own_spans = [name for name in self._types if name != SPANS]

    @property
    def label_heads(self) -> list[str]:
        """The names of the heads that label a sentence."""
        return list(self._labels)

    def described(self) -> tuple[Head, ...]:
        """Return the heads by name, kind and labels."""
        return self._described

    def predictions(
        self, logits: Mapping[str, Floats], mask: Ints, texts: Sequence[str], encodings: Sequence[Any]
    ) -> list[Prediction]:
        """Return one prediction per text; `mask` (sentences, tokens) is 1 for tokens and 0 for padding."""
        axes = self._axes_of(logits, len(texts))
        spans = self._spans(SPANS, logits, mask, texts, encodings) if SPANS in self._types else {}
        own_scores = self._own_scores(logits, len(texts))
        own_spans = self._all_own_spans(logits, mask, texts, encodings)
        return [
            Prediction(
                text=text,
                certainty=axes["certainty"][0][at],
                stance=axes["stance"][0][at],
                certainty_scores=axes["certainty"][1][at],
                stance_scores=axes["stance"][1][at],
                spans=spans.get(at, ()),
                other_scores=own_scores[at],
                read_to=_read_to(encodings[at]),
                other_spans=own_spans[at],
                levels=self._levels(own_scores[at]),
                marks_spans=SPANS in self._types,
            )
            for at, text in enumerate(texts)
        ]

    def _axes_of(self, logits: Mapping[str, Floats], sentences: int) -> dict[str, tuple[list[Any], list[Any]]]:
        """Return each sentence's label and scores by axis; without a head for it, None and no scores."""
        absent: tuple[list[Any], list[Any]] = ([None] * sentences, [{}] * sentences)  # nothing is ever added to it
        return {axis: self._labelled(logits, axis) if axis in self._axes else absent for axis in AXES}

    def _labelled(self, logits: Mapping[str, Floats], name: str) -> tuple[list[Any], list[dict[Any, float]]]:
        """Each sentence's label and scores under one head: softmax over logits / temperature (Guo et al. 2017)."""
        labels = self._labels[name]
        scores = softmax(logits[name] / self._temperatures[name])
        best = [labels[at] for at in scores.argmax(axis=-1).tolist()]
        return best, [dict(zip(labels, row, strict=True)) for row in scores.tolist()]

    def _own_scores(self, logits: Mapping[str, Floats], sentences: int) -> Sequence[dict[str, dict[str, float]]]:
        if not self._own_labels:
            return [{}] * sentences  # one for all: nothing is ever added to it
        by_head = {name: self._labelled(logits, name)[1] for name in self._own_labels}
        return [{name: rows[at] for name, rows in by_head.items()} for at in range(sentences)]

    def _levels(self, scores: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
        return {name: expected_level(scores[name].values()) for name in self._ordered}

    def _all_own_spans(
        self, logits: Mapping[str, Floats], mask: Ints, texts: Sequence[str], encodings: Sequence[Any]
    ) -> Sequence[dict[str, tuple[Span, ...]]]:
        if not self._own_spans:
            return [{}] * len(texts)
        by_head = {name: self._spans(name, logits, mask, texts, encodings) for name in self._own_spans}
        return [{name: spans.get(at, ()) for name, spans in by_head.items()} for at in range(len(texts))]

    def _spans(
        self, name: str, logits: Mapping[str, Floats], mask: Ints, texts: Sequence[str], encodings: Sequence[Any]
    ) -> Spans:
        """Decode one span head. Only tagged tokens, a few per sentence, are scored."""
        token_logits = logits[name]
        best = token_logits.argmax(axis=-1) * mask
        rows, tokens = best.nonzero()
        tags = best[rows, tokens]
        scores = bio.type_scores(softmax(token_logits[rows, tokens]), tags)
        cuts = np.searchsorted(rows, np.arange(len(texts) + 1)).tolist()
        all_tokens, all_tags = tokens.tolist(), tags.tolist()
        spans: Spans = {}
        for at, (start, end) in enumerate(pairwise(cuts)):
            if start == end:
                continue
            here = slice(start, end)
            encoding = encodings[at]
            decoded = bio.decode_tagged(
                all_tokens[here], all_tags[here], scores[here], encoding.offsets, encoding.word_ids
            )
            spans[at] = tuple(_word_spans(texts[at], decoded, self._types[name]))
        return spans


def _word_spans(
    text: str, decoded: Sequence[tuple[int, int, int, float]], types: Sequence[SpanType | str]
) -> list[Span]:
    """Spans whose ends are the edges of words; none that has no word, no source that names nobody."""
    spans: list[Span] = []
    for start, end, kind, score in _joined(text, decoded):
        edges = snap_to_words(text, start, end)
        if edges is None or (spans and edges[0] < spans[-1].end):
            continue
        span = Span(*edges, types[kind], text[edges[0] : edges[1]], round(score, 4))
        if not (span.is_source and names_nobody(span.text)):
            spans.append(span)
    return spans


def _joined(text: str, decoded: Sequence[tuple[int, int, int, float]]) -> Iterator[tuple[int, int, int, float]]:
    """Join two spans of one type that only an apostrophe separates: the tagger cut a contraction ("isn't")."""
    open_span: tuple[int, int, int, float] | None = None
    for span in decoded:
        if open_span is not None:
            start, end, kind, score = open_span
            if span[2] == kind and text[end : span[0]] in ("'", "’"):
                open_span = (start, span[1], kind, (score + span[3]) / 2)
                continue
            yield open_span
        open_span = span
    if open_span is not None:
        yield open_span


def _read_to(encoding: Any) -> int | None:
    """Return the code point at which a sentence that is too long was truncated, or None."""
    if not encoding.overflowing:
        return None
    return int(max(end for _, end in encoding.offsets))
