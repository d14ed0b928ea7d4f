"""Two labellings of the same rows: how far they agree, beyond chance, and where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hedgerow.errors import CorpusError
from hedgerow.labels import AXES, Example, Prediction
from hedgerow.metrics import measures
from hedgerow.metrics.evaluate import SEED, span_scores

_NAMED = 5  # ids in a message


def pair(first: Sequence[Example], second: Sequence[Example], names: tuple[str, str]) -> list[tuple[Example, Example]]:
    """The rows of both by id, in the order of `first`.

    Raises CorpusError, with the ids, where a row stands in only one of the files that `names` names, or has two texts.
    """
    sides = [{example.id: example for example in rows} for rows in (first, second)]
    for here, there, name, other in ((*sides, *names), (*sides[::-1], *names[::-1])):
        if alone := [id for id in here if id not in there]:
            raise CorpusError(f"{name}: {_list(alone)} not in {other}; leave them out, or label them there too")
    pairs = [(example, sides[1][example.id]) for example in first]
    if differ := [one.id for one, other in pairs if one.text != other.text]:
        raise CorpusError(f"{names[0]}, {names[1]}: {_list(differ)} with two texts; label the same text twice")
    return pairs


def axis_agreement(pairs: Sequence[tuple[Example, Example]], axis: str) -> dict[str, Any]:
    """Cohen's kappa (1960) with its interval, Krippendorff's alpha (nominal; 2011), the matrix, the ids that differ.

    Kappa and alpha are None where all rows have one label on both sides: they are 0/0 there.
    """
    labels = [str(label) for label in AXES[axis]]
    one, other = ([str(getattr(row, axis)) for row in side] for side in zip(*pairs, strict=True))
    stack = measures.confusion_by_group(one, other, labels, [first.group_key for first, _ in pairs])
    differ = [
        {"id": first.id, "first": a, "second": b} for (first, _), a, b in zip(pairs, one, other, strict=True) if a != b
    ]
    return {
        "agreement": measures.interval(stack, measures.accuracy, seed=SEED)[0].to_dict(),
        "kappa": measures.interval(stack, measures.kappa, seed=SEED)[0].to_dict() if len({*one, *other}) > 1 else None,
        "alpha": alpha(one, other, labels),
        "by label": {
            label: round(score.value, 4)
            for label, score in zip(labels, measures.interval(stack, measures.f1, seed=SEED), strict=True)
        },
        "confusion": {"labels": labels, "counts": stack.sum(axis=0).tolist()},
        "differ": differ,
    }


def alpha(one: Sequence[str], other: Sequence[str], labels: Sequence[str]) -> float | None:
    """Krippendorff's alpha of two nominal labellings; None where all rows have one label."""
    import krippendorff

    if len({*one, *other}) < 2:
        return None
    codes = [[float(labels.index(label)) for label in side] for side in (one, other)]
    return round(float(krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal")), 4)


def span_agreement(pairs: Sequence[tuple[Example, Example]]) -> dict[str, Any]:
    """Spans by type, the first labelling taken for gold (F1 is the same either way): F1 strict and overlapping, and
    how many each has; and the ids of the rows that differ."""
    first, second = zip(*pairs, strict=True)
    found = [Prediction(row.text, row.certainty, row.stance, {}, {}, row.spans) for row in second]
    types = {
        kind: {way: scores[way]["f1"] for way in ("strict", "overlapping")}
        | {"counts": [_count(side, kind) for side in (first, second)]}
        for kind, scores in span_scores(first, found).items()
    }
    return {"types": types, "differ": [one.id for one, other in pairs if _bare(one) != _bare(other)]}


def _count(rows: Sequence[Example], kind: str) -> int:
    return sum(kind in ("all", span.type) for row in rows for span in row.spans)


def _bare(example: Example) -> set[tuple[int, int, str]]:
    return {(span.start, span.end, str(span.type)) for span in example.spans}


def _list(ids: Sequence[str]) -> str:
    rest = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"{len(ids)} {'row' if len(ids) == 1 else 'rows'} ({', '.join(map(repr, ids[:_NAMED]))}{rest})"
