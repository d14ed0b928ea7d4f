"""The Model protocol: what every model offers to the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hedgerow.labels import Prediction


class Model(Protocol):
    """What labels sentences: majority, lexicon, linear, a network."""

    @property
    def name(self) -> str: ...

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction for each text, in order; a text's own does not hang on its neighbours."""
        ...
