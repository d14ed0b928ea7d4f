"""Labelled sentences as a pandas table: one row per sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hedgerow.errors import InputError
from hedgerow.head import LEVEL
from hedgerow.io.optional import library
from hedgerow.labels import AXES, CERTAINTY_ORDER, SPANS, Certainty, Stance
from hedgerow.results import Document, Prediction

# `uncommitted` is outside the order of certainty; as the least, it is left out by "at least probable".
CERTAINTY_CATEGORIES = (Certainty.UNCOMMITTED, *CERTAINTY_ORDER)
_FIRST = ("doc", "index", "start", "end", "text")
_Labelled = Document | Prediction


@dataclass(frozen=True, slots=True)
class _Placed:
    """A sentence, the name of its document, and its number there."""

    doc: str | None
    index: int
    prediction: Prediction


def to_frame(labelled: Document | Prediction | Iterable[Document | Prediction]) -> Any:
    """Return a pandas DataFrame with one row per sentence.

    Parameters
    ----------
    labelled : Document, Prediction, or an iterable of them
        The result of a classifier. A document without a name gets its position, "0" for the first.

    Returns
    -------
    pandas.DataFrame
        `doc` (missing for a sentence that was labelled alone), `index`, `start`, `end`, `text`; the label of each head,
        and a column HEAD_LABEL for each score, as in the CSV of `hedgerow label`; `certainty_score` (0 to 1, missing if
        uncommitted); `cues` and `sources` (lists of their words) and `spans` (lists of objects), if the model has them;
        the span heads of the user's own; `speaker`, `read_to`. An ordered head of the user's own has HEAD_level, 0 (its
        first label) to 1. Labels are categorical; those of ordered heads are ordered. So is `certainty`: uncommitted <
        possible < probable < certain. An uncommitted sentence is not less certain than a possible one: use
        `certainty_score` for means, or `certainty >= "possible"` to leave it out.

    Raises
    ------
    InputError
        If pandas is not installed, or an item is not a Document or Prediction.

    Examples
    --------
    >>> import hedgerow
    >>> frame = hedgerow.to_frame(hedgerow.load("lexicon").read("It rained. Perhaps it will rain again."))
    >>> list(frame["certainty"])
    ['certain', 'possible']
    """
    pandas = library("pandas", needed_for="to_frame", extra="pandas")
    rows = list(_placed([labelled] if isinstance(labelled, Document | Prediction) else labelled))
    heads = _label_heads([row.prediction for row in rows])
    spans = list(dict.fromkeys(name for row in rows for name in row.prediction.other_spans))
    ordered = {name for row in rows for name in row.prediction.levels}
    if any(row.prediction.marks_spans for row in rows) or not rows:
        spans = ["cues", "sources", SPANS, *spans]
    frame = pandas.DataFrame([_cells(row) for row in rows], columns=_columns(heads, ordered, spans))
    for name, labels in heads.items():
        is_ordered = name == "certainty" or name in ordered
        frame[name] = pandas.Categorical(frame[name], categories=list(labels), ordered=is_ordered)
    numbers = dict.fromkeys(("index", "start", "end"), "int64")
    return frame.astype(
        numbers
        | {"read_to": "Int64", "certainty_score": "float64", "doc": "string", "text": "string", "speaker": "string"}
    )


def _placed(labelled: Iterable[_Labelled]) -> Iterator[_Placed]:
    if not isinstance(labelled, Iterable) or isinstance(labelled, str):
        raise InputError(f"to_frame takes documents or predictions, not {type(labelled).__name__}; label it first")
    for number, one in enumerate(labelled):
        if isinstance(one, Document):
            name = str(number) if one.name is None else one.name
            yield from (_Placed(name, index, sentence) for index, sentence in enumerate(one))
        elif isinstance(one, Prediction):
            yield _Placed(None, number, one)
        else:
            raise InputError(f"to_frame: item {number} is {type(one).__name__}, not a Document or Prediction")


def _label_heads(predictions: Sequence[Prediction]) -> dict[str, Sequence[str]]:
    """Return the labels of each label head that a sentence has; of the codebook's axes if there is no sentence."""
    if not predictions:
        return {"certainty": CERTAINTY_CATEGORIES, "stance": tuple(Stance)}
    heads: dict[str, Sequence[str]] = {}
    if any(one.certainty is not None for one in predictions):
        heads["certainty"] = [str(label) for label in CERTAINTY_CATEGORIES]
    if any(one.stance is not None for one in predictions):
        heads["stance"] = [str(label) for label in Stance]
    for one in predictions:
        heads |= {name: list(scores) for name, scores in one.other_scores.items() if name not in heads}
    return heads


def _columns(heads: dict[str, Sequence[str]], ordered: Collection[str], spans: Sequence[str]) -> list[str]:
    axes = [name for name in heads if name in AXES]
    names = [*_FIRST, *axes, "certainty_score"]
    codebook = {"certainty": tuple(Certainty), "stance": tuple(Stance)}
    names += [f"{axis}_{label}" for axis in axes for label in codebook[axis]]
    for name, labels in heads.items():
        level = [f"{name}_{LEVEL}"] if name in ordered else []
        names += [] if name in AXES else [name, *level, *(f"{name}_{label}" for label in labels)]
    return [*names, *spans, "speaker", "read_to"]


def _cells(row: _Placed) -> dict[str, Any]:
    """Return the cells of a sentence by column; scores have four places, as in every output."""
    sentence = row.prediction
    cells: dict[str, Any] = {"doc": row.doc, "index": row.index, "certainty_score": sentence.certainty_score}
    for name, value in sentence.to_dict().items():
        if name.endswith("_scores"):
            cells |= {f"{name.removesuffix('_scores')}_{label}": score for label, score in value.items()}
        else:
            cells[name] = value
    cells["cues"] = [span.text for span in sentence.cues]
    cells["sources"] = [span.text for span in sentence.sources]
    return cells
