"""Check a model's predictions against a case."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from evaluation.behaviour.cases import Case, LabelCase, Labels, Marks, SpansCase
from hedgerow.labels import Certainty, Stance
from hedgerow.results import Prediction


def find_error(case: Case, predictions: Sequence[Prediction]) -> str | None:
    """Return the error of the predictions for the case's texts, in order; None if the case is passed."""
    if isinstance(case, LabelCase):
        return _label_error(case.expect, predictions[0])
    if isinstance(case, SpansCase):
        return _span_error(case.expect, predictions[0])
    if case.kind == "same":
        labels = [f"{prediction.certainty} {prediction.stance}" for prediction in predictions]
        return None if len(set(labels)) == 1 else " / ".join(labels)
    certainties = [prediction.certainty for prediction in predictions if prediction.certainty is not None]
    return None if _is_ordered(certainties, falling=case.kind == "no_higher") else " / ".join(certainties)


def is_comparison(case: Case) -> bool:
    """Return whether the case compares sentences, so that a model that always gives the same labels passes it."""
    return case.kind in ("same", "no_lower", "no_higher")


def is_passed_by_default(case: Case) -> bool:
    """Return whether a model passes the case that finds every sentence certain and asserted, and marks nothing."""
    return (
        find_error(case, [Prediction(text, Certainty.CERTAIN, Stance.ASSERTED, {}, {}) for text in case.texts]) is None
    )


def _label_error(expect: Labels, prediction: Prediction) -> str | None:
    pairs = ((expect.certainty, prediction.certainty), (expect.stance, prediction.stance))
    wrong = [f"{label} for {right}" for right, label in pairs if right is not None and label != right]
    return ", ".join(wrong) or None


def _span_error(expect: Marks, prediction: Prediction) -> str | None:
    wrong = []
    for words, kind in expect.marked.items():
        start = prediction.text.index(words)
        end = start + len(words)
        if not any((span.start, span.end, span.type) == (start, end, kind) for span in prediction.spans):
            wrong.append(f"{words!r} not {kind}: {_spans_over(prediction, start, end) or 'unmarked'}")
    for words in expect.unmarked:
        start = prediction.text.index(words)
        if over := _spans_over(prediction, start, start + len(words)):
            wrong.append(f"marked {over}")
    return "; ".join(wrong) or None


def _spans_over(prediction: Prediction, start: int, end: int) -> str:
    """Return the spans that share a character with start..end, as words."""
    spans = [span for span in prediction.spans if span.start < end and start < span.end]
    return ", ".join(f"{span.text!r} {span.type}" for span in spans)


def _is_ordered(certainties: Sequence[Certainty], *, falling: bool) -> bool:
    # Cases that compare are written inside the order (CODEBOOK 2), so `uncommitted` fails them.
    if Certainty.UNCOMMITTED in certainties:
        return False
    return all(after <= before if falling else after >= before for before, after in pairwise(certainties))
