"""Majority: the most frequent label of the training data for every sentence, the baseline of every table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hedgerow.errors import CorpusError
from hedgerow.head import CODEBOOK_HEADS
from hedgerow.labels import Certainty, Example, Stance
from hedgerow.predictors.base import BATCH_SIZE
from hedgerow.results import Prediction

COUNTS = Path(__file__).with_name("majority.json")  # of the labels of data/corpus/train.jsonl, which is not installed


class Majority:
    """Scores are the label distribution of the training data, for each axis that it is labelled on."""

    name = "majority"
    preferred_batch_size = BATCH_SIZE
    prefetch = 0

    def __init__(self, certainty: Mapping[Certainty, float], stance: Mapping[Stance, float]) -> None:
        """Take the share of each label, 0..1; nothing for an axis without labels."""
        self._certainty = certainty
        self._stance = stance
        shares: Mapping[str, Mapping[Any, float]] = {"certainty": certainty, "stance": stance}
        self.heads = tuple(head for head in CODEBOOK_HEADS if shares.get(head.name))

    @classmethod
    def fit(cls, examples: Sequence[Example]) -> Majority:
        """Return the baseline of `examples`. Raises CorpusError if none is labelled on an axis."""
        certainty = Counter(example.certainty for example in examples if example.certainty is not None)
        stance = Counter(example.stance for example in examples if example.stance is not None)
        if not certainty and not stance:
            raise CorpusError("no row is labelled on certainty or stance; the most frequent label is one of an axis")
        return cls._from_counts(certainty, stance)

    @classmethod
    def bundled(cls) -> Majority:
        """Return the baseline of the bundled training data, data/corpus/train.jsonl."""
        counts = json.loads(COUNTS.read_text("utf-8"))
        certainty = {Certainty(label): count for label, count in counts["certainty"].items()}
        stance = {Stance(label): count for label, count in counts["stance"].items()}
        return cls._from_counts(certainty, stance)

    @classmethod
    def _from_counts(cls, certainty: Mapping[Certainty, int], stance: Mapping[Stance, int]) -> Majority:
        return cls(
            {label: certainty.get(label, 0) / sum(certainty.values()) for label in Certainty if certainty},
            {label: stance.get(label, 0) / sum(stance.values()) for label in Stance if stance},
        )

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """Return the same labels for every text."""
        certainty = max(self._certainty, key=self._certainty.__getitem__, default=None)
        stance = max(self._stance, key=self._stance.__getitem__, default=None)
        scores = dict(self._certainty), dict(self._stance)
        return [Prediction(text, certainty, stance, *scores, marks_spans=False) for text in texts]
