"""Slices: the sentences of a kind, so that a good average does not hide where a model is bad.

A slice is named by what is known of the gold row (its corpus, its cues) or seen in its text (length, quotation marks,
negation), never by what the model said. A sentence may lie in several slices of a family, as of the types of its cues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from hedgerow.labels import AXES, Example, Prediction, Stance
from hedgerow.metrics import measures

FEW = 30  # sentences; under this a slice's figures are too unsure to act on
LENGTHS = ((10, "1 to 10 words"), (20, "11 to 20 words"), (30, "21 to 30 words"))
LONG = "over 30 words"
# An apostrophe may close a quotation too, so of single marks only the opening one is looked for.
_QUOTED = re.compile(r"[\"“”„«»‘]")
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|neither|nor|nobody|nothing|nowhere|without|cannot)\b|n['’]t\b", re.IGNORECASE
)
_JUDGED = re.compile(r"\b(?:considered|regarded|viewed as)\b", re.IGNORECASE)


def slices_of(example: Example) -> Iterator[tuple[str, str]]:
    """The (family, name) of every slice that a sentence lies in."""
    for family in ("corpus", "domain", "kind"):
        if (value := getattr(example, family)) is not None:
            yield family, value
    words = len(example.text.split())
    yield "length", next((name for most, name in LENGTHS if words <= most), LONG)
    yield "quotation", "with quotation marks" if _QUOTED.search(example.text) else "without quotation marks"
    yield "negation", "negated" if _NEGATED.search(example.text) else "not negated"
    cues = [span for span in example.spans if not span.type.is_source]
    yield "number of cues", f"{len(cues)}" if len(cues) < 3 else "3 or more"
    for kind in sorted({str(span.type) for span in cues}):
        yield "type of cue", kind
    if example.stance is Stance.DISTANCED:
        # "is considered / regarded / viewed as": about a fifth of the distanced sentences of published text.
        judged = any(_JUDGED.search(span.text) for span in example.spans)
        yield "distanced", "is considered, regarded, viewed as" if judged else "by other wording"


def slice_scores(gold: Sequence[Example], predicted: Sequence[Prediction], *, seed: int) -> dict[str, Any]:
    """By family and name: sentences, groups, and for each axis accuracy and the macro-F1 of the labels in the slice."""
    places: dict[tuple[str, str], list[int]] = {}
    for at, example in enumerate(gold):
        for key in slices_of(example):
            places.setdefault(key, []).append(at)
    table: dict[str, Any] = {}
    for (family, name), rows in sorted(places.items(), key=lambda item: _order(item[0])):
        here = [gold[at] for at in rows]
        axes = {axis: _scores(here, [predicted[at] for at in rows], axis, seed) for axis in AXES}
        counts = {"n": len(rows), "groups": len({example.group_key for example in here})}
        table.setdefault(family, {})[name] = counts | axes
    return table


def _scores(gold: Sequence[Example], predicted: Sequence[Prediction], axis: str, seed: int) -> dict[str, Any]:
    labels = [str(label) for label in AXES[axis]]
    truth = [str(getattr(example, axis)) for example in gold]
    found = [str(getattr(prediction, axis)) for prediction in predicted]
    stack = measures.confusion_by_group(truth, found, labels, [example.group_key for example in gold])
    there = [at for at, label in enumerate(labels) if label in set(truth)]
    (accuracy,) = measures.interval(stack, measures.accuracy, seed=seed)
    (macro,) = measures.interval(stack, lambda drawn: measures.f1(drawn)[..., there].mean(axis=-1), seed=seed)
    return {"accuracy": accuracy.to_dict(), "macro_f1": macro.to_dict(), "labels": len(there)}


def _order(key: tuple[str, str]) -> tuple[str, int, str]:
    """Families and names by the alphabet, but lengths by length."""
    lengths = [name for _, name in LENGTHS]
    return key[0], lengths.index(key[1]) if key[1] in lengths else len(lengths), key[1]
