"""Score a network on dev while it trains: the score chooses the epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hedgerow.metrics import SpanCounts, label_scores
from hedgerow.predictors.network import bio
from hedgerow.predictors.network.runtime import padded as padded_ids
from hedgerow.training.network.data import SpanTarget, TrainingRow
from hedgerow.training.network.module import IGNORED, TrainingHead


def collate(rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
    """Return a batch: token ids padded with 0, their mask, and the targets of each head.

    Label targets are (rows,), tag targets (rows, tokens), padded with IGNORED.
    """
    longest = max(len(row["input_ids"]) for row in rows)
    batch = {name: torch.from_numpy(ids) for name, ids in padded_ids([row["input_ids"] for row in rows]).items()}
    for name in rows[0]:
        if name in ("input_ids", "length", "row"):
            continue
        values = [row[name] for row in rows]
        if isinstance(values[0], list):
            values = [[*value, *[IGNORED] * (longest - len(value))] for value in values]
        batch[name] = torch.tensor(values)
    return batch


@torch.no_grad()
def dev_scores(network: Any, rows: Sequence[TrainingRow], tokenizer: Any, *, batch_size: int = 64) -> dict[str, float]:
    """Return the macro-F1 of each label head, the strict F1 of each span head, and their weighted mean, `score`.

    A head that no row has a label for is left out.
    """
    network.eval()
    device = next(network.parameters()).device
    predictions: dict[str, list[Any]] = {head.name: [] for head in network.heads}
    for start in range(0, len(rows), batch_size):
        encodings = tokenizer.encode_batch([row.text for row in rows[start : start + batch_size]])
        inputs = collate([{"input_ids": encoding.ids} for encoding in encodings])
        logits = network(**{name: value.to(device) for name, value in inputs.items()})["logits"]
        for head in network.heads:
            probs = torch.softmax(logits[head.name].float(), -1).cpu().numpy()
            read = _read_label if head.kind == "label" else _read_spans
            predictions[head.name] += [read(head, probs[at], encoding) for at, encoding in enumerate(encodings)]
    network.train()
    measured = [head for head in network.heads if is_labelled(rows, head)]
    scores = {head.name: _score(head, rows, predictions[head.name]) for head in measured}
    mean = float(np.average(list(scores.values()), weights=[head.weight for head in measured]))
    return {**scores, "score": mean}


def is_labelled(rows: Sequence[TrainingRow], head: TrainingHead) -> bool:
    """Return whether any row has a label, or spans, for `head`."""
    return any(head.name in (row.labels if head.kind == "label" else row.spans) for row in rows)


def _read_label(head: TrainingHead, probs: NDArray[np.float32], _: Any) -> str:
    return head.labels[int(probs.argmax())]


def _read_spans(head: TrainingHead, probs: NDArray[np.float32], encoding: Any) -> set[SpanTarget]:
    types = bio.types_of(head.labels)
    spans = bio.decode(probs[: len(encoding.ids)], encoding.offsets, encoding.word_ids)
    return {(start, end, types[kind]) for start, end, kind, _ in spans}


def _score(head: TrainingHead, rows: Sequence[TrainingRow], predictions: Sequence[Any]) -> float:
    return _macro_f1(head, rows, predictions) if head.kind == "label" else _span_f1(head, rows, predictions)


def _macro_f1(head: TrainingHead, rows: Sequence[TrainingRow], predictions: Sequence[str]) -> float:
    """Return macro-F1 over the rows that have a label for `head`."""
    pairs = [
        (row.labels[head.name], label) for row, label in zip(rows, predictions, strict=True) if head.name in row.labels
    ]
    gold, predicted = zip(*pairs, strict=True)
    scores = label_scores(gold, predicted, list(head.labels), [str(at) for at in range(len(gold))])
    return float(scores["macro_f1"]["value"])


def _span_f1(head: TrainingHead, rows: Sequence[TrainingRow], predictions: Sequence[set[SpanTarget]]) -> float:
    """Return the F1 of spans with the right offsets and type, over the rows that have spans for `head`, or none."""
    total = SpanCounts()
    for row, predicted in zip(rows, predictions, strict=True):
        if head.name in row.spans:
            gold = set(row.spans[head.name])
            total += SpanCounts(len(gold & predicted), len(predicted - gold), len(gold - predicted))
    return total.to_dict()["f1"]
