"""Check a corpus: each row alone, then the rows against each other, across files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hedgerow.corpus.duplicates import plain_text
from hedgerow.corpus.rows import CorpusRow, RowError, read_rows
from hedgerow.errors import CorpusError
from hedgerow.io.plural import count
from hedgerow.labels import Example

_SHOWN = 20


def check(paths: Sequence[Path]) -> list[RowError]:
    """Return every error in files that are the parts of one corpus.

    No id and no text may occur twice, and no group may occur in two files.

    Parameters
    ----------
    paths : sequence of Path
        Files of JSON Lines.

    Returns
    -------
    list of RowError
        With file, line, error and hint; empty if there are none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow import corpus
    >>> corpus.check([Path("data/corpus/dev.jsonl"), Path("data/corpus/test.jsonl")])
    []
    """
    rows, errors = _read(paths)
    return errors + _duplicates(rows) + _split_groups(rows)


def load(paths: Sequence[Path]) -> list[Example]:
    """Return the examples of corpus files, in order.

    Parameters
    ----------
    paths : sequence of Path
        Files of JSON Lines. Two of them may share a group, but no id and no text may occur twice.

    Returns
    -------
    list of Example
        One per row.

    Raises
    ------
    CorpusError
        If a row has an error; the message lists them with file and line.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow import corpus
    >>> examples = corpus.load([Path("data/corpus/dev.jsonl")])
    >>> len(examples)
    410
    """
    return [row.example for row in load_rows(paths)]


def load_rows(paths: Sequence[Path]) -> list[CorpusRow]:
    """Return the rows of corpus files, in order, with their places.

    Two files may share a group (both can be training data), but no id or text may occur twice. Raises CorpusError that
    lists the errors.
    """
    rows, errors = gather(paths)
    reject(errors)
    return rows


def gather(paths: Sequence[Path]) -> tuple[list[CorpusRow], list[RowError]]:
    """Return the rows of corpus files that can be read, and the errors that `load_rows` raises."""
    rows, errors = _read(paths)
    return rows, errors + _duplicates(rows)


def reject(errors: Sequence[RowError]) -> None:
    """Raise CorpusError that lists the `errors`, the first of them in full, if there are any.

    An error that many rows of a file have is listed once, at the first of them.
    """
    if not errors:
        return
    lines: dict[tuple[str, str, str], list[int]] = {}
    for error in errors:
        lines.setdefault((error.path, error.error, error.hint), []).append(error.line)
    listed = []
    for (path, message, hint), numbers in lines.items():
        others = f", and in {count(len(set(numbers)) - 1, 'other row')}" if len(set(numbers)) > 1 else ""
        listed.append(str(RowError(path, numbers[0], message + others, hint)))
    rest = f"\n... and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    raise CorpusError("\n".join(listed[:_SHOWN]) + rest)


def reject_leaks(train: Iterable[Example], held_out: Iterable[Example], *, name: str) -> None:
    """Do nothing if training data and held-out data share no text and no group.

    Texts are compared without case, quotes, dashes, white space and Unicode form.

    Parameters
    ----------
    train, held_out : iterable of Example
        The rows.
    name : str
        What the message calls the held-out data.

    Raises
    ------
    CorpusError
        If a text or group of the training data is also in the held-out data; it names both rows.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow import corpus
    >>> train, test = (corpus.load([Path(f"data/corpus/{part}.jsonl")]) for part in ("train", "test"))
    >>> corpus.reject_leaks(train, test, name="test")
    """
    for leak in find_leaks(train, held_out):
        raise CorpusError(f"{name}: {leak}; remove one of the two")


@dataclass(frozen=True, slots=True)
class Leak:
    """A held-out row, the training row that shares something with it, and what they share: a text or a group."""

    held_out: Example
    train: Example
    shared: str

    def __str__(self) -> str:
        """Return a sentence that names both rows."""
        rows = f"row {self.held_out.id!r}: its {self.shared} is also in the training data"
        return f"{rows}, row {self.train.id!r}"


def find_leaks(train: Iterable[Example], held_out: Iterable[Example]) -> Iterator[Leak]:
    """Yield each held-out row whose text or group is in the training data, with the row there.

    Texts are compared as `plain_text`: case, quotes, dashes, white space and Unicode form do not count. A row without a
    group or document shares none, so two corpora may use the same ids.
    """
    texts: dict[str, Example] = {}
    groups: dict[str | None, Example] = {}
    for example in train:
        texts.setdefault(plain_text(example.text), example)
        groups.setdefault(example.group_or_doc, example)
    groups.pop(None, None)
    for example in held_out:
        group = example.group_or_doc
        for shared, row in (("text", texts.get(plain_text(example.text))), (f"group {group!r}", groups.get(group))):
            if row is not None:
                yield Leak(example, row, shared)
                break


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
        group = row.example.group_or_doc
        if group is None:
            continue
        first = first_rows.setdefault(group, row)
        if first.path != row.path:
            error = f"group {group!r} is also in {first.path}:{first.line}"
            errors.append(RowError(row.path, row.line, error, "keep a group in one file"))
    return errors
