"""Sentences seen lately, so that one that comes again is labelled once: "Read more.", a byline, a wire report.

An answer from memory is the answer that labelling would give, to the bit: a sentence's neighbours change nothing (see
batches). The memory is bounded; what was asked for longest ago is forgotten first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock

from hedgerow.labels import Prediction

SENTENCES = 20_000  # about 30 MB
LONGEST = 500  # characters; long sentences rarely come again


class Memory:
    """At most `sentences` predictions by their text; `repeated` counts the answers that needed no labelling."""

    def __init__(self, sentences: int = SENTENCES) -> None:
        self.repeated = 0
        self._sentences = sentences
        self._lock = Lock()
        self._known: OrderedDict[str, Prediction] = OrderedDict()

    def recall(self, texts: Iterable[str]) -> tuple[dict[str, Prediction], list[str]]:
        """What is known of `texts`, and the others, each once."""
        known: dict[str, Prediction] = {}
        fresh: dict[str, None] = {}
        for text in texts:
            if text in known or text in fresh:
                self.repeated += 1
            elif (prediction := self._touch(text)) is not None:
                known[text] = prediction
                self.repeated += 1
            else:
                fresh[text] = None
        return known, list(fresh)

    def keep(self, predictions: Sequence[Prediction]) -> None:
        with self._lock:
            for prediction in predictions:
                if len(prediction.text) <= LONGEST:
                    self._known[prediction.text] = prediction
            while len(self._known) > self._sentences:
                self._known.popitem(last=False)

    def _touch(self, text: str) -> Prediction | None:
        with self._lock:
            prediction = self._known.get(text)
            if prediction is not None:
                self._known.move_to_end(text)
            return prediction
