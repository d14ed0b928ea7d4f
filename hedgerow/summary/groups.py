"""Group labelled rows by document, source, the month of a date, or any column of the input."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hedgerow.errors import InputError
from hedgerow.summary.rows import LabelledRow

ALL = "all"  # the value of every row if no grouping is asked for
NONE = "(none)"  # the value of rows without the column
DATE = "date"  # the column that `month` reads, unless another is named
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Group:
    """`by` as the user wrote it: None, `doc`, `source`, `month`, `month:COLUMN`, `COLUMN` or `row.COLUMN`."""

    by: str | None = None

    def __post_init__(self) -> None:
        """Raise InputError if `by` has no name of a column."""
        if self.column == "" or self.by == "":
            raise InputError(f"--by {self.by!r} names no column; give doc, source, month, month:COLUMN or a column")

    @property
    def column(self) -> str | None:
        """The column of the row that is read, None if none is."""
        if self.by in (None, "doc", "source"):
            return None
        assert self.by is not None
        name = self.by.removeprefix("month:") if self.is_month else self.by
        return DATE if self.by == "month" else name.removeprefix("row.")

    @property
    def is_month(self) -> bool:
        """Whether rows are grouped by the month of a date."""
        return self.by is not None and (self.by == "month" or self.by.startswith("month:"))

    def value(self, row: LabelledRow) -> str:
        """Return the value that `row` is counted under; raise InputError if its date has no year and month."""
        if self.by is None:
            return ALL
        if self.by == "doc":
            return row.doc
        if self.by == "source":
            return next((span.text.casefold() for span in row.spans if span.type.is_source), NONE)
        value = row.row.get(self.column or "")
        if value is None or value == "":
            return NONE
        return self._month(row, value) if self.is_month else str(value)

    def _month(self, row: LabelledRow, value: Any) -> str:
        month = _MONTH.match(str(value))
        if month is None:
            raise InputError(f"{row.doc}: {self.column} {value!r} has no month; dates begin as 2026-03 or 2026-03-31")
        return month[0]
