"""Scores of a network in training: what chooses the epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hedgerow.metrics import SpanCounts, label_scores
from hedgerow.predictors.network import bio
from hedgerow.predictors.network.runtime import padded as padded_ids
from hedgerow.training.network.module import IGNORED, Head

Row = Mapping[str, Any]


def collate(rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
    """A batch: ids padded with 0, the mask, label targets (rows,), tag targets (rows, tokens) padded with IGNORED."""
    longest = max(len(row["input_ids"]) for row in rows)
    batch = {name: torch.from_numpy(ids) for name, ids in padded_ids([row["input_ids"] for row in rows]).items()}
    for name in rows[0]:
        values = [row[name] for row in rows]
        if name not in ("input_ids", "length", "row"):
            tagged = isinstance(values[0], list)
            padded = [[*value, *[IGNORED] * (longest - len(value))] for value in values] if tagged else values
            batch[name] = torch.tensor(padded)
    return batch


@torch.no_grad()
def dev_scores(network: Any, rows: Sequence[Row], tokenizer: Any, *, batch: int = 64) -> dict[str, float]:
    """Macro-F1 of every label head, strict F1 of every span head, and `score`, their mean by the heads' weights."""
    network.eval()
    device = next(network.parameters()).device
    found: dict[str, list[Any]] = {head.name: [] for head in network.heads}
    for start in range(0, len(rows), batch):
        encodings = tokenizer.encode_batch([row["text"] for row in rows[start : start + batch]])
        inputs = collate([{"input_ids": encoding.ids} for encoding in encodings])
        logits = network(**{name: value.to(device) for name, value in inputs.items()})["logits"]
        for head in network.heads:
            scores = torch.softmax(logits[head.name].float(), -1).cpu().numpy()
            for at, encoding in enumerate(encodings):
                found[head.name].append(_read(head, scores[at], encoding))
    network.train()
    scores_by_head = {head.name: _score(head, rows, found[head.name]) for head in network.heads}
    return {
        **scores_by_head,
        "score": float(np.average(list(scores_by_head.values()), weights=[head.weight for head in network.heads])),
    }


def _read(head: Head, scores: Any, encoding: Any) -> Any:
    if head.kind == "label":
        return head.labels[int(scores.argmax())]
    spans = bio.decode(scores[: len(encoding.ids)], encoding.offsets, encoding.word_ids)
    return {(start, end, head.labels[1 + 2 * kind].removeprefix("B-")) for start, end, kind, _ in spans}


def _score(head: Head, rows: Sequence[Row], found: Sequence[Any]) -> float:
    labelled = [
        (row[head.name], value) for row, value in zip(rows, found, strict=True) if row.get(head.name) is not None
    ]
    if head.kind == "label":
        gold, predicted = [label for label, _ in labelled], [label for _, label in labelled]
        if not gold:
            return 0.0
        scores = label_scores(gold, predicted, list(head.labels), [str(at) for at in range(len(gold))])
        return float(scores["macro_f1"]["value"])
    total = SpanCounts()
    for spans, there in labelled:
        gold_spans = {(span["start"], span["end"], span["type"]) for span in spans}
        total += SpanCounts(len(gold_spans & there), len(there - gold_spans), len(gold_spans - there))
    return total.to_dict()["f1"]
