"""A server inside the tests: an application around a small model, asked without a network."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import Any

from fastapi.testclient import TestClient

from hedgerow import Prediction, load
from hedgerow.classifier import Classifier
from hedgerow.predictors.base import Model
from hedgerow.serve.app import make_app
from hedgerow.serve.settings import Settings

JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}
LEXICON = Settings(models=("lexicon",))


@contextmanager
def client(settings: Settings = LEXICON, classifier: Classifier | None = None) -> Iterator[TestClient]:
    """Ask an application with the lexicon, by the name localhost."""
    app = make_app(settings, None if classifier is None else [classifier])
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as found:
        yield found


class HeldModel:
    """The lexicon, held until `go` is set after the sentence of the server's start; `batches` are what it was given."""

    preferred_batch_size = 64
    prefetch = 0
    name = "lexicon"

    def __init__(self, *, fails_on: str = "", seconds: float = 0.0) -> None:
        self._model: Model = load("lexicon").model
        self.heads = self._model.heads
        self.go = Event()
        self.batches: list[list[str]] = []
        self._fails_on = fails_on
        self._seconds = seconds

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        if "It may rain." not in texts:
            self.batches.append(list(texts))
            assert self.go.wait(10)
        time.sleep(self._seconds)
        if self._fails_on and self._fails_on in texts:
            raise RuntimeError(f"cannot label {self._fails_on}")
        return self._model.label(texts)


def rows(answer: Any) -> list[dict[str, Any]]:
    """Return the rows of an answer that must be right."""
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["sentences"]
    return found
