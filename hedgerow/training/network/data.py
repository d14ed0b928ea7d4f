"""The training data of a network: rows with a target for each head, token ids, and teachers' soft targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hedgerow.errors import CorpusError
from hedgerow.labels import SPANS, SpanType
from hedgerow.predictors.network import bio
from hedgerow.training.heads import outputs, to_heads
from hedgerow.training.network.module import IGNORED, TrainingHead
from hedgerow.training.recipe import HeadRecipe

if TYPE_CHECKING:
    from datasets import Dataset

    from hedgerow.training.network.soft_targets import SoftTargets

SpanTarget = tuple[int, int, str]  # start and end as code points, end exclusive; type


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A sentence and its gold targets: a label by label head, spans by span head. A head may have none."""

    text: str
    labels: Mapping[str, str]
    spans: Mapping[str, tuple[SpanTarget, ...]]


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The data that a network is trained on.

    `dev` chooses the epoch. `class_weights` has one number per label of a label head, and no entry for a head without
    weights. `soft_targets` are those of teachers, for `rows` in order.
    """

    heads: tuple[TrainingHead, ...]
    rows: Sequence[TrainingRow]
    dev: Sequence[TrainingRow]
    class_weights: Mapping[str, Sequence[float]]
    soft_targets: SoftTargets | None = None

    @property
    def texts(self) -> list[str]:
        """The sentences of `rows`."""
        return [row.text for row in self.rows]


def build_heads(recipes: Sequence[HeadRecipe]) -> tuple[TrainingHead, ...]:
    """Return the recipe's heads. The labels of a span head become BIO tags."""
    return tuple(
        TrainingHead(head.name, head.kind, tuple(outputs(head)), recipe.weight, head.is_ordered)
        for head, recipe in zip(to_heads(recipes), recipes, strict=True)
    )


def to_training_row(fields: Mapping[str, Any], heads: Iterable[TrainingHead]) -> TrainingRow:
    """Return the targets that the `fields` of a corpus row have for `heads`; `fields` has the "text" too.

    Raises CorpusError if a label is not one of its head's.
    """
    labels = {}
    spans = {}
    for head in heads:
        value = fields.get(head.name)
        if value is None:
            continue
        known = bio.types_of(head.labels) if head.kind == "span" else head.labels
        try:
            if head.kind == "span":
                spans[head.name] = tuple(
                    _span_target(span, known) for span in value if not _is_left_out(span, head, known)
                )
            else:
                labels[head.name] = known[known.index(value)]
        except (KeyError, TypeError, ValueError):
            row = fields.get("id", fields["text"])
            expected = f"labels are {', '.join(known)}"
            if head.kind == "span":
                expected = f"a list of spans, each with start, end and a type of {', '.join(known)}, is expected"
            raise CorpusError(f"row {row!r}: {head.name} {value!r} is wrong; {expected}") from None
    return TrainingRow(fields["text"], labels, spans)


def _is_left_out(span: Mapping[str, Any], head: TrainingHead, types: Sequence[str]) -> bool:
    """Return whether a span is of a type of the codebook that the recipe's head does not learn."""
    return head.name == SPANS and span["type"] not in types and span["type"] in list(SpanType)


def _span_target(span: Mapping[str, Any], types: Sequence[str]) -> SpanTarget:
    return int(span["start"]), int(span["end"]), types[types.index(span["type"])]


def class_weights(rows: Sequence[TrainingRow], heads: Sequence[TrainingHead], power: float) -> dict[str, list[float]]:
    """Return for each label head (mean count / count) ** `power` by label: power 0 is 1, power 1 balances them.

    A label without rows has 1.
    """
    weights = {}
    for head in heads:
        if head.kind == "label":
            counts = _label_counts(rows, head)
            mean = counts.total() / len(head.labels)
            weights[head.name] = [(mean / counts[label]) ** power if counts[label] else 1.0 for label in head.labels]
    return weights


def _label_counts(rows: Sequence[TrainingRow], head: TrainingHead) -> Counter[str]:
    return Counter(row.labels[head.name] for row in rows if head.name in row.labels)


def to_features(data: TrainingData, encodings: Sequence[Any]) -> Dataset:
    """Return columns `input_ids`, `length`, `row`, and one per head: the number of a label, or a tag per token.

    `encodings` are the tokens of `data.rows`.
    """
    from datasets import Dataset

    columns: dict[str, list[Any]] = {
        "input_ids": [encoding.ids for encoding in encodings],
        "length": [len(encoding.ids) for encoding in encodings],
        "row": list(range(len(data.rows))),
    }
    for head in data.heads:
        target = _label_target if head.kind == "label" else _tag_targets
        columns[head.name] = [target(row, head, encoding) for row, encoding in zip(data.rows, encodings, strict=True)]
    return Dataset.from_dict(columns)


def _label_target(row: TrainingRow, head: TrainingHead, _: Any) -> int:
    return head.labels.index(row.labels[head.name]) if head.name in row.labels else IGNORED


def _tag_targets(row: TrainingRow, head: TrainingHead, encoding: Any) -> list[int]:
    spans = row.spans.get(head.name)
    if spans is None:
        return [IGNORED] * len(encoding.ids)
    types = {kind: at for at, kind in enumerate(bio.types_of(head.labels))}
    return bio.encode([(start, end, types[kind]) for start, end, kind in spans], encoding.offsets)
