"""What a model gives: the prediction of a sentence, and the document of a text.

All offsets are code points, end exclusive. `to_dict` gives the row of every output, and `from_dict` reads it back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, overload

from hedgerow.labels import AXES, CERTAINTY_ORDER, SPANS, Certainty, Span, Stance


class Renderer(Protocol):
    """Draws results: as a piece of HTML, and as a page."""

    def write_fragment(self, labelled: Prediction | Document) -> str:
        """Return a document or a sentence as HTML that stands by itself in a notebook."""

    def save_page(self, document: Document, path: str | Path, model: str | Path | None) -> None:
        """Write a document as a page."""


_renderer: list[Callable[[], Renderer]] = []  # how to import it: drawing is a room above this one


def register_renderer(load: Callable[[], Renderer]) -> None:
    """Draw results with what `load` returns; it is called when something is drawn."""
    _renderer[:] = [load]


@dataclass(frozen=True, slots=True, repr=False)
class Prediction:
    """The labels, scores and spans that a model gives one sentence.

    Attributes
    ----------
    text : str
        The sentence.
    certainty, stance : Certainty, Stance or None
        Its labels; None if the model has no head for the axis.
    certainty_scores, stance_scores : mapping of label to float
        One number in 0..1 per label; they sum to 1. Empty if the model has no head for the axis.
    spans : tuple of Span
        Cues and sources, in order.
    start : int
        The sentence's first code point in the document it was read from, 0 if it was given alone.
    other_scores, other_spans : mapping
        Scores and spans of heads of the user's own, by head.
    read_to : int or None
        The code point at which a sentence too long for the model was cut.
    speaker : str or None
        Who speaks, as the labels of a transcript say ("ANNA:").
    levels : mapping of str to float
        The expected level of each ordered head of the user's own, from 0 (its first label) to 1 (its last).
    marks_spans : bool
        Whether the model has the codebook's span head. Without it there are no `spans`, here and in a row.

    Examples
    --------
    >>> import hedgerow
    >>> prediction = hedgerow.load("lexicon")("Two officials said the talks could collapse.")
    >>> [cue.text for cue in prediction.cues], [source.text for source in prediction.sources]
    (['said', 'could'], ['Two officials'])
    >>> prediction.certainty_score, prediction.certainty < "certain"
    (0.0, True)
    """

    text: str
    certainty: Certainty | None = None
    stance: Stance | None = None
    certainty_scores: Mapping[Certainty, float] = field(default_factory=dict, hash=False)
    stance_scores: Mapping[Stance, float] = field(default_factory=dict, hash=False)
    spans: tuple[Span, ...] = ()
    start: int = 0
    other_scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)
    read_to: int | None = None
    other_spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict, hash=False)
    speaker: str | None = None
    levels: Mapping[str, float] = field(default_factory=dict, hash=False)
    marks_spans: bool = True

    def __repr__(self) -> str:
        """Return one short line: the beginning of the text, and the labels."""
        text = self.text if len(self.text) <= 40 else f"{self.text[:39]}…"
        labels = "".join(f"{label}, " for label in (self.certainty, self.stance) if label is not None)
        return f"<Prediction {text!r}: {labels}{len(self.spans)} spans>"

    def _repr_html_(self) -> str:
        """Return the sentence as HTML: a notebook shows it so."""
        return _renderer[0]().write_fragment(self)

    @property
    def end(self) -> int:
        """The code point after the sentence, in the document it was read from."""
        return self.start + len(self.text)

    @property
    def cues(self) -> tuple[Span, ...]:
        """The words that express certainty or stance, in order."""
        return tuple(span for span in self.spans if not span.is_source)

    @property
    def sources(self) -> tuple[Span, ...]:
        """The words that name the source of the claim, in order."""
        return tuple(span for span in self.spans if span.is_source)

    @property
    def certainty_score(self) -> float | None:
        """How certain the sentence is, 0 (`possible`) to 1 (`certain`); None if it is `uncommitted`, or not labelled.

        It is the expected level over the ordered labels: the sum of `score * level`, divided by their scores' sum.
        """
        if self.certainty is Certainty.UNCOMMITTED or not self.certainty_scores:
            return None
        scores = {label: self.certainty_scores[label] for label in CERTAINTY_ORDER}
        total = sum(scores.values())
        return sum(score * (label.level or 0.0) for label, score in scores.items()) / total if total else None

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes that the sentence has a label of, in the codebook's order."""
        return tuple(axis for axis in AXES if getattr(self, axis) is not None)

    @property
    def label_heads(self) -> tuple[str, ...]:
        """The names of the heads that label the sentence: its axes, then the user's own."""
        return (*self.axes, *self.other_scores)

    def scores(self, head: str) -> Mapping[Any, float]:
        """Return the scores of a label head by label.

        Parameters
        ----------
        head : str
            "certainty", "stance", or a label head of the user's own.

        Returns
        -------
        mapping of label to float
            One number in 0..1 per label; they sum to 1.

        Raises
        ------
        KeyError
            If the model has no such head.
        """
        axes: dict[str, Mapping[Any, float]] = {"certainty": self.certainty_scores, "stance": self.stance_scores}
        scores = axes.get(head) or self.other_scores.get(head)
        if not scores:
            raise KeyError(head)
        return scores

    def to_dict(self) -> dict[str, Any]:
        """Return the sentence as one flat JSON object, scores rounded to four places.

        An axis that the model has no head for has no fields, and so do spans.
        """
        row: dict[str, Any] = {"start": self.start, "end": self.end, "text": self.text}
        for axis in self.axes:
            row |= {axis: str(getattr(self, axis)), f"{axis}_scores": _rounded(getattr(self, f"{axis}_scores"))}
        if self.marks_spans:
            row[SPANS] = [span.to_dict() for span in self.spans]
        for name, scores in self.other_scores.items():
            row |= {name: _best(scores), f"{name}_scores": _rounded(scores)}
            if name in self.levels:
                row[f"{name}_level"] = round(self.levels[name], 4)
        for name, spans in self.other_spans.items():
            row[name] = [span.to_dict() for span in spans]
        if self.speaker is not None:
            row["speaker"] = self.speaker
        if self.read_to is not None:
            row["read_to"] = self.read_to
        return row

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Prediction:
        """Return the prediction that `to_dict` wrote, with scores of four places.

        The keys of a document's row are ignored. A label that `--abstain` left empty is the one with the best score.
        """
        own = {name.removesuffix("_scores") for name in row if name.endswith("_scores")} - AXES.keys()
        spans = {name: _spans(value) for name, value in row.items() if _is_spans(value)}
        return cls(
            text=row["text"],
            certainty=None if (certainty := _label(row, "certainty")) is None else Certainty(certainty),
            stance=None if (stance := _label(row, "stance")) is None else Stance(stance),
            certainty_scores={Certainty(label): score for label, score in _scores(row, "certainty").items()},
            stance_scores={Stance(label): score for label, score in _scores(row, "stance").items()},
            spans=_spans(row.get(SPANS) or ()),
            start=row.get("start", 0),
            other_scores={name: dict(row[f"{name}_scores"]) for name in row if name in own},
            read_to=row.get("read_to"),
            other_spans={name: found for name, found in spans.items() if name != SPANS},
            speaker=row.get("speaker"),
            levels={name: level for name in own if (level := row.get(f"{name}_level")) is not None},
            marks_spans=row.get(SPANS) is not None,
        )


def expected_level(scores: Collection[float]) -> float:
    """Return the expected level of ordered labels, 0 (the first) to 1 (the last), from their scores in order."""
    return sum(at * score for at, score in enumerate(scores)) / (len(scores) - 1)


def _scores(row: Mapping[str, Any], axis: str) -> Mapping[str, float]:
    return row.get(f"{axis}_scores") or {}


def _label(row: Mapping[str, Any], axis: str) -> str | None:
    """Return the label of an axis, the best one if it was left empty; None if the row does not have the axis."""
    scores = _scores(row, axis)
    return row.get(axis) or (_best(scores) if scores else None)


def _best(scores: Mapping[str, float]) -> str:
    return max(scores, key=scores.__getitem__)


def _rounded(scores: Mapping[Any, float]) -> dict[str, float]:
    return {str(label): round(score, 4) for label, score in scores.items()}


def _is_spans(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and "type" in one for one in value)


def _spans(rows: Collection[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span.from_dict(row) for row in rows)


@dataclass(frozen=True, slots=True, repr=False)
class Document(Sequence[Prediction]):
    """The labelled sentences of one text, in order.

    Attributes
    ----------
    sentences : tuple of Prediction
        The sentences; the document is a sequence of them, too.
    name : str or None
        The name of the document: a file, a row.
    text : str or None
        The text in which the offsets of the sentences count.

    Examples
    --------
    >>> import hedgerow
    >>> document = hedgerow.load("lexicon").read("It rained. Perhaps it will rain again.", name="weather")
    >>> document
    <Document 'weather': 2 sentences>
    >>> document[1].text
    'Perhaps it will rain again.'
    """

    sentences: tuple[Prediction, ...]
    name: str | None = None
    text: str | None = None

    def __repr__(self) -> str:
        """Return one short line: the name and the number of sentences."""
        return f"<Document {self.name or ''!r}: {len(self.sentences)} sentences>"

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.sentences)

    @overload
    def __getitem__(self, index: int) -> Prediction: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Prediction, ...]: ...
    def __getitem__(self, index: int | slice) -> Prediction | tuple[Prediction, ...]:
        """Return a sentence, or a tuple of them for a slice."""
        return self.sentences[index]

    def __iter__(self) -> Iterator[Prediction]:
        """Iterate over the sentences."""
        return iter(self.sentences)

    def _repr_html_(self) -> str:
        """Return the document as HTML: a notebook shows it so."""
        return _renderer[0]().write_fragment(self)

    def to_html(self, path: str | Path, *, model: str | Path | None = None) -> None:
        """Write the document as a page that needs no other file, as `hedgerow view` does; replace an existing file.

        Parameters
        ----------
        path : str or Path
            The page.
        model : str or Path, optional
            The name or folder of the model that labelled the document. The page names it; without it, the page says
            that the model is not recorded.

        Raises
        ------
        InputError
            If the page cannot be written.
        ModelError
            If there is no such model.
        """
        _renderer[0]().save_page(self, path, model)

    def to_dict(self) -> dict[str, Any]:
        """Return the document as one JSON object; `text` only if it is known."""
        row: dict[str, Any] = {"doc": self.name, "sentences": [sentence.to_dict() for sentence in self.sentences]}
        return row if self.text is None else row | {"text": self.text}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Document:
        """Return the document that `to_dict` wrote."""
        return cls(tuple(map(Prediction.from_dict, row["sentences"])), row.get("doc"), row.get("text"))
