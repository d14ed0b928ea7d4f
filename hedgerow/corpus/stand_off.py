"""Stand-off rows: labels and offsets of a corpus without its text, for text that may not be handed on.

A stand-off row is a corpus row with the sha256 of its text (UTF-8) for the text, and its spans as [start, end, type].
Whoever has the text gets the corpus row back: a candidate text with the hash is the text.

Corpora write white space, composed letters and quotation marks in several ways. So a candidate is tried in three forms:
as it is; with single spaces and in NFC; and with straight quotation marks too. The last replaces one code point by
one, so offsets stay. If a text has other marks than straight ones, its row also has the hash `straight` of that form.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from hedgerow.corpus.external import objects
from hedgerow.errors import CorpusError
from hedgerow.labels import AXES, SPANS, Certainty, Example, Span, SpanType, Stance

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
OTHER_FIELDS = ("picked", "genre", "start", "end")  # of a corpus row, which are kept; start and end are in its document
_STRAIGHT = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛‹›", "'")})


class StandOffRow(BaseModel):
    """One line of a stand-off file. Offsets are code points, end exclusive."""

    model_config = ConfigDict(extra="forbid")

    id: str
    corpus: str
    doc: str | None = None
    sha256: Sha256
    straight: Sha256 | None = None
    certainty: Certainty | None = None
    stance: Stance | None = None
    spans: list[tuple[StrictInt, StrictInt, SpanType]] | None = None
    picked: bool | None = None
    genre: str | None = None
    start: StrictInt | None = None
    end: StrictInt | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """The corpus rows whose text was found, in order, and the stand-off rows whose text was not.

    `normalised` has the ids of the rows whose text was only found in another form.
    """

    examples: list[Example] = field(default_factory=list)
    missing: list[StandOffRow] = field(default_factory=list)
    normalised: set[str] = field(default_factory=set)


def strip_text(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stand-off row of a corpus row, as JSON, without a word of its text."""
    text, spans = row["text"], row.get(SPANS)
    straight = _straight(text)
    return {
        "id": row["id"],
        "corpus": row["corpus"],
        "doc": row["doc"],
        "sha256": _digest(text),
        **({"straight": _digest(straight)} if straight != text == _spaced(text) else {}),
        **{axis: row[axis] for axis in AXES if row.get(axis) is not None},
        **({} if spans is None else {SPANS: [[span["start"], span["end"], span["type"]] for span in spans]}),
        **{name: row[name] for name in OTHER_FIELDS if name in row},
    }


def read_stand_off(path: Path) -> list[StandOffRow]:
    """Return the rows of a stand-off file. Raises CorpusError with file and line for a line that is not one."""
    rows = []
    for line, fields in objects(path):
        try:
            rows.append(StandOffRow.model_validate(fields))
        except ValidationError as error:
            detail = error.errors()[0]
            name = ".".join(map(str, detail["loc"]))
            raise CorpusError(
                f"{path}:{line}: {name} {detail['input']!r}: {detail['msg']}; a stand-off row has id, corpus, sha256, "
                "and labels: certainty, stance, spans"
            ) from None
    return rows


def restore(rows: Sequence[StandOffRow], texts: Iterable[str]) -> Restored:
    """Return the corpus rows of stand-off `rows` whose text is among the candidates `texts`.

    Raises CorpusError if a span is outside its text.
    """
    exact, normalised = _matches(rows, texts)
    restored = Restored()
    for row in rows:
        text = exact.get(row.sha256) or normalised.get(row.sha256) or normalised.get(row.straight or "")
        if text is None:
            restored.missing.append(row)
            continue
        restored.examples.append(_example(row, text))
        if row.sha256 not in exact:
            restored.normalised.add(row.id)
    return restored


def _matches(rows: Sequence[StandOffRow], texts: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts by the hashes of `rows`: the candidates as they are, and those in another form."""
    wanted = {row.sha256 for row in rows}
    wanted_straight = {row.straight for row in rows if row.straight is not None}
    exact: dict[str, str] = {}
    normalised: dict[str, str] = {}
    for text in texts:
        spaced, straight = _spaced(text), _straight(text)
        if (digest := _digest(text)) in wanted:
            exact.setdefault(digest, text)
        for form in (spaced, straight):
            if (digest := _digest(form)) in wanted:
                normalised.setdefault(digest, form)
        if digest in wanted_straight:
            normalised.setdefault(digest, spaced)
    return exact, normalised


def _example(row: StandOffRow, text: str) -> Example:
    for start, end, kind in row.spans or ():
        if not 0 <= start < end <= len(text):
            raise CorpusError(
                f"row {row.id!r}: the span {start}..{end} ({kind}) is outside its text of {len(text)} characters; "
                "the stand-off file was changed, take it from the repository again"
            )
    spans = None
    if row.spans is not None:
        spans = tuple(Span(start, end, kind, text[start:end]) for start, end, kind in row.spans)
    others = {name: value for name in OTHER_FIELDS if (value := getattr(row, name)) is not None}
    return Example(row.id, text, row.certainty, row.stance, spans=spans, doc=row.doc, corpus=row.corpus, extra=others)


def _spaced(text: str) -> str:
    """Return `text` in NFC (Unicode Standard Annex 15) with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _straight(text: str) -> str:
    """Return the same with straight quotation marks; its length is that of `_spaced`."""
    return _spaced(text).translate(_STRAIGHT)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
