"""Mistakes to look at: the wrong labels given with the highest scores, by pair, with the spans found and missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hedgerow.labels import Example, Prediction, Span

PER_PAIR = 3  # mistakes shown of each pair of gold and predicted label


def mistakes(
    gold: Sequence[Example], predicted: Sequence[Prediction], axis: str, *, with_text: bool, per_pair: int = PER_PAIR
) -> list[dict[str, Any]]:
    """The `per_pair` most confident mistakes of each pair of labels, the most frequent pair first.

    `with_text` writes the sentence too; without it a row says where its spans stand, and no word of the text.
    """
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for example, prediction in zip(gold, predicted, strict=True):
        right, said = getattr(example, axis), getattr(prediction, axis)
        if said != right:
            score = round(float(getattr(prediction, f"{axis}_scores")[said]), 3)
            row: dict[str, Any] = {"id": example.id, "gold": str(right), "predicted": str(said), "score": score}
            row["spans"] = _compared(example.spans, prediction.spans)
            pairs.setdefault((str(right), str(said)), []).append(row | ({"text": example.text} if with_text else {}))
    shown: list[dict[str, Any]] = []
    for _, rows in sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0])):
        shown += sorted(rows, key=lambda row: (-row["score"], row["id"]))[:per_pair]
    return shown


def _compared(gold: Sequence[Span], predicted: Sequence[Span]) -> dict[str, list[dict[str, Any]]]:
    """Spans found (same offsets and type), missed, and marked where there are none."""
    there = {(span.start, span.end, str(span.type)) for span in gold}
    found = {(span.start, span.end, str(span.type)) for span in predicted}
    return {
        name: [{"start": start, "end": end, "type": kind} for start, end, kind in sorted(spans)]
        for name, spans in (("found", there & found), ("missed", there - found), ("wrong", found - there))
    }
