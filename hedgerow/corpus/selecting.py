"""A part of a corpus: labelled files, and conditions on their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hedgerow.corpus.checking import load_rows, reject
from hedgerow.corpus.own_labels import apply_heads
from hedgerow.corpus.rows import CorpusRow
from hedgerow.errors import CorpusError, InputError
from hedgerow.head import Head
from hedgerow.labels import Example


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """Labelled files, and the values that fields of their rows must have.

    Attributes
    ----------
    files : sequence of Path
        Files of JSON Lines.
    where : mapping of str to str
        The value of each field, as in JSON, a text without quotes: {"picked": "false", "corpus": "gmb_voa"}. A
        condition concerns the files in which some row has its field. A file that does not know the field is kept whole.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow.corpus import CorpusPart
    >>> part = CorpusPart([Path("data/corpus/dev.jsonl")], {"domain": "politics"})
    >>> {row.domain for row in part.load()}
    {'politics'}
    """

    files: Sequence[Path]
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> list[str]:
        """The conditions as FIELD=VALUE."""
        return [f"{name}={value}" for name, value in self.where.items()]

    def load(self, heads: Sequence[Head] = ()) -> list[Example]:
        """Return the rows that meet all conditions, in order, with labels of the user's own as `heads` write them.

        Raises CorpusError if a file is invalid, a label is none of its head's, no row has a field that is named, or no
        row is left.
        """
        applied, errors = apply_heads(self.choose(load_rows(self.files)), heads)
        reject(errors)
        return [row.example for row in applied]

    def choose(self, rows: Sequence[CorpusRow]) -> list[CorpusRow]:
        """Return those of the `rows` of its files that meet all conditions, in order.

        Raises CorpusError if no row has a field that is named, or no row is left.
        """
        chosen = list(rows)
        for name, value in self.where.items():
            chosen = _select(chosen, name, value)
        return chosen


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


def parse_parts(files: Sequence[str], conditions: Sequence[str], *, option: str) -> dict[str, CorpusPart]:
    """Return parts by name, from files written NAME=FILE and conditions written NAME:FIELD=VALUE.

    Files of one name are one part. `option` is the command's option for files, for the message of the InputError that
    an argument written in another way raises.
    """
    paths: dict[str, list[Path]] = {}
    for argument in files:
        name, _, file = argument.partition("=")
        if not (name and file):
            raise InputError(f"{option} {argument}: not NAME=FILE, such as dev=dev.jsonl")
        paths.setdefault(name, []).append(Path(file))
    where: dict[str, list[str]] = {name: [] for name in paths}
    for argument in conditions:
        name, _, condition = argument.partition(":")
        if name not in where:
            known = ", ".join(where) or f"there is none, add {option} NAME=FILE"
            raise InputError(f"--where {argument}: not NAME:FIELD=VALUE with the name of a part ({known})")
        where[name].append(condition)
    return {name: CorpusPart(own, parse_conditions(where[name])) for name, own in paths.items()}


def _select(rows: Sequence[CorpusRow], name: str, value: str) -> list[CorpusRow]:
    fields = [row.example.to_dict() for row in rows]
    concerned = {row.path for row, own in zip(rows, fields, strict=True) if name in own}
    if not concerned:
        raise CorpusError(f"where {name}={value}: no row has the field {name!r}; it has {', '.join(fields[0])}")
    kept = [
        row
        for row, own in zip(rows, fields, strict=True)
        if row.path not in concerned or (name in own and written(own[name]) == value)
    ]
    if not kept:
        values = sorted({written(own[name]) for own in fields if name in own})
        raise CorpusError(f"where {name}={value}: no row is left; {name} is one of {', '.join(values[:10])}")
    return kept


def written(value: object) -> str:
    """Return a value as a condition writes it: as in JSON, a text without quotes."""
    return value if isinstance(value, str) else json.dumps(value)
