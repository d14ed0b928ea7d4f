"""Readers: FactAppeal (Mor-Lan & Sheafer 2025), GUM attribution (Zeldes 2017), UDS-IH2 (Rudinger et al. 2018), plain.

All three arrive as JSON lines {"id", "text", "split", "labels", "cues"}; only their training parts are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hedgerow.errors import CorpusError, InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error

Row = dict[str, Any]


def read_rows(path: Path, reader: str) -> list[Row]:
    """The rows of a corpus file by the reader of that name. Raises CorpusError that names file, line and fault."""
    if reader not in READERS:
        raise CorpusError(f"{path}: reader {reader!r} is not one of {', '.join(READERS)}")
    rows: list[Row] = []
    for number, raw in objects(path):
        try:
            row = READERS[reader](raw)
        except (KeyError, TypeError, AttributeError) as error:
            raise CorpusError(f"{path}:{number}: not a row of {reader} ({error!r}); name another reader") from None
        if row is None:  # of another part, whatever it holds
            continue
        if (fault := text_error(raw.get("text"), "field 'text'")) is not None:
            raise CorpusError(f"{path}:{number}: {fault}")
        rows.append({"id": str(raw.get("id", number)), "text": raw["text"], **row})
    if not rows:
        raise CorpusError(f"{path}: no rows that {reader} can train on")
    return rows


def objects(path: Path) -> Iterator[tuple[int, Row]]:
    """The JSON objects of a file by line. Raises CorpusError that names file, line and fault."""
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                try:
                    yield line.number, parse_object(line.raw)
                except InputError as error:
                    raise CorpusError(f"{path}:{line.number}: {error}") from None
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; name a corpus file (JSON lines)") from None


def _plain(row: Mapping[str, Any]) -> Row | None:
    """A user's own labels: every field as it stands."""
    return {name: value for name, value in row.items() if name not in ("id", "text")}


def _texts(row: Mapping[str, Any]) -> Row | None:
    """Text alone, of the training part where a row names one: nothing to learn from but what a teacher says of it."""
    return {} if row.get("text") and str(row.get("split", "train")).startswith("train") else None


def _factappeal(row: Mapping[str, Any]) -> Row | None:
    """Whether a sentence states a fact, and with an appeal to a source: `appeal`; a mixed one counts as appeal."""
    if row["split"] != "train":
        return None
    kind = row["labels"]["sentence_class"]
    return {"appeal": "fact_appeal" if kind == "mixed" else kind}


def _gum_attribution(row: Mapping[str, Any]) -> Row | None:
    """Whether an attribution relation begins in the sentence: `attributes`."""
    if row["split"] != "train":
        return None
    return {"attributes": "yes" if row["labels"]["attribution"] else "no"}


def _uds_ih2(row: Mapping[str, Any]) -> Row | None:
    """Mean factuality of the sentence's events, -3 to 3, in thirds: `happened`."""
    events = [float(value) for value in row["labels"]["factuality"]]
    if row["split"] != "train" or not events:
        return None
    mean = sum(events) / len(events)
    return {"happened": "no" if mean < -1 else "yes" if mean > 1 else "between"}


READERS: dict[str, Callable[[Mapping[str, Any]], Row | None]] = {
    "plain": _plain,
    "texts": _texts,
    "factappeal": _factappeal,
    "gum_attribution": _gum_attribution,
    "uds_ih2": _uds_ih2,
}
