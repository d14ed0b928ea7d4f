"""Labelled files to what a network learns from: token ids, and a target for every head that a row has a field for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hedgerow import corpus
from hedgerow.corpus.external import read_rows
from hedgerow.errors import CorpusError, RecipeError
from hedgerow.labels import AXES, Example, SpanType
from hedgerow.predictors.network import bio
from hedgerow.training.network.module import IGNORED, Head
from hedgerow.training.recipe import NetworkRecipe

if TYPE_CHECKING:
    from datasets import Dataset

Row = Mapping[str, Any]
_CODEBOOK = {**AXES, "spans": SpanType}


def heads_of(recipe: NetworkRecipe) -> tuple[Head, ...]:
    """The recipe's heads with their labels; those of a span head become tags."""
    heads = []
    for head in recipe.heads:
        labels = head.labels or tuple(str(label) for label in _CODEBOOK.get(head.name, ()))
        if len(labels) < (2 if head.kind == "label" else 1):
            raise RecipeError(f"setting 'heads.{head.name}.labels' = {list(labels)}: name the labels of this head")
        heads.append(
            Head(head.name, head.kind, labels if head.kind == "label" else tuple(bio.tag_names(labels)), head.weight)
        )
    names = [head.name for head in heads]
    if len(set(names)) < len(names):
        raise RecipeError("setting 'heads': two heads have one name; give each its own")
    if missing := [axis for axis in AXES if axis not in names]:
        raise RecipeError(f"setting 'heads': no head {missing[0]!r}; a model has both axes, others come beside them")
    return tuple(heads)


def training_rows(recipe: NetworkRecipe, folder: Path, files: Sequence[Path], held_out: Iterable[Example]) -> list[Row]:
    """All rows to train on: the codebook's corpora (of which `share` is taken), and the recipe's auxiliary ones.

    Of these, what is measured on (`held_out`) is left out.
    """
    examples = corpus.share(corpus.load(files), recipe.train_fraction, seed=recipe.seed)
    rows: list[Row] = [example.to_dict() for example in examples]
    measured = {example.text for example in held_out}
    for auxiliary in recipe.corpora.auxiliary:
        found = read_rows((folder / auxiliary.file).resolve(), auxiliary.reader)
        rows += [row for row in found if row["text"] not in measured]
    return rows


def reject_missing_labels(rows: Sequence[Row], heads: Sequence[Head], names: str) -> None:
    """Raise CorpusError where a label head has a label without an example, or rows a label that is not the head's."""
    for head in heads:
        if head.kind == "span":
            if not any(row.get(head.name) for row in rows):
                raise CorpusError(f"{names}: no row has {head.name!r}; a head cannot learn it, add some")
            continue
        counts = Counter(row[head.name] for row in rows if row.get(head.name) is not None)
        strange = set(counts) - set(head.labels)
        if strange:
            raise CorpusError(f"{names}: {head.name} {sorted(strange)[0]!r} is not one of {', '.join(head.labels)}")
        for label in head.labels:
            if not counts[label]:
                raise CorpusError(f"{names}: no example of {head.name} {label!r}; a model cannot learn it, add some")


def class_weights(rows: Sequence[Row], heads: Sequence[Head], power: float) -> dict[str, list[float]]:
    """For each label head, (mean count / count) to the `power` by label: 0 is none, 1 balances the labels."""
    weights = {}
    for head in heads:
        if head.kind == "label":
            counts = Counter(row[head.name] for row in rows if row.get(head.name) is not None)
            mean = counts.total() / len(head.labels)
            weights[head.name] = [(mean / counts[label]) ** power for label in head.labels]
    return weights


def to_features(rows: Sequence[Row], heads: Sequence[Head], encodings: Sequence[Any]) -> Dataset:
    """Columns input_ids, length, row, and a target for each head: a label's number, or a tag for each token."""
    from datasets import Dataset

    columns: dict[str, list[Any]] = {
        "input_ids": [encoding.ids for encoding in encodings],
        "length": [len(encoding.ids) for encoding in encodings],
        "row": list(range(len(rows))),
    }
    for head in heads:
        columns[head.name] = [_target(row, head, encoding) for row, encoding in zip(rows, encodings, strict=True)]
    return Dataset.from_dict(columns)


def _target(row: Row, head: Head, encoding: Any) -> int | list[int]:
    value = row.get(head.name)
    if head.kind == "label":
        return IGNORED if value is None else head.labels.index(value)
    if value is None:
        return [IGNORED] * len(encoding.ids)
    kinds = {name.removeprefix("B-"): (at - 1) // 2 for at, name in enumerate(head.labels) if name.startswith("B-")}
    spans = [(span["start"], span["end"], kinds[span["type"]]) for span in value]
    return bio.encode(spans, encoding.offsets)
