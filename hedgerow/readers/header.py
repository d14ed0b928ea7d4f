"""The header of a table: find the delimiter, skip a `sep=` line and the title rows of an export, name the columns."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from hedgerow.readers.encoding import invalid
from hedgerow.readers.layout import WHOLE, Encoded, Fields, Format, Slice, Source
from hedgerow.readers.paths import alike, listed
from hedgerow.readers.table_rows import Dialect, TableRow, read_rows

_SAMPLE = 1 << 18  # bytes by which the delimiter is found
_ROWS = 20  # rows of the sample; the header is among them
_DELIMITERS = (",", ";", "\t", "|")  # in the order in which they are preferred
_SEP = re.compile(rb"\A(?:\xef\xbb\xbf)?\"?sep=(.)\"?[ \t]*\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """What the start of a table says: its dialect, its columns, and the part of the file that holds its rows.

    `unnamed` are the positions of columns that the header does not name. `titles` are the rows above the header.
    `error` says why no row can be read.
    """

    dialect: Dialect
    header: TableRow
    columns: tuple[str, ...]
    unnamed: tuple[int, ...]
    titles: tuple[TableRow, ...]
    error: str | None = None

    def rows_slice(self, slice_: Slice) -> Slice:
        """Return the part of a slice after the header."""
        if slice_.start:
            return slice_
        first = self.header.lines[-1].empty_next()
        return Slice(first.offset, slice_.end, first.number)


def read_table(source: Source) -> Table | None:
    """Return what the start of a table says, or None if it has no row at all."""
    file, layout = source.file, source.layout
    file.seek(0)
    sample = file.read(_SAMPLE)
    start, dialects = _dialects(sample, source)
    candidates = [_Candidate(dialect, tuple(_sample_rows(sample, start, dialect))) for dialect in dialects]
    best = min(candidates, key=lambda candidate: candidate.rank(layout.fields.text))
    dialect, position = best.dialect, best.header_position(layout.fields.text) or 0
    rows = tuple(islice(_rows(file, start, dialect), position + 1))
    if not rows:
        return None
    if any(cell.startswith(" ") for cell in rows[-1].cells):  # as in: id, text, "date"
        dialect = replace(dialect, skips_space=True)
        rows = tuple(islice(_rows(file, start, dialect), position + 1))
    *titles, header = rows
    columns = _columns(header.cells)
    unnamed = tuple(at for at in range(len(columns)) if not header.cells[at].strip())
    error = header.error or _invalid(header, source.encoded) or _header_error(columns, layout.fields)
    return Table(dialect, header, columns, unnamed, tuple(titles), error)


def _dialects(sample: bytes, source: Source) -> tuple[int, list[Dialect]]:
    """Return where the table starts, after a `sep=` line, and the dialects that it may have."""
    is_quoted = source.layout.format is not Format.TSV
    named = source.layout.column_delimiter or ("" if is_quoted else "\t")
    if (sep := _SEP.match(sample)) is not None:
        return sep.end(), [Dialect(named or sep[1].decode("latin-1"), is_quoted)]
    return 0, [Dialect(delimiter, is_quoted) for delimiter in (named or _DELIMITERS)]


def _rows(file: BinaryIO, start: int, dialect: Dialect) -> Iterator[TableRow]:
    return read_rows(file, Slice(start, None, 2) if start else WHOLE, dialect)


def _sample_rows(sample: bytes, start: int, dialect: Dialect) -> Iterator[TableRow]:
    """Yield the first rows of a sample without the one that may be cut at its end."""
    is_cut = len(sample) == _SAMPLE
    for row in islice(_rows(io.BytesIO(sample), start, dialect), _ROWS):
        if not (is_cut and row.lines[-1].empty_next().offset >= len(sample)):
            yield row


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A dialect and the first rows as it reads them."""

    dialect: Dialect
    rows: tuple[TableRow, ...]

    def header_position(self, text_field: str) -> int | None:
        """Return the number of title rows above the header, None if no row names the text field.

        A title row has fewer filled cells than the header: the name of an export, a date. If there is no such row, the
        header is the first one that names the text field, if rows of its width follow and those above have others.
        """
        most = 0
        for position, row in enumerate(self.rows):
            filled = sum(bool(cell.strip()) for cell in row.cells)
            if text_field in _columns(row.cells) and (filled > most or not position):
                return position
            most = max(most, filled)
        return self._header_below_wide_titles(text_field)

    def _header_below_wide_titles(self, text_field: str) -> int | None:
        """Return the position of a header that has fewer cells than the title rows above it."""
        if not self.rows or alike(_columns(self.rows[0].cells), text_field) is not None:
            return None
        widths = [len(row.cells) for row in self.rows]
        for position, row in enumerate(self.rows):
            if text_field in _columns(row.cells):
                width, below = widths[position], widths[position + 1 :]
                return position if below and width not in widths[:position] and {*below} == {width} else None
        return None

    def rank(self, text_field: str) -> tuple[bool, int, float, int]:
        """Return what is smaller for a better candidate: has a header, few titles, even rows, many columns."""
        position = self.header_position(text_field)
        rows = self.rows[position or 0 :]
        columns = len(rows[0].cells) if rows else 0
        even = sum(len(row.cells) == columns for row in rows) / len(rows) if rows else 0.0
        if position is None:
            even = even if columns > 1 else 0.0
        return position is None, position or 0, -even, -columns


def _columns(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns; one without a name, such as the index of pandas, is named for its number.

    Unnamed columns at the end, which a delimiter at the end of each line makes, are left out.
    """
    names = [cell.strip() for cell in cells]
    while len(names) > 1 and not names[-1]:
        names.pop()
    return tuple(name or f"column {number}" for number, name in enumerate(names, 1))


def _invalid(header: TableRow, encoded: Encoded) -> str | None:
    try:
        header.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return invalid(encoded, error).replace("invalid UTF-8", "invalid UTF-8 in the header", 1)
    return None


def _header_error(columns: tuple[str, ...], fields: Fields) -> str | None:
    names = listed(columns)
    for name, option in ((fields.text, "--text-field"), (fields.id, "--id-field")):
        if name is not None and name not in columns:
            meant = alike(columns, name)
            hint = f"choose a column with {option}, or name the delimiter with --delimiter"
            hint = hint if meant is None else f"did you mean {option} {meant!r}?"
            return f"the header has no column {name!r}, only {names}; {hint}"
    if len(set(columns)) < len(columns):
        return f"two columns of the header have the same name: {names}; give each its own name"
    return None
