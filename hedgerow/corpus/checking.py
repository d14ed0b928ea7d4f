"""Checking a corpus: every row for itself, then the rows against each other, across files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hedgerow.corpus.rows import Fault, Located, read_rows
from hedgerow.errors import CorpusError
from hedgerow.labels import Example

_SHOWN = 20


def check(paths: Sequence[Path]) -> list[Fault]:
    """All faults of corpus files that are parts of one corpus: no id, text or group may stand in two of them."""
    faults, rows = _read(paths)
    return faults + _repeated(rows) + _cut_groups(rows)


def load(paths: Sequence[Path]) -> list[Example]:
    """The examples of corpus files, in order. Raises CorpusError that lists what is wrong in them.

    Files may share groups here (two files can both be training data); ids and texts must be unique.
    """
    faults, rows = _read(paths)
    faults += _repeated(rows)
    if faults:
        rest = f"\n... and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise CorpusError("\n".join(str(fault) for fault in faults[:_SHOWN]) + rest)
    return [row.example for row in rows]


def reject_leaks(train: Iterable[Example], held_out: Iterable[Example], *, name: str) -> None:
    """Raise CorpusError where a text or group of the training data stands in the held-out data as well."""
    texts = {example.text for example in train}
    groups = {example.group_key for example in train}
    for example in held_out:
        if example.text in texts or example.group_key in groups:
            what = "text" if example.text in texts else f"group {example.group_key!r}"
            raise CorpusError(f"{name}: row {example.id!r}: its {what} stands in the training data too; leave one out")


def _read(paths: Sequence[Path]) -> tuple[list[Fault], list[Located]]:
    faults: list[Fault] = []
    rows: list[Located] = []
    for path in paths:
        for found in read_rows(path):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                rows.append(found)
    return faults, rows


def _repeated(rows: Iterable[Located]) -> list[Fault]:
    faults = []
    seen: dict[tuple[str, str], Located] = {}
    for row in rows:
        for field, value in (("id", row.example.id), ("text", row.example.text)):
            first = seen.setdefault((field, value), row)
            if first is not row:
                what = f"{field} {value!r} stands at {first.path}:{first.line} already"
                faults.append(Fault(row.path, row.line, what, "keep one of the two"))
    return faults


def _cut_groups(rows: Iterable[Located]) -> list[Fault]:
    faults = []
    homes: dict[str, Located] = {}
    for row in rows:
        first = homes.setdefault(row.example.group_key, row)
        if first.path != row.path:
            what = f"group {row.example.group_key!r} stands in {first.path}:{first.line} too"
            faults.append(Fault(row.path, row.line, what, "keep one group in one file"))
    return faults
