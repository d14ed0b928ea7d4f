"""A labelled sentence with its place in the input: what every writer takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hedgerow.labels import AXES
from hedgerow.results import Prediction


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """One sentence of a document, labelled.

    `doc` names the document, `index` counts its sentences from 0. `id` is the input row's own id, and `row` its other
    columns. `time` is the second at which a sentence of subtitles begins. `abstained` names the heads whose label is
    left empty because its score is too low.
    """

    doc: str
    index: int
    prediction: Prediction
    id: Any = None
    row: Mapping[str, Any] = field(default_factory=dict)
    time: float | None = None
    abstained: frozenset[str] = frozenset()

    def abstaining(self, threshold: float | Mapping[str, float]) -> LabelledSentence:
        """Return the sentence with every label emptied whose score is below `threshold`; the scores stay.

        Thresholds by head leave the labels of other heads as they are.
        """
        if not threshold:
            return self
        of_head = threshold if isinstance(threshold, Mapping) else dict.fromkeys(self.prediction.label_heads, threshold)
        low = (name for name, least in of_head.items() if max(self.prediction.scores(name).values()) < least)
        return replace(self, abstained=frozenset(low))

    def label(self, head: str) -> str | None:
        """Return the label of a head, None if it abstained, or is an axis that the model has no head for."""
        if head in self.abstained:
            return None
        if head in AXES:
            label = getattr(self.prediction, head)
            return None if label is None else str(label)
        scores = self.prediction.other_scores[head]
        return max(scores, key=scores.__getitem__)

    def to_dict(self) -> dict[str, Any]:
        """Return the sentence as one flat JSON object, the row of every output."""
        row: dict[str, Any] = {"doc": self.doc}
        if self.id is not None:
            row["id"] = self.id
        row["index"] = self.index
        row |= self.prediction.to_dict()
        row |= dict.fromkeys(self.abstained)
        if self.time is not None:
            row["time"] = self.time
        if self.row:
            row["row"] = dict(self.row)
        return row
