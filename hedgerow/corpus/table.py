"""A corpus as a Hugging Face `datasets.Dataset`: what training reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hedgerow.labels import AXES, Example, SpanType

if TYPE_CHECKING:
    from datasets import Dataset


def to_dataset(examples: Sequence[Example]) -> Dataset:
    """Columns id, text, certainty and stance (ClassLabel, in the codebook's order), spans (a list of structs)."""
    from datasets import ClassLabel, Dataset, Features, List, Value

    labels = {axis: ClassLabel(names=[str(label) for label in enum]) for axis, enum in AXES.items()}
    types = ClassLabel(names=[str(kind) for kind in SpanType])
    span = {"start": Value("int32"), "end": Value("int32"), "type": types, "text": Value("string")}
    features = Features({"id": Value("string"), "text": Value("string"), **labels, "spans": List(span)})
    rows = [{name: example.to_dict()[name] for name in features} for example in examples]
    return Dataset.from_list(rows, features=features)
