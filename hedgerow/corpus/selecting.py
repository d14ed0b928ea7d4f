"""A part of a corpus: labelled files, and conditions on their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hedgerow.corpus.checking import load_rows
from hedgerow.corpus.rows import CorpusRow
from hedgerow.errors import CorpusError, InputError
from hedgerow.labels import Example


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """Labelled files, and the values that fields of their rows must have.

    A value is written as in JSON, a text without quotes: {"picked": "false", "corpus": "gmb_voa"}. A condition concerns
    the files in which some row has its field. A file that does not know the field is kept whole.
    """

    files: Sequence[Path]
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> list[str]:
        """The conditions as FIELD=VALUE."""
        return [f"{name}={value}" for name, value in self.where.items()]

    def load(self) -> list[Example]:
        """Return the rows that meet all conditions, in order.

        Raises CorpusError if a file is invalid, no row has a field that is named, or no row is left.
        """
        rows = load_rows(self.files)
        for name, value in self.where.items():
            rows = _select(rows, name, value)
        return [row.example for row in rows]


def parse_conditions(arguments: Sequence[str]) -> dict[str, str]:
    """Return conditions, written FIELD=VALUE, by field; raise InputError if one is written in another way."""
    conditions: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not (name and equals):
            raise InputError(f"--where {argument}: not FIELD=VALUE, such as picked=false")
        if name in conditions:
            raise InputError(f"--where {argument}: {name} was given before; give each field one value")
        conditions[name] = value
    return conditions


def _select(rows: Sequence[CorpusRow], name: str, value: str) -> list[CorpusRow]:
    fields = [row.example.to_dict() for row in rows]
    concerned = {row.path for row, own in zip(rows, fields, strict=True) if name in own}
    if not concerned:
        raise CorpusError(f"where {name}={value}: no row has the field {name!r}; it has {', '.join(fields[0])}")
    kept = [
        row
        for row, own in zip(rows, fields, strict=True)
        if row.path not in concerned or (name in own and _written(own[name]) == value)
    ]
    if not kept:
        values = sorted({_written(own[name]) for own in fields if name in own})
        raise CorpusError(f"where {name}={value}: no row is left; {name} is one of {', '.join(values[:10])}")
    return kept


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
