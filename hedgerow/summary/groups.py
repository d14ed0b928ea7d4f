"""Group labelled rows by document, source, a period of a date, any column of the input, or several of these."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hedgerow.errors import InputError
from hedgerow.summary.dates import Period
from hedgerow.summary.phrases import PRONOUN, first_source
from hedgerow.summary.printable import printable
from hedgerow.summary.rows import LabelledRow

ALL = "all"  # the value of every row if no grouping is asked for
NONE = "(none)"  # the value of rows without the column
NO_DATE = "(no readable date)"  # of rows without a date that can be read
DATE = "date"  # the column that `month` reads, unless another is named
MAX_NAME = 200  # characters of a value; longer ones are cut, for a column of texts is no grouping
Value = tuple[str, ...]  # a value for each key
_PERIODS = {str(period): period for period in Period}


@dataclass(frozen=True)
class Key:
    """One of the things that rows are grouped by: `doc`, `source`, `month`, `month:COLUMN`, `COLUMN`, `row.COLUMN`.

    `year`, `quarter`, `week` and `day` work as `month` does. A column is one of the input, else a field of the labelled
    row, such as `speaker`; `row.COLUMN` is one of the input.
    """

    by: str

    def __post_init__(self) -> None:
        """Raise InputError if `by` has no name of a column."""
        if self.column == "":
            raise InputError(
                f"--by {self.by!r} names no column; give doc, source, month (or year, quarter, week, day), "
                "month:COLUMN or a column"
            )

    @cached_property
    def period(self) -> Period | None:
        """The period of a date that rows are grouped by, None if they are not."""
        return _PERIODS.get(self.by.partition(":")[0])

    @cached_property
    def column(self) -> str | None:
        """The column of the row that is read, None if none is."""
        if self.by in {"doc", "source"}:
            return None
        name = self.by
        if self.period is not None:
            name = self.by.partition(":")[2] if ":" in self.by else DATE
        return name.removeprefix("row.")

    @cached_property
    def is_of_the_input(self) -> bool:
        """Whether the column can only be one of the input."""
        return self.by.rpartition(":")[2].startswith("row.")

    def cell(self, row: LabelledRow) -> Any:
        """Return what the row has in the column; None if it has no such column, or nothing in it."""
        assert self.column is not None
        value = row.row.get(self.column)
        if value is None and not self.is_of_the_input:
            value = row.field(self.column)
        return None if value == "" else value


@dataclass(frozen=True)
class Group:
    """The keys by which rows are grouped.

    Parameters
    ----------
    by : str, optional
        As in `hedgerow summary --by`: `doc`, `source`, `month` (or `year`, `quarter`, `week`, `day`), `month:COLUMN`, a
        column, or several with commas between them (quoted as in CSV). None is one group of all.

    Raises
    ------
    InputError
        If a key names no column, or one is given twice.

    Examples
    --------
    >>> from hedgerow.summary import Group
    >>> Group("month,outlet").columns
    ('date', 'outlet')
    """

    by: str | None = None

    def __post_init__(self) -> None:
        """Raise InputError if a key names no column, or one is given twice."""
        names = [key.by for key in self.keys]
        if self.by is not None and not names:
            raise InputError(f"--by {self.by!r} names no column")
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise InputError(f"--by {self.by}: {twice!r} is given twice")

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The keys, none if no grouping is asked for."""
        if self.by is None:
            return ()
        names = next(csv.reader([self.by], skipinitialspace=True), [])
        return tuple(Key(name.strip()) for name in names)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, beside the documents and the spans."""
        return tuple(key.column for key in self.keys if key.column is not None)

    @property
    def is_by_document(self) -> bool:
        """Whether every group is one document, so that its sentences are the sample."""
        return any(key.by == "doc" for key in self.keys)

    @cached_property
    def time(self) -> int | None:
        """The position of the first key that is a period, None if there is none."""
        return next((at for at, key in enumerate(self.keys) if key.period is not None), None)

    def show(self, value: Value) -> str:
        """Return a value as tables show it: `2024-05, Herald`."""
        return ", ".join(value) if value else ALL


def read_key(key: Key, row: LabelledRow) -> tuple[str, Any]:
    """Return the value that `row` has for `key`, and the cell that was read (the value itself if none was)."""
    if key.by == "doc":
        return printable(row.doc), row.doc
    if key.by == "source":
        source = first_source(row.spans)
        return NONE if source is None else source or PRONOUN, source
    cell = key.cell(row)
    if key.period is not None:
        return key.period.of(cell) or NO_DATE, cell
    return NONE if cell is None else printable(str(cell))[:MAX_NAME], cell
