"""Parquet files, read one row group at a time.

If a row group cannot be read, only its own rows are lost, and the rejection says how many.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from math import isfinite
from typing import Any, BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.optional import library
from hedgerow.readers.input_text import InputText, Item, Rejected, to_input_text
from hedgerow.readers.layout import TOO_LONG, Fields, Source

_BATCH_ROWS = 1000  # rows in memory
_BINARY_TYPES = {"string": "binary", "large_string": "large_binary"}


def pyarrow() -> Any:
    """Return the module `pyarrow`, with `pyarrow.parquet` loaded; raise InputError if it is not installed."""
    library("pyarrow.parquet", needed_for="Parquet")
    return library("pyarrow", needed_for="Parquet")


def row_groups(file: BinaryIO) -> Iterator[tuple[int, int, int, int]]:
    """Yield each row group that has rows: its number, the number of its first row, its rows, its size in bytes.

    Nothing is yielded if the file is broken.
    """
    parquet = _open(file)
    if isinstance(parquet, str):
        return
    first_row = 1
    for number in range(parquet.num_row_groups):
        group = parquet.metadata.row_group(number)
        if group.num_rows:
            yield number, first_row, group.num_rows, group.total_byte_size
        first_row += group.num_rows


def column_names(file: BinaryIO) -> list[str]:
    """Return the names of the top-level columns, none if the file is broken."""
    parquet = _open(file)
    return [] if isinstance(parquet, str) else list(parquet.schema_arrow.names)


def read(source: Source) -> Iterator[Item]:
    """Yield one input text per row of the row groups in the slice, or why it is rejected."""
    name, fields, slice_ = source.name, source.layout.fields, source.slice
    parquet = _open(source.file)
    if isinstance(parquet, str):
        yield Rejected(name, None, parquet)
        return
    first_row = slice_.line
    for number in range(slice_.start, parquet.num_row_groups if slice_.end is None else slice_.end):
        rows = parquet.metadata.row_group(number).num_rows
        yield from _read_group(parquet, number, range(first_row, first_row + rows), name, fields)
        first_row += rows


def _open(file: BinaryIO) -> Any:
    """Return the file as a pyarrow ParquetFile, or the error as a string.

    Pages are read as they are needed, and their checksums are verified if they have any.
    """
    arrow = pyarrow()
    try:
        return arrow.parquet.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True)
    except (arrow.ArrowException, OSError) as error:
        return f"not a whole Parquet file ({_short(error)}); write or copy it again"


def _read_group(parquet: Any, number: int, rows: range, name: str, fields: Fields) -> Iterator[InputText | Rejected]:
    """Yield the texts of row group `number`, whose rows have the numbers `rows`."""
    arrow = pyarrow()
    row = rows.start
    try:
        for batch in parquet.iter_batches(batch_size=_BATCH_ROWS, row_groups=[number], use_threads=False):
            for values in _to_rows(batch, fields.text):
                yield _input_text(values, row, name, fields)
                row += 1
    except (arrow.ArrowException, OSError) as error:
        reason = f"row group {number} cannot be read from row {row} on ({_short(error)}); write or copy it again"
        yield Rejected(name, None, reason, row=row, rows=rows.stop - row)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _to_rows(batch: Any, text_field: str) -> list[dict[str, Any] | bytes]:
    """Return the rows of a batch; in place of a row that is not UTF-8, the bytes of its text."""
    try:
        rows: list[dict[str, Any] | bytes] = batch.to_pylist()
        return rows
    except UnicodeDecodeError:
        if len(batch) == 1:
            return [_text_bytes(batch, text_field)]
        return [row for at in range(len(batch)) for row in _to_rows(batch.slice(at, 1), text_field)]


def _input_text(values: dict[str, Any] | bytes, row: int, name: str, fields: Fields) -> InputText | Rejected:
    if isinstance(values, bytes):
        return Rejected(name, None, "invalid UTF-8; write it again as UTF-8", values, row=row)
    plain: dict[str, Any] = _to_json_value(values)
    text = plain.get(fields.text)
    if isinstance(text, str) and len(text.encode("utf-8", "surrogatepass")) > MAX_ROW_BYTES:
        return Rejected(name, None, f"a text of {len(text):,} characters; {TOO_LONG}", row=row)
    try:
        return to_input_text(plain, f"{name}:{row}", fields)
    except InputError as error:
        raw = json.dumps(plain, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return Rejected(name, None, str(error), raw if len(raw) <= MAX_ROW_BYTES else None, row=row)


def _text_bytes(batch: Any, field: str) -> bytes:
    """Return the bytes of the text in a batch of one row, or none if it is another field that is not UTF-8."""
    if field not in batch.schema.names:
        return b""
    column = batch.column(field)
    binary_type = _BINARY_TYPES.get(str(column.type))
    return b"" if binary_type is None else column.cast(binary_type)[0].as_py() or b""


def _to_json_value(value: Any) -> Any:
    """Return a value as JSON has it: times in ISO 8601, bytes as base64, NaN and infinity as null."""
    if isinstance(value, Mapping):
        return {str(key): _to_json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json_value(item) for item in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)
