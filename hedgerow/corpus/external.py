"""Read corpora with labels of their own: FactAppeal, GUM attribution, UDS-IH2, and a user's plain rows.

The published ones (Mor-Lan & Sheafer 2025, Zeldes 2017, Rudinger et al. 2018) come as JSON Lines {"id", "text",
"split", "labels", "cues"}. Only their training parts are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hedgerow.corpus.rows import CorpusRow, RowError, parse_fields
from hedgerow.errors import CorpusError, InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error
from hedgerow.labels import Example

ExternalRow = dict[str, Any]  # "id", "text", and one field per label
PLAIN, TEXTS = "plain", "texts"  # the readers of a user's own rows, and of texts without labels
DEV = "dev"
_DEV_SPLITS = ("dev", "val")  # how published corpora begin the name of their dev part


def read_rows(path: Path, reader: str) -> list[ExternalRow]:
    """Return the rows of a corpus file, read by the reader of that name.

    Raises CorpusError that names the file, the line and the error.
    """
    _reject_unknown(path, reader)
    rows: list[ExternalRow] = []
    for line, raw in objects(path):
        try:
            labels = READERS[reader](raw)
        except (KeyError, TypeError, AttributeError) as error:
            raise CorpusError(f"{path}:{line}: not a row of {reader} ({error!r}); name another reader") from None
        if labels is None:  # a row of another part
            continue
        if (error_message := text_error(raw.get("text"), "field 'text'")) is not None:
            raise CorpusError(f"{path}:{line}: {error_message}")
        rows.append({"id": str(raw.get("id", line)), "text": raw["text"], **labels})
    if not rows:
        raise CorpusError(f"{path}: no training rows for the reader {reader}; name another file or reader")
    return rows


def read_examples(path: Path, reader: str, *, part: str = "train") -> tuple[list[CorpusRow], list[RowError]]:
    """Return the rows of a corpus file as examples, and what is wrong with the others.

    A row of the reader "plain" without an id gets the file's name and its line. `part` is "train" or "dev", which only
    published corpora tell apart. Raises CorpusError if there is no such reader, or no file.
    """
    _reject_unknown(path, reader)
    rows: list[CorpusRow] = []
    errors: list[RowError] = []
    empty = True
    for line, raw in _lines(path):
        empty = False
        if isinstance(raw, InputError):
            message, _, hint = str(raw).partition("; ")
            errors.append(RowError(str(path), line, message, hint or "write one JSON object per line"))
            continue
        fields = _fields(raw, reader, part)
        if fields is None:  # a row of another part
            continue
        if isinstance(fields, str):
            errors.append(RowError(str(path), line, fields, "name another reader"))
            continue
        identity = fields.get("id", f"{path.stem}:{line}")
        numbered = {**fields, "id": str(identity) if type(identity) is int else identity}
        for found in parse_fields(numbered, may_lack_labels=reader != PLAIN):
            if isinstance(found, Example):
                rows.append(CorpusRow(str(path), line, found))
            else:
                errors.append(RowError(str(path), line, *found))
    if not rows and not errors:
        what = "no rows" if empty else f"no {part} rows for the reader {reader}"
        errors.append(RowError(str(path), 0, what, "name another file or reader"))
    return rows, errors


def _fields(raw: Mapping[str, Any], reader: str, part: str) -> ExternalRow | str | None:
    """Return the fields of a row, an error as text, or None for a row that is not of the part."""
    if reader == PLAIN:
        return dict(raw)
    if part == DEV:
        if not str(raw.get("split")).startswith(_DEV_SPLITS):
            return None
        raw = {**raw, "split": "train"}  # readers know one part
    try:
        labels = READERS[reader](raw)
    except (KeyError, TypeError, AttributeError) as error:
        return f"not a row of {reader} ({error!r})"
    if labels is None:
        return None
    known = {name: raw[name] for name in ("id", "text", "doc", "group") if raw.get(name) is not None}
    return {**known, **labels}


def _reject_unknown(path: Path, reader: str) -> None:
    if reader not in READERS:
        raise CorpusError(f"{path}: reader {reader!r} is not one of {', '.join(READERS)}")


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the JSON objects of a file with their line numbers.

    Raises CorpusError that names the file, the line and the error.
    """
    for line, found in _lines(path):
        if isinstance(found, InputError):
            raise CorpusError(f"{path}:{line}: {found}")
        yield line, found


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | InputError]]:
    """Yield the JSON object of each line with its number, or what is wrong with the line."""
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                try:
                    yield line.number, parse_object(line.raw)
                except InputError as error:
                    yield line.number, error
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; name a corpus file (JSON Lines)") from None


# A reader returns the labels of a row, or None for a row that is not training data.


def _plain(row: Mapping[str, Any]) -> ExternalRow | None:
    """Return every field but the id and the text, unchanged."""
    return {name: value for name, value in row.items() if name not in ("id", "text")}


def _texts(row: Mapping[str, Any]) -> ExternalRow | None:
    """Return no labels: only teachers label this text. A row may name its part in "split"."""
    return {} if row.get("text") and str(row.get("split", "train")).startswith("train") else None


def _factappeal(row: Mapping[str, Any]) -> ExternalRow | None:
    """Return `appeal`: whether the sentence states a fact, and appeals to a source. A mixed one counts as appeal."""
    if row["split"] != "train":
        return None
    kind = row["labels"]["sentence_class"]
    return {"appeal": "fact_appeal" if kind == "mixed" else kind}


def _gum_attribution(row: Mapping[str, Any]) -> ExternalRow | None:
    """Return `attributes`: whether an attribution relation begins in the sentence."""
    if row["split"] != "train":
        return None
    return {"attributes": "yes" if row["labels"]["attribution"] else "no"}


def _uds_ih2(row: Mapping[str, Any]) -> ExternalRow | None:
    """Return `happened`: the mean factuality of the sentence's events, -3 to 3, in thirds."""
    events = [float(value) for value in row["labels"]["factuality"]]
    if row["split"] != "train" or not events:
        return None
    mean = sum(events) / len(events)
    return {"happened": "no" if mean < -1 else "yes" if mean > 1 else "between"}


READERS: dict[str, Callable[[Mapping[str, Any]], ExternalRow | None]] = {
    PLAIN: _plain,
    TEXTS: _texts,
    "factappeal": _factappeal,
    "gum_attribution": _gum_attribution,
    "uds_ih2": _uds_ih2,
}
