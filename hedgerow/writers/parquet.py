"""Parquet: one labelled sentence per row, in typed nested columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, BinaryIO

from hedgerow.head import Head
from hedgerow.readers.parquet import pyarrow
from hedgerow.writers.records import LabelledSentence

ROW_GROUP = 10_000  # sentences


class ParquetWriter:
    """Write labelled sentences to an open binary file; `heads` of the model decide the schema.

    `id` is text and `row` is JSON, whatever they were, so that all files of a run have one schema.
    """

    def __init__(self, file: BinaryIO, heads: Sequence[Head]) -> None:
        self._arrow = pyarrow()
        self._schema = _schema(self._arrow, heads)
        self._parquet = self._arrow.parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._buffer: list[dict[str, Any]] = []

    def write(self, sentence: LabelledSentence) -> None:
        """Buffer one sentence; write a row group when the buffer is full."""
        row = sentence.to_dict()
        self._buffer.append({**row, "id": _text(row.get("id")), "row": _json(row.get("row"))})
        if len(self._buffer) == ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write the buffered rows and the footer."""
        if self._buffer:
            self._flush()
        self._parquet.close()

    def _flush(self) -> None:
        self._parquet.write_table(self._arrow.Table.from_pylist(self._buffer, schema=self._schema))
        self._buffer.clear()


def _schema(arrow: Any, heads: Sequence[Head]) -> Any:
    text, whole, number = arrow.string(), arrow.int64(), arrow.float64()
    span = arrow.struct({"start": whole, "end": whole, "type": text, "text": text, "score": number})
    fields = {"doc": text, "id": text, "index": whole, "start": whole, "end": whole, "text": text}
    for head in heads:
        if head.kind == "label":
            fields |= {head.name: text, f"{head.name}_scores": arrow.struct(dict.fromkeys(head.labels, number))}
        if head.is_ordered:
            fields[f"{head.name}_level"] = number
    spans = sorted((head for head in heads if head.kind == "span"), key=lambda head: head.is_own)
    fields |= {head.name: arrow.list_(span) for head in spans}
    return arrow.schema(fields | {"speaker": text, "time": number, "read_to": whole, "row": text})


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
