"""Compare two models on the same rows: the difference of every figure, and the rows that were fixed or broken.

Both models are drawn by the same bootstrap (see `measures.paired_differences`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hedgerow.labels import SPANS, Example
from hedgerow.metrics import measures
from hedgerow.metrics.labelled import gold_label, is_ordered, labelled_pairs, labels_of, predicted_label
from hedgerow.metrics.measures import SEED, Floats, Ints
from hedgerow.metrics.ordered import level_errors
from hedgerow.metrics.scoring import axis_confusion
from hedgerow.metrics.spans import ALL, SpanCounts, counts_by_type, span_f1, span_sums
from hedgerow.results import Prediction

Outcome = Literal["fixed", "broken"]


@dataclass(frozen=True, slots=True)
class Change:
    """A row that one of two models has right and the other wrong: `fixed` if the new one is right."""

    id: str
    outcome: Outcome
    gold: str
    old: str
    new: str

    def to_dict(self) -> dict[str, str]:
        """Return the change as a JSON object."""
        return {"id": self.id, "outcome": self.outcome, "gold": self.gold, "old": self.old, "new": self.new}


def compare(gold: Sequence[Example], new: Sequence[Prediction], old: Sequence[Prediction], axis: str) -> dict[str, Any]:
    """Compare two models on the same rows.

    Parameters
    ----------
    gold : sequence of Example
        Labelled rows.
    new, old : sequence of Prediction
        The predictions of the two models for these rows, in order.
    axis : str
        "certainty", "stance", or a label head of the user's own that both have.

    Returns
    -------
    dict
        `mcnemar_p`, the p of the exact McNemar test of accuracy (1947); `macro_f1_difference`, new minus old, with an
        interval that draws groups (Koehn 2004); and `macro_f1_p`, the p of that difference.

    Examples
    --------
    >>> from pathlib import Path
    >>> import hedgerow
    >>> from hedgerow import corpus
    >>> from hedgerow.metrics import compare
    >>> gold = corpus.load([Path("data/examples/article.jsonl")])
    >>> texts = [row.text for row in gold]
    >>> new, old = hedgerow.load("base").predict(texts), hedgerow.load("lexicon").predict(texts)
    >>> compare(gold, new, old, "stance")["macro_f1_difference"]["value"] > 0
    True
    """
    ours = axis_confusion(gold, new, axis)
    theirs = axis_confusion(gold, old, axis)
    (difference,) = measures.paired_differences(ours, theirs, measures.macro_f1, seed=SEED)
    return {
        "mcnemar_p": _mcnemar(gold, new, old, axis),
        "macro_f1_difference": difference.to_dict(),
        "macro_f1_p": measures.paired_p(ours, theirs, measures.macro_f1, seed=SEED),
    }


def compare_by_label(
    gold: Sequence[Example], old: Sequence[Prediction], new: Sequence[Prediction], axis: str
) -> dict[str, Any]:
    """Return macro-F1, accuracy and each label's F1 of both models with the difference, and three p.

    They are those of the totals by a permutation of whole groups, and the exact McNemar p of accuracy. Of an ordered
    head of the user's own, `level_error` is the mean absolute error of the level, where less is better.
    """
    stacks = (axis_confusion(gold, old, axis), axis_confusion(gold, new, axis))
    support = stacks[0].sum(axis=(0, 2))
    labels = labels_of(*labelled_pairs(gold, old, axis), axis)
    by_label = zip(labels, _rows(stacks, measures.f1), support.tolist(), strict=True)
    return {
        "macro_f1": _rows(stacks, measures.macro_f1)[0],
        "accuracy": _rows(stacks, measures.accuracy)[0],
        "classes": {label: row | {"support": count} for label, row, count in by_label},
        "macro_f1_p": measures.permutation_p(stacks[1], stacks[0], measures.macro_f1, seed=SEED),
        "accuracy_p": measures.permutation_p(stacks[1], stacks[0], measures.accuracy, seed=SEED),
        "mcnemar_p": _mcnemar(gold, new, old, axis),
        **_level_error(gold, old, new, axis),
    }


def _level_error(
    gold: Sequence[Example], old: Sequence[Prediction], new: Sequence[Prediction], head: str
) -> dict[str, Any]:
    """Return the error of the level of both models with the difference and its p; nothing of other heads."""
    if not (is_ordered(old, head) and is_ordered(new, head)):
        return {}
    errors = [level_errors(*labelled_pairs(gold, side, head), head) for side in (old, new)]
    stacks: list[Any] = [sums for sums in errors if sums is not None]  # sums, where other figures have counts
    mean: Callable[[Any], Floats] = measures.mean
    if not stacks:
        return {}
    p = measures.permutation_p(stacks[1], stacks[0], mean, seed=SEED)
    return {"level_error": _rows(stacks, mean)[0], "level_error_p": p}


def compare_spans(
    gold: Sequence[Example], old: Sequence[Prediction], new: Sequence[Prediction], head: str = SPANS
) -> dict[str, dict[str, Any]]:
    """Return the strict F1 of the spans of each type, and of all, of both models with the difference.

    That of all has `p`, by a permutation of whole groups.
    """
    _, new = labelled_pairs(gold, new, head)
    gold, old = labelled_pairs(gold, old, head)
    groups = [example.group_key for example in gold]
    found = [
        {kind: by_method["strict"] for kind, by_method in counts_by_type(gold, predicted, head)}
        for predicted in (old, new)
    ]
    names = [*sorted({kind for counts in found for kind in counts} - {ALL}), ALL] if head != SPANS else list(found[0])
    none = [SpanCounts()] * len(gold)  # of a type that only the other model finds
    stacks = [np.stack([span_sums(counts.get(kind, none), groups) for kind in names], axis=1) for counts in found]
    support = stacks[0].sum(axis=0)[:, [0, 2]].sum(axis=-1)  # right and missed
    rows = zip(names, _rows(stacks, span_f1), support.tolist(), strict=True)
    found_by_type = {name: row | {"support": count} for name, row, count in rows}
    old_total, new_total = (stack[:, names.index(ALL)] for stack in stacks)
    found_by_type[ALL]["p"] = measures.permutation_p(new_total, old_total, span_f1, seed=SEED)
    return found_by_type


def list_changes(
    gold: Sequence[Example], old: Sequence[Prediction], new: Sequence[Prediction], axis: str
) -> list[Change]:
    """Return the rows whose label became right or wrong, the broken ones first, each kind in the corpus's order."""
    _, new = labelled_pairs(gold, new, axis)
    gold, old = labelled_pairs(gold, old, axis)
    by_outcome: dict[Outcome, list[Change]] = {"broken": [], "fixed": []}
    for example, before, after in zip(gold, old, new, strict=True):
        truth = gold_label(example, axis)
        old_label, new_label = (predicted_label(row, axis) for row in (before, after))
        if (old_label == truth) != (new_label == truth):
            outcome: Outcome = "fixed" if new_label == truth else "broken"
            by_outcome[outcome].append(Change(example.id, outcome, truth, old_label, new_label))
    return [*by_outcome["broken"], *by_outcome["fixed"]]


def _mcnemar(gold: Sequence[Example], new: Sequence[Prediction], old: Sequence[Prediction], axis: str) -> float:
    right = [
        [predicted_label(said, axis) == gold_label(example, axis) for example, said in zip(*pairs, strict=True)]
        for pairs in (labelled_pairs(gold, side, axis) for side in (new, old))
    ]
    return measures.mcnemar(right[0], right[1])


def _rows(stacks: Sequence[Ints], metric: Callable[[Ints], Floats]) -> list[dict[str, Any]]:
    """Return `old`, `new` and `difference` for each number that `metric` gives; `stacks` are the old and the new."""
    old, new = (np.atleast_1d(metric(stack.sum(axis=0))) for stack in stacks)
    differences = measures.paired_differences(stacks[1], stacks[0], metric, seed=SEED)
    return [
        {"old": round(float(a), 4), "new": round(float(b), 4), "difference": score.to_dict()}
        for a, b, score in zip(old, new, differences, strict=True)
    ]
