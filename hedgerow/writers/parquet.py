"""Write labelled sentences to Parquet, in typed nested columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from hedgerow.labels import AXES
from hedgerow.readers.parquet import pyarrow

_GROUP = 10_000  # sentences of a row group that is written


@contextmanager
def writer(file: BinaryIO) -> Iterator[Any]:
    """Writes rows (dicts) to an open file; `id` is text and `row` JSON, whatever they were: parts have one type."""
    arrow = pyarrow()
    schema = _schema(arrow)
    held: list[dict[str, Any]] = []
    with arrow.parquet.ParquetWriter(file, schema, compression="zstd") as parquet:

        def flush() -> None:
            parquet.write_table(arrow.Table.from_pylist(held, schema=schema))
            held.clear()

        def write(row: Mapping[str, Any]) -> None:
            held.append({**row, "id": _text(row.get("id")), "row": _json(row.get("row"))})
            if len(held) == _GROUP:
                flush()

        yield write
        if held:
            flush()


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _schema(arrow: Any) -> Any:
    text, whole, number = arrow.string(), arrow.int64(), arrow.float64()
    span = arrow.struct({"start": whole, "end": whole, "type": text, "text": text, "score": number})
    columns = {"doc": text, "id": text, "index": whole, "start": whole, "end": whole, "text": text}
    for axis, enum in AXES.items():
        columns |= {axis: text, f"{axis}_scores": arrow.struct({str(label): number for label in enum})}
    return arrow.schema(columns | {"spans": arrow.list_(span), "read_to": whole, "row": text})
