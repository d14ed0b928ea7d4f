"""The majority baseline: the most frequent label of the training data, whatever the sentence says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from hedgerow.labels import CODEBOOK_HEADS, Certainty, Example, Prediction, Stance
from hedgerow.predictors.base import BATCH_SIZE


class Majority:
    """A model whose scores are the label distribution of its training data, by label of each axis."""

    name = "majority"
    heads = CODEBOOK_HEADS[:2]
    preferred_batch_size = BATCH_SIZE
    prefetch = 0

    def __init__(self, certainty: Mapping[Certainty, float], stance: Mapping[Stance, float]) -> None:
        self._certainty = certainty
        self._stance = stance

    @classmethod
    def fit(cls, examples: Sequence[Example]) -> Majority:
        """Return the baseline for the labels of `examples`."""
        certainty = Counter(example.certainty for example in examples)
        stance = Counter(example.stance for example in examples)
        return cls(
            {label: certainty[label] / len(examples) for label in Certainty},
            {label: stance[label] / len(examples) for label in Stance},
        )

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, in order."""
        certainty = max(self._certainty, key=self._certainty.__getitem__)
        stance = max(self._stance, key=self._stance.__getitem__)
        return [Prediction(text, certainty, stance, dict(self._certainty), dict(self._stance)) for text in texts]
