"""The output of the readers: input texts to label, and rows that were rejected.

An input text is split into sentences or, with unit `sentence`, labelled as one. A row that cannot be labelled is
yielded as a `Rejected` with file, position and reason, in its place among the input texts, and a row without a text as
a `Skipped`, so that nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or a whole file, that cannot be labelled.

    `line` is its line number and `offset` the byte at which it starts, after decompression and in UTF-8; `row` is its
    row number in a Parquet file, and in JSON that is not one object a line. All three count from 1, 0 and 1, and are
    None if unknown. `raw` is its content in bytes, None if that is over the size limit or could not be read. `rows` is
    the number of rows that are lost with it: more than one if a table has a bad header, or if a Parquet row group
    cannot be read.
    """

    file: str
    line: int | None
    reason: str
    raw: bytes | None = None
    offset: int | None = None
    row: int | None = None
    rows: int = 1

    def __str__(self) -> str:
        """Return file, line or row if known, and reason."""
        number = self.line or self.row
        return f"{self.file}:{number}: {self.reason}" if number else f"{self.file}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row without a text.

    `mark` says why: "" for an empty field, or what stands there ("n/a", "title row", "no role assistant"). `line` is
    the number of its line, or of its row if it has no line.
    """

    file: str
    line: int | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class InputText:
    """One text to label.

    `name` is the file, with the line or row number if the file has several texts. `chunks` are the text in pieces,
    read from the file as they are consumed. `id` is the row's own id, and `row` its other fields. `times` (of
    subtitles) are pairs of a code point and the seconds at which what begins there is said, ascending. `decoded` is
    whether HTML entities of the field were decoded, so that offsets are not those of the field.
    """

    name: str
    chunks: Iterator[str]
    id: Any = None
    row: Mapping[str, Any] = field(default_factory=dict)
    times: Sequence[tuple[int, float]] = ()
    decoded: bool = False


Item = InputText | Rejected | Skipped
