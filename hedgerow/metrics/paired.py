"""Two models on the same rows: how much better one is, label by label, and which rows it mended or spoilt.

Both are drawn by the same bootstrap, so that a hard document is hard for both and the interval is that of the
difference (Efron & Tibshirani 1993, chapter 16; Koehn 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hedgerow.labels import AXES, Example, Prediction, SpanType
from hedgerow.metrics import measures
from hedgerow.metrics.evaluate import SEED
from hedgerow.metrics.measures import Floats, Ints, Score
from hedgerow.metrics.spans import strict

Outcome = Literal["fixed", "broken"]


@dataclass(frozen=True, slots=True)
class Change:
    """A row that one of two models has right and the other wrong: `fixed` where the new one is right."""

    id: str
    outcome: Outcome
    gold: str
    old: str
    new: str

    def to_dict(self) -> dict[str, str]:
        return {"id": self.id, "outcome": self.outcome, "gold": self.gold, "old": self.old, "new": self.new}


def differences(
    new: Ints, old: Ints, metric: Callable[[Ints], Floats], *, seed: int = SEED, draws: int = 2000
) -> list[Score]:
    """`metric` of `new` less that of `old`, one Score for each number it gives; both are (groups, ...) counts."""
    values = np.atleast_1d(metric(new.sum(axis=0)) - metric(old.sum(axis=0)))
    # The same seed and depth draw the same groups, which is what pairs them.
    drawn = [metric(measures.bootstrap(stack, seed=seed, draws=draws)) for stack in (new, old)]
    low, high = np.percentile((drawn[0] - drawn[1]).reshape(-1, values.size), [2.5, 97.5], axis=0)
    return [Score(float(v), float(a), float(b)) for v, a, b in zip(values, low, high, strict=True)]


def paired_axis(
    gold: Sequence[Example], old: Sequence[Prediction], new: Sequence[Prediction], axis: str
) -> dict[str, Any]:
    """One axis: macro-F1, accuracy and each label's F1 of both with the difference, and exact McNemar of accuracy."""
    labels = [str(label) for label in AXES[axis]]
    truth, before, after = ([str(getattr(row, axis)) for row in rows] for rows in (gold, old, new))
    units = [example.group_key for example in gold]
    stacks = [measures.confusion_by_group(truth, found, labels, units) for found in (before, after)]
    right = [[said == wanted for said, wanted in zip(found, truth, strict=True)] for found in (before, after)]
    return {
        "macro_f1": _rows(stacks, measures.macro_f1)[0],
        "accuracy": _rows(stacks, measures.accuracy)[0],
        "classes": {
            label: row | {"support": truth.count(label)}
            for label, row in zip(labels, _rows(stacks, measures.f1), strict=True)
        },
        "mcnemar p": measures.mcnemar(right[1], right[0]),
    }


def paired_spans(
    gold: Sequence[Example], old: Sequence[Prediction], new: Sequence[Prediction]
) -> dict[str, dict[str, Any]]:
    """Strict F1 of the spans of each type, and of all together, of both with the difference."""
    stacks = [span_counts_by_group(gold, found) for found in (old, new)]
    support = stacks[0].sum(axis=0)[:, [0, 2]].sum(axis=-1)
    names = [*(str(kind) for kind in SpanType), "all"]
    rows = zip(names, _rows(stacks, span_f1), support.tolist(), strict=True)
    return {name: row | {"support": there} for name, row, there in rows}


def changes(gold: Sequence[Example], old: Sequence[Prediction], new: Sequence[Prediction], axis: str) -> list[Change]:
    """The rows whose answer became right or wrong, the broken ones first, each sort in the corpus's order."""
    found: dict[Outcome, list[Change]] = {"broken": [], "fixed": []}
    for example, before, after in zip(gold, old, new, strict=True):
        truth, *said = (str(getattr(row, axis)) for row in (example, before, after))
        if (said[0] == truth) != (said[1] == truth):
            outcome: Outcome = "fixed" if said[1] == truth else "broken"
            found[outcome].append(Change(example.id, outcome, truth, *said))
    return [*found["broken"], *found["fixed"]]


def span_counts_by_group(gold: Sequence[Example], predicted: Sequence[Prediction]) -> Ints:
    """Spans right, wrong and missed (strictly) by group and type, the last row of types being all: (groups, 13, 3)."""
    names, group = np.unique(np.asarray([example.group_key for example in gold]), return_inverse=True)
    counts = np.zeros((len(names), len(SpanType) + 1, 3), dtype=np.int64)
    for at, example, prediction in zip(group, gold, predicted, strict=True):
        for place, kind in enumerate(SpanType):
            there, found = ([span for span in row.spans if span.type == kind] for row in (example, prediction))
            count = strict(there, found)
            counts[at, place] += (count.right, count.wrong, count.missed)
    counts[:, -1] = counts[:, :-1].sum(axis=1)
    return counts


def span_f1(counts: Ints) -> Floats:
    """F1 of (..., 3) counts of right, wrong and missed; 0 where there is no span at all."""
    right, missing = counts[..., 0], counts[..., 1] + counts[..., 2]
    below = 2 * right + missing
    scores: Floats = np.divide(2 * right, below, out=np.zeros(below.shape), where=below != 0)
    return scores


def _rows(stacks: Sequence[Ints], metric: Callable[[Ints], Floats]) -> list[dict[str, Any]]:
    """`old`, `new` and `difference` for each number that `metric` gives."""
    before, after = (np.atleast_1d(metric(stack.sum(axis=0))) for stack in stacks)
    gained = differences(stacks[1], stacks[0], metric)
    return [
        {"old": round(float(a), 4), "new": round(float(b), 4), "difference": score.to_dict()}
        for a, b, score in zip(before, after, gained, strict=True)
    ]
