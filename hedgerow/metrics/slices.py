"""Slices: scores on one kind of sentence, so that a good average does not hide a weakness.

A slice is defined by the gold row (its corpus, its cues) or by its text (length, quotation marks, negation), never by a
prediction. A sentence can be in several slices of a family, such as the types of its cues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from hedgerow.labels import AXES, Example, Stance
from hedgerow.metrics import measures
from hedgerow.metrics.scoring import axis_confusion, present_macro_f1
from hedgerow.results import Prediction

TOO_FEW = 30  # sentences; the figures of a smaller slice are too unsure to act on
LENGTHS = ((10, "1 to 10 words"), (20, "11 to 20 words"), (30, "21 to 30 words"))
LONG = "over 30 words"
# An apostrophe can close a quotation too, so of the single marks only the opening one counts.
_QUOTED = re.compile(r"[\"“”„«»‘]")
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|neither|nor|nobody|nothing|nowhere|without|cannot)\b|n['’]t\b", re.IGNORECASE
)
_JUDGED = re.compile(r"\b(?:considered|regarded|viewed as)\b", re.IGNORECASE)


def slices_of(example: Example) -> Iterator[tuple[str, str]]:
    """Yield the (family, name) of every slice that a sentence is in."""
    for family in ("corpus", "domain", "kind"):
        if (value := getattr(example, family)) is not None:
            yield family, value
    words = len(example.text.split())
    yield "length", next((name for most, name in LENGTHS if words <= most), LONG)
    yield "quotation", "with quotation marks" if _QUOTED.search(example.text) else "without quotation marks"
    yield "negation", "negated" if _NEGATED.search(example.text) else "not negated"
    cues = [span for span in example.spans if not span.is_source]
    yield "number of cues", f"{len(cues)}" if len(cues) < 3 else "3 or more"
    for kind in sorted({str(span.type) for span in cues}):
        yield "type of cue", kind
    if example.stance is Stance.DISTANCED:
        # "is considered / regarded / viewed as": about a fifth of the distanced sentences of published text.
        judged = any(_JUDGED.search(span.text) for span in example.spans)
        yield "distanced", "is considered, regarded, viewed as" if judged else "by other wording"


def slice_scores(gold: Sequence[Example], predicted: Sequence[Prediction], *, seed: int) -> dict[str, Any]:
    """Return scores by family and name of the slice.

    They are the number of sentences and of groups, and for each axis accuracy and the macro-F1 of the labels that are
    gold in the slice.
    """
    rows_by_slice: dict[tuple[str, str], list[int]] = {}
    for at, example in enumerate(gold):
        for key in slices_of(example):
            rows_by_slice.setdefault(key, []).append(at)
    table: dict[str, Any] = {}
    for (family, name), rows in sorted(rows_by_slice.items(), key=lambda item: _order(item[0])):
        examples = [gold[at] for at in rows]
        predictions = [predicted[at] for at in rows]
        axes = {axis: _scores(examples, predictions, axis, seed) for axis in AXES}
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
    """Sort families and names by the alphabet, but lengths by length."""
    lengths = [name for _, name in LENGTHS]
    return key[0], lengths.index(key[1]) if key[1] in lengths else len(lengths), key[1]
