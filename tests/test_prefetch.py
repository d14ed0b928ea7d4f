"""Batches, cache and prefetching: faster, and not one bit different."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hedgerow import Classifier, load
from hedgerow.classifier.cache import PredictionCache
from hedgerow.classifier.prefetch import prefetch_map
from hedgerow.errors import InputError
from hedgerow.predictors.lexicon import load_lexicon
from hedgerow.predictors.network.batches import by_length, pad, padded_length

TEXTS = [
    "The bridge opened on Monday.",
    "She said the bridge was safe.",
    "The mayor told reporters that work had begun.",
    "It seems the river is rising.",
    "It is unclear whether the bridge will hold.",
    "Will the bridge hold?",
    "Short.",
    "word " * 50,
    "The bridge " * 7,
]


def test_batches_hold_what_is_padded_alike() -> None:
    assert [padded_length(length) for length in (1, 4, 5)] == [2, 4, 6]
    assert by_length([3, 7, 4, 8, 1], at_once=8) == [[1, 3], [0, 2], [4]]
    numbers, mask = pad([[7], [8, 9]], 4)
    assert numbers.tolist() == [[7, 0, 0, 0], [8, 9, 0, 0]]
    assert mask.tolist() == [[1, 0, 0, 0], [1, 1, 0, 0]]


def test_neighbours_and_threads_change_not_one_bit(tiny_network: Path) -> None:
    together = list(load(tiny_network, threads=3, cache_size=0).predict(TEXTS * 3))
    alone = [prediction for text in TEXTS for prediction in load(tiny_network, threads=1).predict([text])]
    assert together == alone * 3
    logits = load(tiny_network, threads=1).model.logits(TEXTS)  # type: ignore[attr-defined]
    for name, found in load(tiny_network, threads=2).model.logits(TEXTS[:5]).items():  # type: ignore[attr-defined]
        assert np.array_equal(found, logits[name][:5])


@pytest.mark.parametrize("name", ["lexicon", "tiny"])
def test_a_cached_prediction_is_the_one_that_labelling_gives(name: str, tiny_network: Path) -> None:
    model = tiny_network if name == "tiny" else name
    texts = [*TEXTS, *reversed(TEXTS), *TEXTS]
    caching = load(model)
    assert list(caching.predict(texts)) == list(load(model, cache_size=0).predict(texts))
    assert caching.cache_hits == 2 * len(TEXTS)
    assert list(caching.predict(TEXTS[:2])) == list(load(model, cache_size=0).predict(TEXTS[:2]))
    assert caching.cache_hits == 2 * len(TEXTS) + 2


def test_the_cache_is_bounded_and_drops_the_least_recently_used() -> None:
    cache = PredictionCache(2)
    cache.put(load_lexicon().label(["a", "b"]))
    assert cache.get(["a", "c"])[1] == ["c"]
    cache.put(load_lexicon().label(["c", "long " * 200]))
    known, fresh = cache.get(["a", "b", "c", "b", "long " * 200])
    assert (list(known), fresh) == (["a", "c"], ["b", "long " * 200])
    assert cache.hits == 4  # a; then a, c, and b the second time


def test_sentences_before_an_error_are_labelled_first(tiny_network: Path) -> None:
    def texts() -> Iterator[str]:
        yield from ["He may go."] * 5000
        yield "\ud800"

    found = []
    with pytest.raises(InputError, match="sentence 5000: lone surrogate"):
        found += [prediction.certainty for prediction in load(tiny_network).stream(texts())]
    assert not found  # += takes all or nothing; one by one they come
    predictions = load(tiny_network).stream(texts())
    assert [next(predictions).text for _ in range(4000)] == ["He may go."] * 4000


def test_texts_are_read_only_a_batch_ahead() -> None:
    asked = []

    def texts() -> Iterator[str]:
        for number in range(10**9):
            asked.append(number)
            yield "He may go."

    predictions = Classifier(load_lexicon()).stream(texts())
    next(predictions)
    assert len(asked) == 64


def test_prefetched_work_keeps_the_order_and_runs_in_parallel() -> None:
    begun = threading.Barrier(2, timeout=20)  # passes only when two are at work at once

    def work(number: int) -> int:
        begun.wait()
        return number

    assert list(prefetch_map(work, range(6), prefetch=1)) == [*range(6)]
    assert list(prefetch_map(abs, [-1, -2], prefetch=0)) == [1, 2]


class Watched:
    """A session of ONNX Runtime that counts how many of its runs are under way at once."""

    def __init__(self, session: Any) -> None:
        self.session, self.lock = session, threading.Lock()
        self.running = self.most = 0

    def run(self, *inputs: Any) -> Any:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.01)  # long enough for another thread to begin
        try:
            return self.session.run(*inputs)
        finally:
            with self.lock:
                self.running -= 1


@pytest.mark.parametrize("threads", [1, 2])
def test_prefetching_uses_no_more_threads_than_were_asked_for(threads: int, tiny_network: Path) -> None:
    classifier = load(tiny_network, threads=threads, cache_size=0)
    watched = classifier.model._session = Watched(classifier.model._session)  # type: ignore[attr-defined]
    lengths = ["word " * length for length in range(1, 21)]
    assert len(list(classifier.predict(lengths * 20))) == 400  # four batches of many lengths
    assert watched.most == threads


def test_an_error_in_prefetched_work_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(prefetch_map(lambda number: 1 // number, [1, 0, 2], prefetch=1))
