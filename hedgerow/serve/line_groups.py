"""Label a group of lines of a stream: rows, rejected and skipped lines, in the order of the lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from hedgerow.classifier import Classifier
from hedgerow.errors import InputError
from hedgerow.io.strict_json import parse_row
from hedgerow.io.text_checks import invalid_utf8
from hedgerow.labelling.options import Options
from hedgerow.labelling.stream import Follower, label_texts
from hedgerow.readers.input_text import InputText, Item, Rejected, Skipped
from hedgerow.readers.layout import Format
from hedgerow.readers.row_texts import Place, RowReader
from hedgerow.serve.body_lines import MAX_LINE, SentLine
from hedgerow.serve.work import told

NAME = "stream"  # of the input, in `doc` and in rejected lines
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def label_group(classifier: Classifier, lines: Sequence[SentLine], options: Options) -> bytes:
    """Return the labelled rows of a group as JSON Lines; `rejected` and `skipped` lines are among them."""
    found: list[tuple[int, dict[str, Any]]] = []
    numbers: dict[str, int] = {}  # of the lines, by the document's name

    def reject(rejected: Rejected) -> None:
        number = rejected.line or numbers[rejected.file]
        row = told(rejected) | {"file": NAME, "line": number}
        found.append((number, {"rejected": row}))

    for sentence in label_texts(classifier, _items(lines, options, numbers, found), options, Follower(reject)):
        found.append((numbers[sentence.doc], sentence.to_dict()))
    found.sort(key=lambda one: one[0])
    return "".join(f"{_encode(row)}\n" for _, row in found).encode("utf-8")


def _items(
    lines: Sequence[SentLine], options: Options, numbers: dict[str, int], found: list[tuple[int, dict[str, Any]]]
) -> Iterator[Item]:
    """Yield the texts of the lines, noting whose line each is, and put the skipped ones to what was found."""
    reader = RowReader(options.layout(Format.JSONL))
    for line in lines:
        for item in _read(reader, line):
            if isinstance(item, Skipped):
                found.append((line.number, {"skipped": {"file": NAME, "line": line.number, "mark": item.mark}}))
                continue
            if isinstance(item, InputText):
                numbers[item.name] = line.number
            yield item


def _read(reader: RowReader, line: SentLine) -> Sequence[Item]:
    place = Place(NAME, line.number, line.offset)
    if line.is_too_long:
        return (place.rejected(f"a line of more than {MAX_LINE:,} bytes; send it as a file to /v1/label"),)
    try:
        row = parse_row(line.raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        return (place.rejected(invalid_utf8(error)),)
    except InputError as error:
        return (place.rejected(str(error)),)
    return reader.read(row, place)
