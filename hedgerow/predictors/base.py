"""The Model protocol: what every model offers to the classifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pickle import PicklingError
from typing import Any, Protocol

from hedgerow.head import Head
from hedgerow.results import Prediction

BATCH_SIZE = 64  # sentences per call, for models that gain nothing from more


class Model(Protocol):
    """A model that labels sentences: majority, lexicon, linear, or a network."""

    preferred_batch_size: int  # sentences per call of `label` that suit the model best
    prefetch: int  # batches to begin before the first is asked for; 0: none

    @property
    def name(self) -> str:
        """The shipped model's name, or the name of its folder."""
        ...

    @property
    def heads(self) -> Sequence[Head]:
        """The heads that the model predicts: the codebook's, and the user's own."""
        ...

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, in order; a prediction does not depend on the other texts."""
        ...


class Reloadable:
    """A model that is pickled as the folder it came from: the folder is loaded again, and must not have changed."""

    origin: tuple[Callable[..., Model], tuple[Any, ...]] | None = None  # how to load it again

    def __reduce__(self) -> tuple[Callable[..., Model], tuple[Any, ...]]:
        """Return how to load the model again; raise PicklingError if it did not come from a model folder."""
        if self.origin is None:
            raise PicklingError("only a model that hedgerow.load loaded can be pickled or copied")
        return self.origin
