"""CSV and TSV files with a header. A row may span lines; an error costs the line where its row starts, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hedgerow.readers.encoding import invalid
from hedgerow.readers.header import Table, read_table
from hedgerow.readers.input_text import Item
from hedgerow.readers.layout import WHOLE, Source
from hedgerow.readers.row_texts import RowReader
from hedgerow.readers.table_rows import TableRow, read_rows


def row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where each title row and each row after the header starts: its byte offset and its line number.

    Title rows are together at the start of the file.
    """
    table = read_table(source)
    if table is None:
        return
    for _ in table.titles:
        yield 0, 1
    for row in read_rows(source.file, table.rows_slice(WHOLE), table.dialect):
        yield row.lines[0].offset, row.lines[0].number


def read(source: Source) -> Iterator[Item]:
    """Yield one input text per row of the slice, or why it is rejected; the header is read from the file's start.

    With a bad header, the rows of the slice are rejected in one. Rows above the header are skipped, and so is a header
    that comes again, as in files that were joined.
    """
    table = read_table(source)
    if table is None:
        return
    if not source.slice.start:
        for title in table.titles:
            yield title.place(source.name).skipped("title row")
    rows = read_rows(source.file, table.rows_slice(source.slice), table.dialect)
    if table.error is not None:
        count = sum(1 for _ in rows)
        if count or not table.titles:
            yield replace(table.header.place(source.name).rejected(table.error), rows=max(count, 1))
        return
    reader = RowReader(source.layout)
    for row in rows:
        yield _item(row, table, source, reader)


def _item(row: TableRow, table: Table, source: Source, reader: RowReader) -> Item:
    place = row.place(source.name)
    if row.error is not None:
        return place.rejected(row.error)
    cells, columns = row.cells, table.columns
    if not (place.raw or b"").isascii():
        try:
            row.raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return place.rejected(invalid(source.encoded, error))
    if len(cells) != len(columns):
        if not any(cells):
            return place.skipped("")
        if len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns) :]):
            return place.rejected(_wrong_width(row, table))
        cells = cells[: len(columns)]
    if cells == table.header.cells[: len(columns)]:
        return place.skipped("header again")
    values = dict(zip(columns, cells, strict=True))
    for number in table.unnamed:
        if not cells[number].strip():
            del values[columns[number]]
    (item,) = reader.read(values, place)
    return item


def _wrong_width(row: TableRow, table: Table) -> str:
    reason = f"{len(row.cells)} columns, but the header has {len(table.columns)}"
    if not table.dialect.is_quoted and b'"' in row.raw:
        return f"{reason}; if fields are quoted, read it with --as csv --delimiter tab"
    if len(row.cells) > len(table.columns):
        return f"{reason}; quote fields that contain {table.dialect.delimiter!r}"
    return reason
