"""Measure speed: the time of one sentence through the command line, and sentences a second of every model.

    python -m evaluation.throughput

Every figure is the median of several runs, so that one slow run does not set it; run it on a quiet machine. The first
sentence counts everything: the start of Python, the imports, the model. It stands as a multiple of `import numpy` in a
fresh Python, which every figure of this machine can be read against.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hedgerow import corpus, load, sentence
from hedgerow.classifier.folder import shipped
from hedgerow.report import markdown

ROOT = Path(__file__).resolve().parents[1]
RUNS = 7


def main() -> int:
    texts = [example.text for example in corpus.load([ROOT / "data" / "corpus" / "train.jsonl"])]
    print(f"{len(texts):,} sentences of data/corpus/train.jsonl, medians of {RUNS} runs\n")
    rows = []
    for name in ("lexicon", *shipped()):
        classifier = load(name)
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
    return 0


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
