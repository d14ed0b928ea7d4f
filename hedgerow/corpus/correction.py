"""Stand-off corrections: new labels for rows of a corpus, kept in a file without its text.

A correction is {"id", "sha256", and "certainty", "stance", "spans" or a field of the user's own}. `sha256` is the hash
of the row's text (UTF-8), so that a label never lands on another sentence. `spans` replaces all spans of the row. A
correction may name what it replaces, {"was": {"stance": ...}}, so that it never lands on a row that has changed since,
and give a `reason` for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hedgerow.corpus.rows import SpanFields, span_errors
from hedgerow.errors import CorpusError, InputError
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.labels import AXES, SPANS, Certainty, Example, Stance

_FIELDS = (
    "a correction has id, sha256 (of the text), certainty, stance, spans (each with start, end, type, text) or a field "
    "of your own that the corpus has, and optionally was and reason"
)


class Labels(BaseModel):
    """The labels and spans of a row, or some of them; other fields are those of heads of the user's own."""

    model_config = ConfigDict(extra="allow")

    certainty: Certainty | None = None
    stance: Stance | None = None
    spans: list[SpanFields] | None = None

    def named(self) -> dict[str, Any]:
        """Return the labels and spans that are given, as an Example has them, and the fields of the user's own."""
        named: dict[str, Any] = {axis: label for axis in AXES if (label := getattr(self, axis)) is not None}
        spans = {} if self.spans is None else {SPANS: tuple(span.to_span() for span in self.spans)}
        return named | spans | (self.model_extra or {})


class Correction(Labels):
    """One line of a file of corrections."""

    id: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    was: Labels | None = None
    reason: str | None = None


def correct(examples: Sequence[Example], path: Path, *, partial: bool = False) -> list[Example]:
    """Return `examples` in order, with the labels and spans that a file of corrections gives.

    Parameters
    ----------
    examples : sequence of Example
        The corpus.
    path : Path
        JSON Lines of `id`, `sha256` of the text, and the new labels or spans.
    partial : bool
        Whether corrections of rows that are not in `examples` are skipped, for a corpus in several files.

    Returns
    -------
    list of Example
        As many as there were.

    Raises
    ------
    CorpusError
        With file and line, for a line that is not a correction, or does not fit its row.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow import corpus
    >>> examples = corpus.load([Path("data/corpus/dev.jsonl")])
    >>> len(corpus.correct(examples, Path("data/corrections/codebook2.jsonl"), partial=True))
    410
    """
    index = {example.id: at for at, example in enumerate(examples)}
    fields = {*AXES, SPANS, *(name for example in examples for name in example.extra)}
    corrected = list(examples)
    for line, correction in _read(path):
        if unknown := [name for name in correction.named() if name not in fields]:
            raise CorpusError(f"{path}:{line}: no row has the field {unknown[0]!r}; {_FIELDS}")
        at = index.get(correction.id)
        if at is None and partial:
            continue
        if at is None:
            raise CorpusError(f"{path}:{line}: no row has the id {correction.id!r}; name the corpus it is from")
        if (mismatch := _mismatch(corrected[at], correction)) is not None:
            raise CorpusError(f"{path}:{line}: row {correction.id!r} {mismatch}")
        corrected[at] = _with_labels(corrected[at], correction.named())
    return corrected


def _with_labels(example: Example, labels: Mapping[str, Any]) -> Example:
    codebook = {name: label for name, label in labels.items() if name in AXES or name == SPANS}
    own = {name: label for name, label in labels.items() if name not in codebook}
    return replace(example, **codebook, extra={**example.extra, **own})


def _mismatch(example: Example, correction: Correction) -> str | None:
    """Return why `correction` does not fit the row, with a hint, or None. A row with the new labels fits."""
    if sha256(example.text.encode()).hexdigest() != correction.sha256:
        return "has another text; leave this correction out"
    for error, hint in span_errors(example.text, correction.spans or ()):
        return f"{error}; {hint}"
    return None if correction.was is None else _change_since(example, correction.was, correction)


def _change_since(example: Example, was: Labels, correction: Correction) -> str | None:
    new = correction.named()
    for name, before in was.named().items():
        now = getattr(example, name) if name in AXES or name == SPANS else example.extra.get(name)
        if now not in (before, new.get(name)):
            replaced = f"and the correction replaces {_shown(before)}; leave this correction out"
            return f"has the {name} {_shown(now)}, {replaced}"
    return None


def _shown(value: Any) -> str:
    if value is None:
        return "(not labelled)"
    if isinstance(value, tuple):
        return ", ".join(f"{span.start}..{span.end} {span.text!r} ({span.type})" for span in value) or "[]"
    return repr(str(value))


def _read(path: Path) -> list[tuple[int, Correction]]:
    """Return the corrections with their line numbers."""
    corrections = []
    try:
        with path.open("rb") as file:
            for line in read_lines(file):
                corrections.append((line.number, _parse(line.raw, f"{path}:{line.number}")))
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}; name a file of corrections (JSON Lines)") from None
    return corrections


def _parse(raw: bytes, place: str) -> Correction:
    try:
        return Correction.model_validate(parse_object(raw))
    except InputError as error:
        raise CorpusError(f"{place}: {error}") from None
    except ValidationError as error:
        detail = error.errors()[0]
        field = ".".join(map(str, detail["loc"]))
        raise CorpusError(f"{place}: {field} {detail['input']!r}: {detail['msg']}; {_FIELDS}") from None
