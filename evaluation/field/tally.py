"""Verdicts and checks to the rows of the report: counts by model and group of cases, and the cases that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.field.cases import SETS, FieldCases, TextCase
from evaluation.field.judging import Verdict, count_checks, is_split_right, split_texts
from hedgerow.labels import AXES
from hedgerow.metrics import wilson

ByModel = Mapping[str, Sequence[Verdict]]
CueErrors = Mapping[str, Sequence[list[str]]]  # by model: the errors of every sentence, in order
Rows = list[dict[str, Any]]


def count_right(verdicts: ByModel, *keys: str, with_rates: bool = False) -> Rows:
    """Return the number of right labels by model and the verdicts' fields `keys`, sets in their order.

    `with_rates` adds the rates with Wilson intervals.
    """
    rows = []
    for model, own in verdicts.items():
        groups: dict[tuple[str, ...], list[Verdict]] = {}
        for verdict in sorted(own, key=lambda one: SETS.index(one.set)):
            groups.setdefault(tuple(getattr(verdict, key) for key in keys), []).append(verdict)
        rows += [
            {"model": model, **dict(zip(keys, values, strict=True)), **_right(group, with_rates)}
            for values, group in groups.items()
        ]
    return rows


def _right(verdicts: Sequence[Verdict], with_rates: bool) -> dict[str, Any]:
    right = {
        "both": sum(one.is_right for one in verdicts),
        "certainty": sum(one.certainty_is_right for one in verdicts),
        "stance": sum(one.stance_is_right for one in verdicts),
    }
    rates = {f"{name}_rate": wilson(count, len(verdicts)).to_dict() for name, count in right.items()}
    return {"n": len(verdicts), **right, **(rates if with_rates else {})}


def count_reversed(verdicts: ByModel) -> Iterator[dict[str, Any]]:
    """Yield, for kinds of negated or unreal reports, how many stances take the content as true or false."""
    for model, own in verdicts.items():
        reversible = [one for one in own if one.is_reversible]
        for name, kind in dict.fromkeys((one.set, one.kind) for one in reversible):
            group = [one for one in reversible if (one.set, one.kind) == (name, kind)]
            count = sum(one.is_reversed for one in group)
            yield {"model": model, "set": name, "kind": kind, "n": len(group), "reversed": count}


def count_cues(cues: CueErrors, cases: FieldCases) -> Iterator[dict[str, Any]]:
    """Yield how many of the cue checks each model passes, by set."""
    for model, errors in cues.items():
        for name in SETS:
            own = [
                (count_checks(case), len(found))
                for case, found in zip(cases.sentences, errors, strict=True)
                if case.set == name
            ]
            if n := sum(checks for checks, _ in own):
                yield {"model": model, "set": name, "n": n, "right": n - sum(failed for _, failed in own)}


def count_splits(texts: Sequence[TextCase]) -> Iterator[dict[str, Any]]:
    """Yield how many texts are split as gold, by kind; no model takes part in it."""
    kinds = dict.fromkeys((case.set, case.kind) for case in texts)
    for name, kind in sorted(kinds, key=lambda pair: SETS.index(pair[0])):
        right = [is_split_right(case) for case in texts if (case.set, case.kind) == (name, kind)]
        yield {"set": name, "kind": kind, "n": len(right), "right": sum(right)}


def label_failures(verdicts: ByModel) -> Rows:
    """Return each sentence that a model has wrong: id, gold labels, and those of the models that are wrong."""
    rows = []
    models = list(verdicts)
    for together in zip(*verdicts.values(), strict=True):
        wrong = [(model, one) for model, one in zip(models, together, strict=True) if not one.is_right]
        if wrong:
            first = together[0]
            gold = {axis: "|".join(getattr(first, axis)) for axis in AXES}
            keys = {"id": first.id, "set": first.set, "kind": first.kind, "gold": gold}
            rows.append(keys | {"predicted": [{"model": model, **_labels(one)} for model, one in wrong]})
    return rows


def _labels(verdict: Verdict) -> dict[str, str | None]:
    """Return the labels that were given; None if the text was split in another way."""
    return {axis: None if verdict.said is None else str(getattr(verdict.said, axis)) for axis in AXES}


def cue_failures(cues: CueErrors, cases: FieldCases) -> Rows:
    """Return each sentence with a cue check that a model does not pass, and the errors of these models."""
    return [
        {"id": case.id, "set": case.set, "kind": case.kind, "wrong": wrong}
        for at, case in enumerate(cases.sentences)
        if (wrong := [{"model": model, "errors": errors[at]} for model, errors in cues.items() if errors[at]])
    ]


def split_failures(texts: Sequence[TextCase]) -> Rows:
    """Return each text that is not split as gold, with the numbers of sentences."""
    return [
        {
            "id": case.id,
            "set": case.set,
            "kind": case.kind,
            "sentences": {"gold": len(case.gold), "found": len(split_texts(case))},
        }
        for case in texts
        if not is_split_right(case)
    ]
