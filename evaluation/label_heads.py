"""Label heads in measuring: the axes of the codebook and fields of one's own, their labels as plain strings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hedgerow.errors import InputError
from hedgerow.head import Head, label_text
from hedgerow.labels import AXES, SPANS, Example, labelled_axes
from hedgerow.metrics import labelled as metrics
from hedgerow.results import Prediction


def gold_label(example: Example, head: str) -> str | None:
    """Return the label of a row on an axis or in a field of one's own; None if the row has none."""
    return metrics.gold_label(example, head) if example.is_labelled_on(head) else None


def predicted_label(prediction: Prediction, head: str) -> str:
    """Return the label with the best score; the first of equals."""
    scores = prediction.scores(head)
    return str(max(scores, key=scores.__getitem__))


def heads_in(examples: Iterable[Example], own: Sequence[str] = ()) -> list[Head]:
    """Return the axes that some row is labelled on, and the fields named in `own`, with the labels that occur.

    Raises InputError if a field is not in any row, or holds no plain label.
    """
    rows = list(examples)
    heads = [Head(axis, "label", tuple(map(str, AXES[axis]))) for axis in labelled_axes(rows)]
    for name in own:
        if name in AXES or name == SPANS:
            raise InputError(f"--head {name}: of the codebook, and measured anyway; name only fields of your own")
        values = [row.extra[name] for row in rows if row.extra.get(name) is not None]
        if not values:
            raise InputError(f"--head {name}: no row has this field; its rows have {_fields(rows)}")
        if wrong := [value for value in values if not isinstance(value, str | int | float)]:
            raise InputError(f"--head {name}: {wrong[0]!r} is not a label; name a field of strings or numbers")
        heads.append(Head(name, "label", tuple(sorted({str(label_text(value)) for value in values}))))
    return heads


def _fields(rows: Sequence[Example]) -> str:
    return ", ".join(sorted({name for row in rows for name in row.extra})) or "no field of your own"
