"""Measure speed: the time of one sentence through the command line, and sentences a second of every model.

    python -m evaluation.throughput [--network model/base.run/network] [--threads 2]

Every figure is the median of several runs, so that one slow run does not set it; run it on a quiet machine. The first
sentence counts everything: the start of Python, the imports, the model. It stands as a multiple of `import numpy` in a
fresh Python, which every figure of this machine can be read against.

`--network` is the trained network in single precision that training left (or any folder of an encoder of the same
size, since speed does not hang on the weights: runs/backbones/minilm): a `transformers` text-classification pipeline
over it is what base is compared with, in the same process, on the same sentences.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hedgerow import Classifier, corpus, load, sentence
from hedgerow.classifier.folder import shipped
from hedgerow.classifier.network import NetworkModel
from hedgerow.report import markdown

ROOT = Path(__file__).resolve().parents[1]
BACKBONE = ROOT / "runs" / "backbones" / "minilm"
BATCH = 64  # of the pipeline, and of base where it is held to the same batches
RUNS = 5


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure speed.")
    parser.add_argument("--network", type=Path, help="what the pipeline runs (default: model/base.run, else MiniLM)")
    parser.add_argument("--threads", type=int, default=2, help="of base and of the pipeline")
    options = parser.parse_args()
    texts = [example.text for example in corpus.load([ROOT / "data" / "corpus" / "train.jsonl"])]
    print(f"{len(texts):,} sentences of data/corpus/train.jsonl, medians of {RUNS} runs, {options.threads} threads\n")
    rows = []
    for name in ("lexicon", *shipped()):
        classifier = load(name, threads=options.threads)
        seconds = _median(lambda classifier=classifier: list(classifier.predict(texts)))  # type: ignore[misc]
        rows.append([f"label, {name}", f"{len(texts) / seconds:,.0f} sentences a second"])
    prose = "\n\n".join(" ".join(texts[at : at + 10]) for at in range(0, len(texts), 10))
    seconds = _median(lambda: sentence.split(prose))
    rows.append(["split into sentences", f"{len(prose) / seconds / 1e6:.2f} million characters a second"])
    numpy = _median(lambda: _python("-c", "import numpy"))
    one = _median(lambda: _python("-m", "hedgerow", "label", "-", given=b"He reportedly may resign."))
    rows.append(["import numpy, fresh process", f"{numpy:.3f} s"])
    rows.append(["one sentence, command line", f"{one:.3f} s, {one / numpy:.1f} times import numpy"])
    print(markdown(["what", "speed"], rows))
    network = options.network or next(
        (p for p in (ROOT / "model" / "base.run" / "network", BACKBONE) if p.is_dir()), None
    )
    if network is None:
        print("\nleft out: base beside a transformers pipeline (no --network; scripts/fetch_backbone.py brings one)")
        return 0
    print(f"\nbase beside a transformers pipeline over {network.name}, {options.threads} threads:\n")
    print(_beside_pipeline(texts[::4], network, options.threads))
    return 0


def _beside_pipeline(texts: Sequence[str], network: Path, threads: int) -> str:
    """Sentences a second of base and of the pipeline, in the same batches and as each is commonly called."""
    pipeline = _pipeline(network, threads)
    base = load("base", threads=threads)
    seconds = {
        f"pipeline, batch {BATCH}": _median(lambda: pipeline(list(texts), batch_size=BATCH)),
        "pipeline, batch 1": _median(lambda: pipeline(list(texts), batch_size=1)),
        f"base, the same batches of {BATCH}": _median(lambda: _in_order(base, texts)),
        "base, as it comes (batches of like length)": _median(lambda: list(base.predict(texts))),
    }
    slow, slowest = seconds[f"pipeline, batch {BATCH}"], seconds["pipeline, batch 1"]
    rows = [
        [name, f"{len(texts) / taken:,.0f}", f"{slow / taken:.2f}", f"{slowest / taken:.2f}"]
        for name, taken in seconds.items()
    ]
    return markdown(["what", "sentences a second", f"times pipeline, batch {BATCH}", "times pipeline, batch 1"], rows)


def _pipeline(network: Path, threads: int) -> Any:
    """A text-classification pipeline of transformers over the encoder in `network`, every score asked for."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # that its classification head is new is meant
    torch.set_num_threads(threads)
    tokenizer = transformers.AutoTokenizer.from_pretrained(network)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(network, num_labels=9)
    return transformers.pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None, device="cpu")


def _in_order(classifier: Classifier, texts: Sequence[str]) -> None:
    """What `predict` does, in batches of BATCH as they come, padded to the longest, as the pipeline has them."""
    model = classifier.model
    assert isinstance(model, NetworkModel)
    for at in range(0, len(texts), BATCH):
        model.label_together(texts[at : at + BATCH])


def _median(work: Callable[[], object]) -> float:
    """Median seconds of a run, after one that is not counted."""
    work()
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _python(*arguments: str, given: bytes = b"") -> None:
    subprocess.run([sys.executable, *arguments], input=given, capture_output=True, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
