"""Rows of a table in text: comma, semicolon or tab between cells, a header, UTF-8."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from hedgerow.corpus.rows import RowError
from hedgerow.errors import CorpusError
from hedgerow.io.text_checks import invalid_utf8

Cells = tuple[str, dict[str, str]]  # where the row begins, for messages, and its cells by column
_DELIMITERS = ",;\t"


def read_cells(path: Path, *, needed: str, hint: str = "name another file") -> Iterator[Cells | RowError]:
    """Yield the rows of a table that has a column `needed`; blank rows are left out.

    Raises CorpusError if the file cannot be read or lacks the column.
    """
    text = _text(path)
    delimiter = next((one for one in _DELIMITERS if needed in _header(text, one)), ",")
    columns = _header(text, delimiter)
    if needed not in columns:
        raise CorpusError(f"{path}:1: no column {needed!r}; it has {', '.join(columns) or 'no header'}: {hint}")
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise CorpusError(f"{path}:1: two columns are called {twice[0]!r}; rename one of the two")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for number, row in enumerate(rows):
            if number and any(row):
                yield _cells(f"{path}:{line}", columns, row)
            line = rows.line_num + 1
    except csv.Error as error:
        yield RowError(str(path), line, f"broken row ({error})", "save the table again as CSV")


def _cells(place: str, columns: list[str], row: list[str]) -> Cells | RowError:
    if len(row) > len(columns):
        hint = "put quotation marks around a cell that has the delimiter in it"
        return RowError(place, 0, f"{len(row)} cells, but the header has {len(columns)}", hint)
    return place, dict(zip(columns, row + [""] * (len(columns) - len(row)), strict=True))


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])]
    except csv.Error:
        return []


def _text(path: Path) -> str:
    csv.field_size_limit(sys.maxsize)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; name a table (CSV)") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: {invalid_utf8(error)}") from None
