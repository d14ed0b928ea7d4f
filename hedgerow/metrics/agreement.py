"""Agreement of two labellings of the same rows, beyond chance, and the rows on which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hedgerow.errors import CorpusError
from hedgerow.labels import AXES, SPANS, Example
from hedgerow.metrics import measures
from hedgerow.metrics.measures import SEED
from hedgerow.metrics.scoring import span_scores
from hedgerow.metrics.spans import ALL, METHODS, span_keys
from hedgerow.results import Prediction

_MAX_NAMED = 5  # ids in a message
Pairs = Sequence[tuple[Example, Example]]


def pair(first: Sequence[Example], second: Sequence[Example], names: tuple[str, str]) -> list[tuple[Example, Example]]:
    """Return the rows of both labellings by id, in the order of `first`; `names` are the names of their files.

    Raises CorpusError, with the ids, if only one file has a row, or the files have two texts for it.
    """
    rows = {example.id: example for example in first}
    other_rows = {example.id: example for example in second}
    _reject_unpaired(rows, other_rows, names)
    _reject_unpaired(other_rows, rows, (names[1], names[0]))
    pairs = [(example, other_rows[example.id]) for example in first]
    if differing := [one.id for one, other in pairs if one.text != other.text]:
        raise CorpusError(f"{names[0]}, {names[1]}: {_list(differing)} with two texts; label the same text twice")
    return pairs


def _reject_unpaired(rows: dict[str, Example], others: dict[str, Example], names: tuple[str, str]) -> None:
    if missing := [id for id in rows if id not in others]:
        raise CorpusError(f"{names[0]}: {_list(missing)} not in {names[1]}; remove them, or label them there too")


def axis_agreement(pairs: Pairs, axis: str) -> dict[str, Any]:
    """Return the agreement on one axis.

    It is Cohen's kappa (1960) with its interval, Krippendorff's alpha (nominal; 2011), the confusion matrix and the
    rows that differ. Kappa and alpha are None if all rows have one label on both sides: they are 0/0 there. Kappa has
    no interval if too few groups have a second label.
    """
    pairs = _labelled_pairs(pairs, axis)
    labels = [str(label) for label in AXES[axis]]
    one, other = ([str(getattr(row, axis)) for row in side] for side in zip(*pairs, strict=True))
    stack = measures.confusion_by_group(one, other, labels, [first.group_key for first, _ in pairs])
    (agreement,) = measures.interval(stack, measures.accuracy, seed=SEED)
    by_label = measures.interval(stack, measures.f1, seed=SEED)
    differing = [
        {"id": first.id, "first": a, "second": b} for (first, _), a, b in zip(pairs, one, other, strict=True) if a != b
    ]
    return {
        "agreement": agreement.to_dict(),
        "kappa": measures.interval_if_known(stack, measures.kappa, seed=SEED),
        "alpha": alpha(one, other, labels),
        "by_label": {label: round(score.value, 4) for label, score in zip(labels, by_label, strict=True)},
        "confusion": {"labels": labels, "counts": stack.sum(axis=0).tolist()},
        "differing": differing,
    }


def as_prediction(row: Example) -> Prediction:
    """Return the labels of a row as a prediction without scores, so that two labellings compare as gold and model."""
    return Prediction(row.text, row.certainty, row.stance, spans=row.spans or ())


def labelled_on_both(pairs: Pairs, head: str) -> Pairs:
    """Return the pairs whose rows are both labelled on `head`."""
    return [pair for pair in pairs if all(row.is_labelled_on(head) for row in pair)]


def _labelled_pairs(pairs: Pairs, head: str) -> Pairs:
    """Return the pairs that are both labelled on `head`. Raises CorpusError if there are none."""
    kept = labelled_on_both(pairs, head)
    if not kept:
        raise CorpusError(f"no row is labelled on {head!r} in both files; label the same rows twice")
    return kept


def alpha(one: Sequence[str], other: Sequence[str], labels: Sequence[str]) -> float | None:
    """Return Krippendorff's alpha (2011) of two nominal labellings; None if all rows have one label."""
    import krippendorff

    if len({*one, *other}) < 2:
        return None
    codes = [[float(labels.index(label)) for label in side] for side in (one, other)]
    return round(float(krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal")), 4)


def span_agreement(pairs: Pairs) -> dict[str, Any]:
    """Return the agreement on spans: by type the F1, strict and overlapping, and both counts; the rows that differ.

    The first labelling is taken as gold; F1 is the same the other way round.
    """
    pairs = _labelled_pairs(pairs, SPANS)
    first, second = zip(*pairs, strict=True)
    predictions = list(map(as_prediction, second))
    types = {
        kind: {method: scores[method]["f1"] for method in METHODS}
        | {"counts": [_count_spans(side, kind) for side in (first, second)]}
        for kind, scores in span_scores(first, predictions).items()
    }
    differing = [one.id for one, other in pairs if span_keys(one.spans or ()) != span_keys(other.spans or ())]
    return {"types": types, "differing": differing}


def _count_spans(rows: Sequence[Example], kind: str) -> int:
    return sum(kind in (ALL, span.type) for row in rows for span in row.spans or ())


def _list(ids: Sequence[str]) -> str:
    rest = f" and {len(ids) - _MAX_NAMED} more" if len(ids) > _MAX_NAMED else ""
    return f"{len(ids)} {'row' if len(ids) == 1 else 'rows'} ({', '.join(map(repr, ids[:_MAX_NAMED]))}{rest})"
