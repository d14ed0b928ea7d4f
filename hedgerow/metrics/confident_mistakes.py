"""Mistakes to read: the wrong labels with the highest scores, by pair of labels, with found and missed spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hedgerow.labels import SPANS, Example, Span
from hedgerow.metrics.labelled import gold_label, labelled_pairs, predicted_label
from hedgerow.metrics.spans import span_keys
from hedgerow.results import Prediction

PER_PAIR = 3  # mistakes shown of each pair of gold and predicted label


def mistakes(
    gold: Sequence[Example], predicted: Sequence[Prediction], axis: str, *, with_text: bool, per_pair: int = PER_PAIR
) -> list[dict[str, Any]]:
    """Return the `per_pair` most confident mistakes of each pair of labels, the most frequent pair first.

    `with_text` adds the sentence. Without it a row holds the offsets of its spans and no word of the text. A sentence
    that is not labelled with spans has no `spans`.
    """
    by_pair: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for example, prediction in zip(*labelled_pairs(gold, predicted, axis), strict=True):
        right, wrong = gold_label(example, axis), predicted_label(prediction, axis)
        if wrong != right:
            score = round(float(prediction.scores(axis)[wrong]), 3)
            row: dict[str, Any] = {"id": example.id, "gold": right, "predicted": wrong, "score": score}
            if example.spans is not None:
                row[SPANS] = _compare_spans(example.spans, prediction.spans)
            by_pair.setdefault((right, wrong), []).append(row | ({"text": example.text} if with_text else {}))
    shown: list[dict[str, Any]] = []
    for _, rows in sorted(by_pair.items(), key=lambda item: (-len(item[1]), item[0])):
        shown += sorted(rows, key=lambda row: (-row["score"], row["id"]))[:per_pair]
    return shown


def _compare_spans(gold: Sequence[Span], predicted: Sequence[Span]) -> dict[str, list[dict[str, Any]]]:
    """Return the spans that were found (same offsets and type), missed, and predicted wrongly."""
    gold_keys = span_keys(gold)
    predicted_keys = span_keys(predicted)
    by_outcome = {
        "found": gold_keys & predicted_keys,
        "missed": gold_keys - predicted_keys,
        "wrong": predicted_keys - gold_keys,
    }
    return {
        outcome: [{"start": start, "end": end, "type": kind} for start, end, kind in sorted(keys)]
        for outcome, keys in by_outcome.items()
    }
