"""Measure a `transformers` text-classification pipeline beside base, in the same batches."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hedgerow import Classifier, load
from hedgerow.predictors.network.runtime import NetworkModel

PIPELINE_BATCH = 64  # of the pipeline, and of base in the same batches
RUNS = 5


def measure_pipeline(texts: Sequence[str], network: Path, threads: int) -> dict[str, Any]:
    """Return sentences per second of base and of the pipeline, in the same batches and as each is commonly called."""
    pipeline = _pipeline(network, threads)
    base = load("base", threads=threads, cache_size=0)
    seconds = {
        f"pipeline, batch {PIPELINE_BATCH}": median_seconds(lambda: pipeline(list(texts), batch_size=PIPELINE_BATCH)),
        "pipeline, batch 1": median_seconds(lambda: pipeline(list(texts), batch_size=1)),
        f"base, the same batches of {PIPELINE_BATCH}": median_seconds(lambda: _in_order(base, texts, threads)),
        "base, as it comes (batches of like length)": median_seconds(lambda: base.predict(texts)),
    }
    rates = {name: round(len(texts) / of_run, 1) for name, of_run in seconds.items()}
    return {"network": network.name, "sentences_per_second": rates}


def _pipeline(network: Path, threads: int) -> Any:
    """Return a text-classification pipeline of transformers over the encoder in `network`, which gives every score."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # about the new classification head
    torch.set_num_threads(threads)
    tokenizer = transformers.AutoTokenizer.from_pretrained(network)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(network, num_labels=9)
    return transformers.pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None, device="cpu")


def _in_order(classifier: Classifier, texts: Sequence[str], threads: int) -> None:
    """Label as `predict` does, one batch per thread, but in the batches of the pipeline, as they come and padded."""
    model = classifier.model
    assert isinstance(model, NetworkModel)
    size = PIPELINE_BATCH
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(model.label_together, (texts[at : at + size] for at in range(0, len(texts), size))))


def median_seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median seconds of a run, after one that is not counted (unless there is only one)."""
    if runs > 1:
        work()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)
