"""Where the time goes: every stage of labelling timed by itself, one after the other, in one thread.

Read (JSON lines to rows), split (text to sentences), tokenise, infer (the network alone), decode (logits to
predictions), write (predictions to JSON lines). A model that is no network has one stage in the middle: label.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from hedgerow import sentences
from hedgerow.classifier import Classifier
from hedgerow.io.strict_json import parse_object
from hedgerow.labels import Prediction
from hedgerow.predictors.network.batches import by_length
from hedgerow.predictors.network.runtime import NetworkModel

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Stages:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, stage: str, work: Callable[Given, Made], *given: Given.args, **more: Given.kwargs) -> Made:
        started = time.perf_counter()
        made = work(*given, **more)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - started
        return made


def stages(classifier: Classifier, texts: Sequence[str]) -> dict[str, Any]:
    """Seconds of each stage over rows of one text each, and sentences a second; the model has one thread."""
    lines = [json.dumps({"id": number, "text": text}).encode() for number, text in enumerate(texts)]
    timed = Stages()
    rows = timed.time("read", lambda: [parse_object(line) for line in lines])
    found = timed.time("split", lambda: [row["text"][a:b] for row in rows for a, b in sentences.split(row["text"])])
    predictions: list[Prediction] = []
    for start in range(0, len(found), classifier.model.preferred_batch_size):
        predictions += _label(classifier, found[start : start + classifier.model.preferred_batch_size], timed)
    timed.time("write", lambda: [json.dumps(one.to_dict(), ensure_ascii=False) for one in predictions])
    total = sum(timed.seconds.values())
    return {
        "sentences": len(found),
        "sentences a second": round(len(found) / total, 1),
        "seconds": {stage: round(seconds, 4) for stage, seconds in timed.seconds.items()},
        "share": {stage: round(seconds / total, 4) for stage, seconds in timed.seconds.items()},
    }


def _label(classifier: Classifier, texts: Sequence[str], timed: Stages) -> list[Prediction]:
    model = classifier.model
    if not isinstance(model, NetworkModel):
        return timed.time("label", model.label, texts)
    encodings, rows = timed.time("tokenise", model.tokenise, texts)
    found: dict[int, Prediction] = {}
    for places in by_length([len(row) for row in rows]):
        logits, mask = timed.time("infer", model.infer, [rows[at] for at in places])
        batch = [texts[at] for at in places], [encodings[at] for at in places]
        made = timed.time("decode", model.decoder.predictions, logits, mask, *batch)
        found.update(zip(places, made, strict=True))
    return [found[at] for at in range(len(texts))]
