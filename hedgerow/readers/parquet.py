"""Parquet: rows in, by row groups; labelled sentences out, in typed nested columns.

A row group that cannot be read costs its own rows alone, and the rejection says how many these are.
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
from hedgerow.readers.input_text import TOO_LONG, Fields, InputText, Rejected, Slice, to_input_text

_ROWS = 1000  # read at a time
_AS_BYTES = {"string": "binary", "large_string": "large_binary"}


def pyarrow() -> Any:
    library("pyarrow.parquet", needed_for="Parquet")
    return library("pyarrow", needed_for="Parquet")


def row_groups(file: BinaryIO) -> Iterator[tuple[int, int, int, int]]:
    """Each row group that has rows: (number, number of its first row, rows, bytes). None where the file is broken."""
    opened = _open(file)
    first = 1
    for number in range(0 if isinstance(opened, str) else opened.num_row_groups):
        group = opened.metadata.row_group(number)
        if group.num_rows:
            yield number, first, group.num_rows, group.total_byte_size
        first += group.num_rows


def read(file: BinaryIO, name: str, fields: Fields, slice_: Slice) -> Iterator[InputText | Rejected]:
    opened = _open(file)
    if isinstance(opened, str):
        yield Rejected(name, None, opened)
        return
    first = slice_.line
    for number in range(slice_.start, opened.num_row_groups if slice_.end is None else slice_.end):
        yield from _read_group(opened, number, first, name, fields)
        first += opened.metadata.row_group(number).num_rows


def _open(file: BinaryIO) -> Any:
    """The file as pyarrow reads it, or what is wrong with it. Pages are read as they are needed, and their sums seen to
    where there are any."""
    arrow = pyarrow()
    try:
        return arrow.parquet.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True)
    except (arrow.ArrowException, OSError) as error:
        return f"not a whole Parquet file ({_short(error)}); write or copy it again"


def _read_group(opened: Any, number: int, first: int, name: str, fields: Fields) -> Iterator[InputText | Rejected]:
    arrow = pyarrow()
    row, end = first, first + opened.metadata.row_group(number).num_rows
    try:
        for batch in opened.iter_batches(batch_size=_ROWS, row_groups=[number], use_threads=False):
            for values in _rows(batch, fields.text):
                yield _document(values, row, name, fields)
                row += 1
    except (arrow.ArrowException, OSError) as error:
        reason = f"row group {number} cannot be read from row {row} on ({_short(error)}); write or copy it again"
        yield Rejected(name, None, reason, row=row, rows=end - row)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _rows(batch: Any, text_field: str) -> list[dict[str, Any] | bytes]:
    """The batch's rows; of one that is not UTF-8, what bytes its text is."""
    try:
        rows: list[dict[str, Any] | bytes] = batch.to_pylist()
        return rows
    except UnicodeDecodeError:
        if len(batch) == 1:
            return [_bytes_of(batch, text_field)]
        return [row for at in range(len(batch)) for row in _rows(batch.slice(at, 1), text_field)]


def _document(found: dict[str, Any] | bytes, row: int, name: str, fields: Fields) -> InputText | Rejected:
    if isinstance(found, bytes):
        return Rejected(name, None, "invalid UTF-8; write it again as UTF-8", found, row=row)
    values: dict[str, Any] = _plain(found)
    text = values.get(fields.text)
    if isinstance(text, str) and len(text.encode("utf-8", "surrogatepass")) > MAX_ROW_BYTES:
        return Rejected(name, None, f"a text of {len(text):,} characters; {TOO_LONG}", row=row)
    try:
        return to_input_text(values, f"{name}:{row}", fields)
    except InputError as error:
        raw = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return Rejected(name, None, str(error), raw if len(raw) <= MAX_ROW_BYTES else None, row=row)


def _bytes_of(batch: Any, field: str) -> bytes:
    """The bytes of a one-row batch's text, or none where it is another field that is at fault."""
    column = batch.column(field) if field in batch.schema.names else None
    as_bytes = _AS_BYTES.get(str(column.type)) if column is not None else None
    return column.cast(as_bytes)[0].as_py() or b"" if column is not None and as_bytes is not None else b""


def _plain(value: Any) -> Any:
    """A value as JSON has it: times as ISO 8601 has them, bytes in base64, no number that is none."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)
