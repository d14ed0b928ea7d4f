"""Heads that a user names by a field of the training rows: `--head FIELD`. Their labels are those that occur there."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hedgerow.corpus.checking import gather, reject
from hedgerow.corpus.rows import CorpusRow
from hedgerow.errors import InputError
from hedgerow.head import label_text, name_error, to_number
from hedgerow.labels import AXES, SPANS
from hedgerow.training.inputs import TrainingInputs, resolve_files
from hedgerow.training.recipe import read_recipe
from hedgerow.training.settings import replace_settings

MAX_LABELS = 50  # of a head; a field with more values is no label


def settings_with_heads(recipe_file: Path, inputs: TrainingInputs) -> dict[str, Any]:
    """Return the settings of `inputs`, with a head for each field that `inputs.heads` names and the recipe does not.

    Raises InputError if a field holds no labels, and what reading the recipe and the training files raises.
    """
    settings = inputs.all_settings()
    if not inputs.heads:
        return settings
    recipe = read_recipe(recipe_file, settings)
    rows, errors = gather(resolve_files(recipe, recipe_file, inputs).train)
    reject(errors)
    table = replace_settings(tomllib.loads(recipe_file.read_text("utf-8")), settings)
    heads = {head["name"]: head for head in table.get("heads", ())}
    named = {name: _head(name, rows) for name in inputs.heads if name not in heads}
    return settings | {"heads": [*heads.values(), *named.values()]}


def _head(name: str, rows: Sequence[CorpusRow]) -> dict[str, Any]:
    """Return the settings of the head of a field."""
    if name in AXES or name == SPANS:
        return {"name": name, "kind": "span" if name == SPANS else "label"}
    if (problem := name_error(name)) is not None:
        again = f"when a table is imported, hedgerow corpus import --field NAME={name} does"
        raise InputError(f"--head {name}: {name!r} {problem}; {again}")
    found = [row for row in rows if row.example.extra.get(name) is not None]
    if not found:
        fields = ", ".join(sorted({field for row in rows for field in row.example.to_dict()}))
        raise InputError(f"--head {name}: no training row has this field; they have {fields}")
    labels = set()
    for row in found:
        value = row.example.extra[name]
        if (label := label_text(value)) is None:
            kinds = "a label is a text, a number or a boolean; a head of spans is written in [[heads]] of a recipe"
            raise InputError(f"--head {name}: {row.path}:{row.line}: {value!r} is no label; {kinds}")
        labels.add(label)
    if len(labels) > MAX_LABELS:
        raise InputError(
            f"--head {name}: {len(labels):,} different values, such as {min(labels)[:40]!r}; name a field of labels, "
            f"at most {MAX_LABELS}, or group the values by a map in [[heads]] of a recipe"
        )
    return {"name": name, "kind": "label", "labels": sorted(labels, key=_order)}


def _order(label: str) -> tuple[bool, float, str]:
    """Return a sort key: numbers by their value, then words."""
    number = to_number(label)
    return number is None, number or 0.0, label
