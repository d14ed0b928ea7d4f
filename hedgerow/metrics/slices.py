"""Slices: scores on one kind of sentence, so that a good average does not hide a weakness.

A slice is defined by the gold row (its corpus, its cues) or by its text (length, quotation marks, negation), never by a
prediction. A sentence can be in several slices of a family, such as the types of its cues. Families and names are
lower case with underscores, as keys of a report are; names of the families in `ROW_FIELDS` are values of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from hedgerow.labels import Example, SpanType, Stance
from hedgerow.metrics import measures
from hedgerow.metrics.labelled import measurable_labels
from hedgerow.metrics.scoring import axis_confusion, present_macro_f1
from hedgerow.results import Prediction

TOO_FEW = 30  # sentences; the figures of a smaller slice are too unsure to act on
ROW_FIELDS = ("corpus", "domain", "kind")  # fields of a row whose values are slices
LENGTHS = ((10, "words_1_to_10"), (20, "words_11_to_20"), (30, "words_21_to_30"))
LONG = "words_over_30"
CUES = ("none", "one", "two")
MANY_CUES = "three_or_more"
_IN_ORDER = (*(name for _, name in LENGTHS), LONG, *CUES, MANY_CUES)  # all others are sorted by the alphabet
# An apostrophe can close a quotation too, so of the single marks only the opening one counts.
_QUOTED = re.compile(r"[\"“”„«»‘]")
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|neither|nor|nobody|nothing|nowhere|without|cannot)\b|n['’]t\b", re.IGNORECASE
)
# A passive of opinion: "is considered", "was long regarded by many as", "has been described as".
_OPINION = re.compile(
    r"\b(?:is|are|was|were|be|been|being)(?:\s+[\w-]+){0,3}?\s+"
    r"(?:considered|(?:regarded|viewed|seen|described|thought\s+of)(?:\s+[\w-]+){0,4}?\s+as)\b",
    re.IGNORECASE,
)


def slices_of(example: Example) -> Iterator[tuple[str, str]]:
    """Yield the (family, name) of every slice that a sentence is in."""
    for family in ROW_FIELDS:
        if (value := getattr(example, family)) is not None:
            yield family, value
    words = len(example.text.split())
    yield "length", next((name for most, name in LENGTHS if words <= most), LONG)
    yield "quotation", "with_quotation_marks" if _QUOTED.search(example.text) else "without_quotation_marks"
    yield "negation", "negated" if _NEGATED.search(example.text) else "not_negated"
    cues = [span for span in example.spans or () if not span.is_source]
    if example.spans is not None:
        yield "number_of_cues", CUES[len(cues)] if len(cues) < len(CUES) else MANY_CUES
    for kind in sorted({str(span.type) for span in cues}):
        yield "type_of_cue", kind
    if example.stance is Stance.DISTANCED:
        yield "distanced", "passive_of_opinion" if _has_passive_of_opinion(example) else "other_wording"


def _has_passive_of_opinion(example: Example) -> bool:
    """Return whether a hearsay cue is a passive of opinion: about 13 % of the distanced sentences of published text."""
    cues = [span for span in example.spans or () if span.type == SpanType.HEARSAY]
    passives = [match.span() for match in _OPINION.finditer(example.text)] if cues else []
    return any(span.start < end and start < span.end for start, end in passives for span in cues)


def slice_scores(gold: Sequence[Example], predicted: Sequence[Prediction], *, seed: int) -> dict[str, Any]:
    """Return scores by family and name of the slice.

    They are the number of sentences and of groups, and for each label head accuracy and the macro-F1 of the labels that
    are gold in the slice. A head that no row of the slice is labelled on is not there.
    """
    rows_by_slice: dict[tuple[str, str], list[int]] = {}
    for at, example in enumerate(gold):
        for key in slices_of(example):
            rows_by_slice.setdefault(key, []).append(at)
    table: dict[str, Any] = {}
    for (family, name), rows in sorted(rows_by_slice.items(), key=lambda item: _order(item[0])):
        examples = [gold[at] for at in rows]
        predictions = [predicted[at] for at in rows]
        heads = measurable_labels(examples, predictions)
        axes = {head: _scores(examples, predictions, head, seed) for head in heads}
        counts = {"n": len(rows), "groups": len({example.group_key for example in examples})}
        table.setdefault(family, {})[name] = counts | axes
    return table


def _scores(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str, seed: int) -> dict[str, Any]:
    stack = axis_confusion(gold, predicted, axis)
    (accuracy,) = measures.interval(stack, measures.accuracy, seed=seed)
    macro_f1 = present_macro_f1(stack, seed=seed)
    labels = macro_f1.pop("labels")
    return {"accuracy": accuracy.to_dict(), "macro_f1": macro_f1, "labels": labels}


def _order(key: tuple[str, str]) -> tuple[str, int, str]:
    """Sort families and names by the alphabet, but lengths and numbers by size."""
    family, name = key
    is_sized = family not in ROW_FIELDS and name in _IN_ORDER
    return family, _IN_ORDER.index(name) if is_sized else len(_IN_ORDER), name
