"""Measure speed: sentences a second of every model, by stage and by the number of rows, beside what else one might run.

    python -m evaluation.speed.throughput [--network runs/base.run/network] [--threads 2] \
        --out evaluation/reports/throughput

In one run: the lexicon, TF-IDF and logistic regression (linear), the shipped networks, and a `transformers`
text-classification pipeline over `--network`: the trained network in single precision that training left, or any folder
of an encoder of the same size (speed does not hang on the weights). At 1, 10 and 100 times the rows, which are distinct
(evaluation.speed.dirty_rows), with nothing answered from memory. The stages are timed one after the other in one thread
(evaluation.speed.stages); the rates are of `predict` with all threads.

A figure at the fewest rows is the median of several runs, so that one slow run does not set it; run it on a quiet
machine. The first sentence counts everything: the start of Python, the imports, the model; it stands as a multiple of
`import numpy` in a fresh Python, which every figure of this machine can be read against.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from evaluation.run import commit, shown_command
from evaluation.speed.dirty_rows import recombined
from evaluation.speed.machine import described, machine
from evaluation.speed.stages import stages
from hedgerow import Classifier, corpus, load
from hedgerow.errors import HedgerowError, InputError
from hedgerow.io.atomic import replaced_folder
from hedgerow.io.strict_json import write_json
from hedgerow.predictors.folder import trained
from hedgerow.predictors.network.runtime import NetworkModel, usable_threads
from hedgerow.report import markdown

ROOT = Path(__file__).resolve().parents[2]
FILES = ("report.json", "report.md")
BATCH = 64  # of the pipeline, and of base where it is held to the same batches
RUNS = 5
TIMES = (1, 10, 100)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure speed.")
    parser.add_argument("--network", type=Path, help="what the pipeline runs; without it the pipeline is left out")
    parser.add_argument("--threads", type=int, default=usable_threads(), help="of the networks and of the pipeline")
    parser.add_argument("--rows", type=int, default=300, help="the fewest rows; then 10 and 100 times as many")
    parser.add_argument("--models", nargs="+", default=["lexicon", *trained()], help="names, or model folders")
    parser.add_argument("--out", type=Path, help="a folder for report.json and report.md")
    options = parser.parse_args(arguments)
    try:
        if options.rows < 1 or options.threads < 1:
            raise InputError("--rows and --threads: give 1 or more")
        if options.network is not None and not (options.network / "config.json").is_file():
            raise InputError(f"--network {options.network}: no config.json; name the folder of an encoder")
        measured = measure(options.models, options.rows, options.threads, options.network)
        measured["command"] = shown_command("throughput", {k: v for k, v in vars(options).items() if v is not None})
        if options.out is not None:
            with replaced_folder(options.out, allowed=FILES) as folder:
                write_json(folder / "report.json", measured)
                (folder / "report.md").write_text(to_markdown(measured), "utf-8")
    except HedgerowError as error:
        print(f"evaluation.speed.throughput: {error}", file=sys.stderr)
        return 2
    print(to_markdown(measured))
    return 0


def measure(models: Sequence[str], rows: int, threads: int, network: Path | None) -> dict[str, Any]:
    """Every figure, as plain data."""
    found = machine()
    given = [example.text for example in corpus.load([ROOT / "data" / "corpus" / "train.jsonl"])]
    texts = list(islice(recombined(given), rows * TIMES[-1]))
    if len(texts) < rows * TIMES[-1]:
        raise InputError(f"--rows {rows}: only {len(texts):,} distinct rows can be made; give fewer")
    for name in models:
        load(name)  # one that is not there is said before anything is measured
    numpy = _median(lambda: _python("-c", "import numpy"))
    one = _median(lambda: _python("-m", "hedgerow", "label", "-", given=b"He reportedly may resign."))
    return {
        "commit": commit("evaluation"),
        "machine": found,
        "threads": threads,
        "rows": rows,
        "start": {"import numpy": round(numpy, 3), "one sentence": round(one, 3), "times": round(one / numpy, 1)},
        "models": {Path(name).name: _model(name, texts, rows, threads) for name in models},
        "pipeline": None if network is None else _beside_pipeline(texts[:rows], network, threads),
    }


def _model(name: str, texts: Sequence[str], rows: int, threads: int) -> dict[str, Any]:
    classifier = load(name, threads=threads, cache_size=0)
    rates = {}
    for times in TIMES:
        some = texts[: rows * times]
        seconds = _median(lambda some=some: _consume(classifier.predict(some)), runs=RUNS if times == 1 else 1)  # type: ignore[misc]
        rates[str(times)] = round(len(some) / seconds, 1)
    alone = load(name, threads=1, cache_size=0)
    return {"sentences a second": rates, "stages": stages(alone, texts[: rows * TIMES[1]])}


def _consume(predictions: Any) -> None:
    for _ in predictions:
        pass


def _beside_pipeline(texts: Sequence[str], network: Path, threads: int) -> dict[str, Any]:
    """Sentences a second of base and of the pipeline, in the same batches and as each is commonly called."""
    pipeline = _pipeline(network, threads)
    base = load("base", threads=threads, cache_size=0)
    seconds = {
        f"pipeline, batch {BATCH}": _median(lambda: pipeline(list(texts), batch_size=BATCH)),
        "pipeline, batch 1": _median(lambda: pipeline(list(texts), batch_size=1)),
        f"base, the same batches of {BATCH}": _median(lambda: _in_order(base, texts, threads)),
        "base, as it comes (batches of like length)": _median(lambda: list(base.predict(texts))),
    }
    rates = {name: round(len(texts) / taken, 1) for name, taken in seconds.items()}
    return {"network": network.name, "sentences a second": rates}


def _pipeline(network: Path, threads: int) -> Any:
    """A text-classification pipeline of transformers over the encoder in `network`, every score asked for."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # that its classification head is new is meant
    torch.set_num_threads(threads)
    tokenizer = transformers.AutoTokenizer.from_pretrained(network)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(network, num_labels=9)
    return transformers.pipeline("text-classification", model=model, tokenizer=tokenizer, top_k=None, device="cpu")


def _in_order(classifier: Classifier, texts: Sequence[str], threads: int) -> None:
    """What `predict` does, a batch on each thread, in batches of BATCH as they come, padded to the longest, as the
    pipeline has them."""
    model = classifier.model
    assert isinstance(model, NetworkModel)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(model.label_together, (texts[at : at + BATCH] for at in range(0, len(texts), BATCH))))


def _median(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median seconds of a run, after one that is not counted (unless there is only one)."""
    if runs > 1:
        work()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _python(*arguments: str, given: bytes = b"") -> None:
    subprocess.run([sys.executable, *arguments], input=given, capture_output=True, cwd=ROOT, check=True)


def to_markdown(measured: dict[str, Any]) -> str:
    """The report as one Markdown page."""
    start = measured["start"]
    parts = [
        "# Sentences a second\n",
        f"- command: `{measured['command']}`\n- commit: {measured['commit']}\n"
        f"- machine: {described(measured['machine'])}\n- rows: distinct, recombined from data/corpus/train.jsonl; "
        f"{measured['threads']} threads; nothing from memory\n",
        f"One sentence through the command line, from nothing: {start['one sentence']} s, {start['times']} times "
        f"`import numpy` ({start['import numpy']} s).\n",
        "## By rows\n",
        _by_rows(measured) + "\n",
        "## By stage\n",
        "One thread, one stage after the other; the share of the time, and sentences a second of all stages.\n",
        _by_stage(measured) + "\n",
    ]
    if measured["pipeline"] is not None:
        parts += [f"## Beside a transformers pipeline over {measured['pipeline']['network']}\n"]
        parts += [_pipeline_table(measured["pipeline"]["sentences a second"]) + "\n"]
    return "\n".join(parts)


def _by_rows(measured: dict[str, Any]) -> str:
    header = ["model", *(f"{measured['rows'] * times:,} rows" for times in TIMES)]
    rows = [
        [name, *(f"{rate:,.0f}" for rate in found["sentences a second"].values())]
        for name, found in measured["models"].items()
    ]
    return markdown(header, rows)


def _by_stage(measured: dict[str, Any]) -> str:
    names = ("read", "split", "tokenise", "infer", "decode", "label", "write")
    rows = []
    for model, found in measured["models"].items():
        shares = found["stages"]["share"]
        cells = [f"{shares[stage]:.1%}" if stage in shares else "" for stage in names]
        rows.append([model, *cells, f"{found['stages']['sentences a second']:,.0f}"])
    return markdown(["model", *names, "sentences a second"], rows)


def _pipeline_table(rates: dict[str, float]) -> str:
    slow, slowest = rates[f"pipeline, batch {BATCH}"], rates["pipeline, batch 1"]
    rows = [[name, f"{rate:,.0f}", f"{rate / slow:.2f}", f"{rate / slowest:.2f}"] for name, rate in rates.items()]
    return markdown(["what", "sentences a second", f"times pipeline, batch {BATCH}", "times pipeline, batch 1"], rows)


if __name__ == "__main__":
    sys.exit(main())
