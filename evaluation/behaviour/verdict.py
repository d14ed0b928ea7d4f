"""What a model's labels are worth to a case: nothing to say against them, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from evaluation.behaviour.cases import Case, LabelCase, Labels, Marks, SpansCase
from hedgerow.labels import Certainty, Prediction

# `uncommitted` stands outside the order (CODEBOOK 2). Cases that compare are written inside it, so it fails them.
ORDER = {Certainty.POSSIBLE: 0, Certainty.PROBABLE: 1, Certainty.CERTAIN: 2}


def fault(case: Case, predictions: Sequence[Prediction]) -> str | None:
    """What is wrong with the predictions for the case's texts, in order; None where the case is passed."""
    if isinstance(case, LabelCase):
        return _label_fault(case.expect, predictions[0])
    if isinstance(case, SpansCase):
        return _span_fault(case.expect, predictions[0])
    if case.kind == "same":
        said = [f"{prediction.certainty} {prediction.stance}" for prediction in predictions]
        return None if len(set(said)) == 1 else " / ".join(said)
    certainties = [prediction.certainty for prediction in predictions]
    return None if _ordered(certainties, falling=case.kind == "no_higher") else " / ".join(certainties)


def _label_fault(expect: Labels, said: Prediction) -> str | None:
    pairs = ((expect.certainty, said.certainty), (expect.stance, said.stance))
    wrong = [f"{label} for {right}" for right, label in pairs if right is not None and label != right]
    return ", ".join(wrong) or None


def _span_fault(expect: Marks, said: Prediction) -> str | None:
    wrong = []
    for wording, kind in expect.marked.items():
        start = said.text.index(wording)
        place = (start, start + len(wording))
        if not any((span.start, span.end, span.type) == (*place, kind) for span in said.spans):
            wrong.append(f"{wording!r} not {kind}: {_over(said, *place) or 'unmarked'}")
    for wording in expect.unmarked:
        start = said.text.index(wording)
        if over := _over(said, start, start + len(wording)):
            wrong.append(f"marked {over}")
    return "; ".join(wrong) or None


def _over(said: Prediction, start: int, end: int) -> str:
    """The spans that share a character with start..end, as words."""
    return ", ".join(f"{span.text!r} {span.type}" for span in said.spans if span.start < end and start < span.end)


def _ordered(certainties: Sequence[Certainty], *, falling: bool) -> bool:
    if Certainty.UNCOMMITTED in certainties:
        return False
    steps = [ORDER[after] - ORDER[before] for before, after in pairwise(certainties)]
    return all(step <= 0 if falling else step >= 0 for step in steps)
