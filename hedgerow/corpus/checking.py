"""Check a corpus: each row alone, then the rows against each other, across files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hedgerow.corpus.rows import CorpusRow, RowError, read_rows
from hedgerow.errors import CorpusError
from hedgerow.labels import Example

_SHOWN = 20


def check(paths: Sequence[Path]) -> list[RowError]:
    """Return every error in files that are the parts of one corpus.

    No id and no text may occur twice, and no group may occur in two files.
    """
    rows, errors = _read(paths)
    return errors + _duplicates(rows) + _split_groups(rows)


def load(paths: Sequence[Path]) -> list[Example]:
    """Return the examples of corpus files, in order.

    Two files may share a group (both can be training data), but no id or text may occur twice. Raises CorpusError that
    lists the errors.
    """
    rows, errors = _read(paths)
    errors += _duplicates(rows)
    if errors:
        rest = f"\n... and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        raise CorpusError("\n".join(str(error) for error in errors[:_SHOWN]) + rest)
    return [row.example for row in rows]


def reject_leaks(train: Iterable[Example], held_out: Iterable[Example], *, name: str) -> None:
    """Raise CorpusError if a text or group of the training data is also in the held-out data called `name`."""
    train = list(train)
    texts = {example.text for example in train}
    groups = {example.group_key for example in train}
    for example in held_out:
        if example.text in texts or example.group_key in groups:
            leak = "text" if example.text in texts else f"group {example.group_key!r}"
            raise CorpusError(
                f"{name}: row {example.id!r}: its {leak} is also in the training data; remove one of the two"
            )


def _read(paths: Sequence[Path]) -> tuple[list[CorpusRow], list[RowError]]:
    rows: list[CorpusRow] = []
    errors: list[RowError] = []
    for path in paths:
        for row in read_rows(path):
            if isinstance(row, RowError):
                errors.append(row)
            else:
                rows.append(row)
    return rows, errors


def _duplicates(rows: Iterable[CorpusRow]) -> list[RowError]:
    errors = []
    first_rows: dict[tuple[str, str], CorpusRow] = {}
    for row in rows:
        for field, value in (("id", row.example.id), ("text", row.example.text)):
            first = first_rows.setdefault((field, value), row)
            if first is not row:
                error = f"{field} {value!r} is already at {first.path}:{first.line}"
                errors.append(RowError(row.path, row.line, error, "keep one of the two"))
    return errors


def _split_groups(rows: Iterable[CorpusRow]) -> list[RowError]:
    errors = []
    first_rows: dict[str, CorpusRow] = {}
    for row in rows:
        first = first_rows.setdefault(row.example.group_key, row)
        if first.path != row.path:
            error = f"group {row.example.group_key!r} is also in {first.path}:{first.line}"
            errors.append(RowError(row.path, row.line, error, "keep a group in one file"))
    return errors
