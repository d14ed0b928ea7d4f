"""Parquet files, read one row group at a time.

If a row group cannot be read, only its own rows are lost, and the rejection says how many.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from math import isfinite
from typing import Any, BinaryIO

from hedgerow.io.lines import MAX_ROW_BYTES
from hedgerow.io.optional import library
from hedgerow.readers.input_text import Item, Rejected
from hedgerow.readers.layout import Fields, Slice, Source
from hedgerow.readers.paths import ALL, missing_field, parse_path
from hedgerow.readers.row_texts import Binary, NoText, Place, RowReader

_BATCH_ROWS = 1000  # rows in memory
_BINARY_TYPES = {"string": "binary", "large_string": "large_binary"}


def pyarrow() -> Any:
    """Return the module `pyarrow`, with `pyarrow.parquet` loaded; raise InputError if it is not installed."""
    library("pyarrow.parquet", needed_for="Parquet")
    return library("pyarrow", needed_for="Parquet")


def row_groups(source: Source) -> Iterator[tuple[int, int, int, int]]:
    """Yield each row group that has rows: its number, the number of its first row, its items, its size in bytes.

    A row is one item, unless the path to its text leads through a list. Nothing is yielded if the file is broken.
    """
    parquet = _open(source.file)
    if isinstance(parquet, str):
        return
    is_one_per_row = RowReader(source.layout).is_one_per_row
    first_row = 1
    for number in range(parquet.num_row_groups):
        group = parquet.metadata.row_group(number)
        if group.num_rows:
            items = group.num_rows if is_one_per_row else _count(source, Slice(number, number + 1, first_row))
            yield number, first_row, items, group.total_byte_size
        first_row += group.num_rows


def column_names(file: BinaryIO) -> list[str]:
    """Return the names of the top-level columns, none if the file is broken."""
    parquet = _open(file)
    return [] if isinstance(parquet, str) else list(parquet.schema_arrow.names)


def _count(source: Source, slice_: Slice) -> int:
    items = read(replace(source, slice=slice_))
    return sum(item.rows if isinstance(item, Rejected) else 1 for item in items)


def read(source: Source) -> Iterator[Item]:
    """Yield the input texts of each row of the row groups in the slice, or why it is rejected."""
    slice_ = source.slice
    parquet = _open(source.file)
    if isinstance(parquet, str):
        yield Rejected(source.name, None, parquet)
        return
    problem = _schema_error(parquet.schema_arrow.names, source.layout.fields)
    reader = RowReader(source.layout)
    first_row = slice_.line
    for number in range(slice_.start, parquet.num_row_groups if slice_.end is None else slice_.end):
        rows = range(first_row, first_row + parquet.metadata.row_group(number).num_rows)
        first_row = rows.stop
        if problem is None:
            yield from _read_group(parquet, number, rows, source.name, reader)
        elif rows:
            yield Rejected(source.name, None, problem, row=rows.start, rows=len(rows))


def _open(file: BinaryIO) -> Any:
    """Return the file as a pyarrow ParquetFile, or the error as a string.

    Pages are read as they are needed, and their checksums are verified if they have any.
    """
    arrow = pyarrow()
    try:
        parquet = arrow.parquet.ParquetFile(
            file, buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True
        )
        _ = parquet.schema_arrow  # it is read only now, and may be broken
    except (arrow.ArrowException, OSError, ValueError) as error:
        return f"not a whole Parquet file ({_short(error)}); write or copy it again"
    return parquet


def _schema_error(names: list[str], fields: Fields) -> str | None:
    """Return why no row can be read, or None."""
    if len(set(names)) < len(names):
        ((name, _),) = Counter(names).most_common(1)
        return f"two columns have the same name {name!r}; give each its own name"
    for field, option in ((fields.text, "--text-field"), (fields.id, "--id-field")):
        if field is not None and field not in names and not set(parse_path(field)[:1]) & {ALL, *names}:
            return str(missing_field(dict.fromkeys(names), field, option=option))
    return None


def _read_group(parquet: Any, number: int, rows: range, name: str, reader: RowReader) -> Iterator[Item]:
    """Yield the texts of row group `number`, whose rows have the numbers `rows`."""
    arrow = pyarrow()
    row = rows.start
    try:
        for batch in parquet.iter_batches(batch_size=_BATCH_ROWS, row_groups=[number], use_threads=False):
            for values in _to_rows(_in_microseconds(batch)):
                yield from _read_row(values, Place(name, row, by_row=True), reader)
                row += 1
    except (arrow.ArrowException, OSError) as error:
        reason = f"row group {number} cannot be read from row {row} on ({_short(error)}); write or copy it again"
        yield Rejected(name, None, reason, row=row, rows=rows.stop - row)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """A row that cannot be read: why, and the values of its columns that are text or bytes."""

    reason: str
    raw: bytes


def _in_microseconds(batch: Any) -> Any:
    """Return the batch with its times in microseconds: Python has no nanoseconds."""
    arrow = pyarrow()
    for at, field in enumerate(batch.schema):
        if getattr(field.type, "unit", None) == "ns":
            unit = str(field.type).replace("ns", "us", 1)
            type_ = arrow.timestamp("us", field.type.tz) if arrow.types.is_timestamp(field.type) else unit
            batch = batch.set_column(at, field.name, batch.column(at).cast(type_, safe=False))
    return batch


def _to_rows(batch: Any) -> list[dict[str, Any] | _Unreadable]:
    """Return the rows of a batch; one with a text that is not UTF-8, or a date that Python has not, is unreadable."""
    try:
        rows: list[dict[str, Any] | _Unreadable] = batch.to_pylist()
        return rows
    except (ValueError, OverflowError) as error:
        if len(batch) == 1:
            reason = f"a value cannot be read ({_short(error)}); write it in another type"
            if isinstance(error, UnicodeDecodeError):
                reason = "invalid UTF-8; write it again as UTF-8"
            return [_Unreadable(reason, _bytes_of(batch))]
        return [row for at in range(len(batch)) for row in _to_rows(batch.slice(at, 1))]


def _bytes_of(batch: Any) -> bytes:
    """Return the bytes of the first text in a batch of one row that is not UTF-8, or none."""
    for column in batch.columns:
        if (binary_type := _BINARY_TYPES.get(str(column.type))) is not None:
            raw: bytes = column.cast(binary_type)[0].as_py() or b""
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError:
                return raw
    return b""


def _read_row(values: dict[str, Any] | _Unreadable, place: Place, reader: RowReader) -> Iterator[Item]:
    if isinstance(values, _Unreadable):
        yield place._replace(raw=values.raw).rejected(values.reason)
        return
    plain: dict[str, Any] = _to_json_value(values)
    for item in reader.read(plain, place):
        if isinstance(item, Rejected) and not item.reason.startswith("element "):
            raw = json.dumps(plain, ensure_ascii=False).encode("utf-8", "surrogatepass")
            item = replace(item, raw=raw if len(raw) <= MAX_ROW_BYTES else None)
        yield item


def _to_json_value(value: Any) -> Any:
    """Return a value as JSON has it: times in ISO 8601, bytes as text or base64, NaN and infinity as null."""
    if isinstance(value, Mapping):
        return {str(key): _to_json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json_value(item) for item in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return Binary(base64.b64encode(value).decode("ascii"))
    if isinstance(value, date | datetime | time):
        return NoText(value.isoformat())
    return value if value is None or isinstance(value, bool | int | str) else NoText(value)
