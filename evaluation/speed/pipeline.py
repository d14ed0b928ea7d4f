"""Measure a `transformers` text-classification pipeline beside a network of this project, in the same batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from evaluation.speed.timing import Way, take_turns
from hedgerow import load
from hedgerow.io.optional import library
from hedgerow.predictors.network.runtime import NetworkModel

PIPELINE_BATCH = 64  # of the pipeline, and of the network in the same batches
BATCHES, SINGLES = f"pipeline, batch {PIPELINE_BATCH}", "pipeline, batch 1"


def measure_pipeline(
    texts: Sequence[str], encoder: Path, network: str, threads: Sequence[int], rounds: int
) -> list[dict[str, Any]]:
    """Return the speed of the pipeline over `encoder` and of the model `network`, in one run, for all `threads`.

    Both label in the same batches, and as each is commonly called.
    """
    pipeline = _pipeline(encoder)
    rows = []
    for count in threads:
        timings = take_turns(_ways(pipeline, network, count), texts, rounds)
        rows += [
            {
                "way": timing.way.name,
                "threads": count,
                "sentences_per_second": round(timing.rate, 1),
                "times_batches": timing.times(timings[0]),
                "times_singles": timing.times(timings[1]),
            }
            for timing in timings
        ]
    return rows


def _ways(pipeline: Any, network: str, threads: int) -> list[Way]:
    classifier = load(network, threads=threads, cache_size=0)
    assert isinstance(classifier.model, NetworkModel)
    name = classifier.name
    return [
        Way(BATCHES, threads, lambda texts: _label(pipeline, texts, PIPELINE_BATCH, threads)),
        Way(SINGLES, threads, lambda texts: _label(pipeline, texts, 1, threads)),
        Way(f"{name}, the same batches of {PIPELINE_BATCH}", threads, _in_order(classifier.model, threads)),
        Way(f"{name}, as it comes (batches of like length)", threads, classifier.predict),
    ]


def _pipeline(encoder: Path) -> Any:
    """Return a text-classification pipeline of transformers over `encoder`, which gives every score."""
    transformers = library("transformers", needed_for="measuring a pipeline", extra="train")
    transformers.logging.set_verbosity_error()  # about the new classification head
    tokenizer = transformers.AutoTokenizer.from_pretrained(encoder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(encoder, num_labels=9)
    return transformers.pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None, device="cpu")


def _label(pipeline: Any, texts: Sequence[str], batch: int, threads: int) -> None:
    import torch

    torch.set_num_threads(threads)
    most = pipeline.model.config.max_position_embeddings
    pipeline(list(texts), batch_size=batch, truncation=True, max_length=most)


def _in_order(model: NetworkModel, threads: int) -> Callable[[Sequence[str]], None]:
    """Return how to label one batch per thread, as `predict` does, but in the pipeline's batches and padding."""

    def label(texts: Sequence[str]) -> None:
        size = PIPELINE_BATCH
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(model.label_together, (texts[at : at + size] for at in range(0, len(texts), size))))

    return label
