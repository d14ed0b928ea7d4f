"""Read corpora with labels of their own: FactAppeal, GUM attribution, UDS-IH2, and a user's plain rows.

The published ones (Mor-Lan & Sheafer 2025, Zeldes 2017, Rudinger et al. 2018) come as JSON Lines {"id", "text",
"split", "labels", "cues"}. Only their training parts are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hedgerow.errors import CorpusError, InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error

ExternalRow = dict[str, Any]  # "id", "text", and one field per label


def read_rows(path: Path, reader: str) -> list[ExternalRow]:
    """Return the rows of a corpus file, read by the reader of that name.

    Raises CorpusError that names the file, the line and the error.
    """
    if reader not in READERS:
        raise CorpusError(f"{path}: reader {reader!r} is not one of {', '.join(READERS)}")
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


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the JSON objects of a file with their line numbers.

    Raises CorpusError that names the file, the line and the error.
    """
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                try:
                    yield line.number, parse_object(line.raw)
                except InputError as error:
                    raise CorpusError(f"{path}:{line.number}: {error}") from None
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
    "plain": _plain,
    "texts": _texts,
    "factappeal": _factappeal,
    "gum_attribution": _gum_attribution,
    "uds_ih2": _uds_ih2,
}
