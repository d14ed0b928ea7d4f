"""Time every stage of labelling by itself, one after the other, in one thread.

Read (JSON Lines to rows), split (text to sentences), tokenise, infer (the network alone), decode (logits to
predictions), write (predictions to JSON Lines). A model that is not a network has one stage in the middle: label.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from hedgerow import sentences
from hedgerow.classifier import Classifier
from hedgerow.io.strict_json import parse_object
from hedgerow.predictors.network.batches import by_length
from hedgerow.predictors.network.runtime import NetworkModel
from hedgerow.results import Prediction

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class StageTimer:
    """Seconds by stage."""

    def __init__(self) -> None:
        """Begin with no stage."""
        self.seconds: dict[str, float] = {}

    def time(
        self, stage: str, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Return the result of `work`, and add its time to `stage`."""
        started = time.perf_counter()
        result = work(*args, **kwargs)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - started
        return result


def time_stages(classifier: Classifier, texts: Sequence[str]) -> dict[str, Any]:
    """Return the seconds of each stage over rows of one text each, and sentences per second.

    The classifier should have one thread and no cache.
    """
    lines = [json.dumps({"id": number, "text": text}).encode() for number, text in enumerate(texts)]
    timer = StageTimer()
    rows = timer.time("read", lambda: [parse_object(line) for line in lines])
    split = timer.time("split", lambda: [row["text"][a:b] for row in rows for a, b in sentences.split(row["text"])])
    predictions: list[Prediction] = []
    size = classifier.model.preferred_batch_size
    for start in range(0, len(split), size):
        predictions += _label(classifier, split[start : start + size], timer)
    timer.time("write", lambda: [json.dumps(prediction.to_dict(), ensure_ascii=False) for prediction in predictions])
    total = sum(timer.seconds.values())
    return {
        "sentences": len(split),
        "sentences_per_second": round(len(split) / total, 1),
        "seconds": {stage: round(seconds, 4) for stage, seconds in timer.seconds.items()},
        "share": {stage: round(seconds / total, 4) for stage, seconds in timer.seconds.items()},
    }


def _label(classifier: Classifier, texts: Sequence[str], timer: StageTimer) -> list[Prediction]:
    model = classifier.model
    if not isinstance(model, NetworkModel):
        return timer.time("label", model.label, texts)
    encodings, rows = timer.time("tokenise", model.tokenise, texts)
    predictions: dict[int, Prediction] = {}
    for indices in by_length([len(row) for row in rows]):
        logits, mask = timer.time("infer", model.infer, [rows[at] for at in indices])
        batch = [texts[at] for at in indices], [encodings[at] for at in indices]
        decoded = timer.time("decode", model.decoder.predictions, logits, mask, *batch)
        predictions.update(zip(indices, decoded, strict=True))
    return [predictions[at] for at in range(len(texts))]
