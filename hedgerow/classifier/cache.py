"""A cache of recent predictions: a sentence that comes again ("Read more.", a byline) is labelled once.

A cached prediction is the one that labelling would give, to the bit, because a prediction does not depend on the other
sentences of its batch (see predictors.network.batches). The least recently used entry is dropped first.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from weakref import WeakSet

from hedgerow.results import Prediction

CACHE_SIZE = 20_000  # sentences, about 30 MB
MAX_CACHED_LENGTH = 500  # characters; longer sentences rarely come again

_caches: WeakSet[PredictionCache] = WeakSet()


class PredictionCache:
    """A thread-safe LRU cache of at most `size` predictions by sentence; `hits` counts those served from it."""

    def __init__(self, size: int = CACHE_SIZE) -> None:
        """Make an empty cache of `size` entries."""
        self.hits = 0
        self.size = size
        self._lock = Lock()
        self._predictions: OrderedDict[str, Prediction] = OrderedDict()
        _caches.add(self)

    def get(self, texts: Iterable[str]) -> tuple[dict[str, Prediction], list[str]]:
        """Return the known predictions by text, and the other texts, each once."""
        known: dict[str, Prediction] = {}
        missing: dict[str, None] = {}
        with self._lock:
            for text in texts:
                if text in known or text in missing:
                    self.hits += 1
                elif (prediction := self._predictions.get(text)) is not None:
                    self._predictions.move_to_end(text)
                    known[text] = prediction
                    self.hits += 1
                else:
                    missing[text] = None
        return known, list(missing)

    def put(self, predictions: Sequence[Prediction]) -> None:
        """Keep `predictions`, but those of very long sentences."""
        with self._lock:
            for prediction in predictions:
                if len(prediction.text) <= MAX_CACHED_LENGTH:
                    self._predictions[prediction.text] = prediction
            while len(self._predictions) > self.size:
                self._predictions.popitem(last=False)

    def renew_lock(self) -> None:
        """Replace the lock: in a forked process the thread that held it may not exist."""
        self._lock = Lock()


def _renew_locks() -> None:
    for cache in _caches:
        cache.renew_lock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_renew_locks)
