"""Measure speed: sentences per second of every model, by stage and by number of rows, beside a common alternative.

    python -m evaluation.speed.throughput --network runs/base.run/network --threads 2 \
      --out evaluation/reports/throughput

One run measures the lexicon, TF-IDF and logistic regression (linear), the shipped networks, and a `transformers`
text-classification pipeline over `--network`: the trained network in single precision that training left, or any folder
of an encoder of the same size (speed does not depend on the weights). It measures 1, 10 and 100 times the rows, which
are distinct (evaluation.speed.dirty_rows), with the cache off. The stages are timed one after the other in one thread
(evaluation.speed.stages); the rates are of `predict` with all threads.

The figure for the fewest rows is the median of several runs, so that one slow run does not decide it. Run it on a quiet
machine. The time to the first sentence includes the start of Python, the imports and the model; it is also given as a
multiple of `import numpy` in a new Python, to compare machines.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from evaluation.report_files import guarded, make_parser, write_report
from evaluation.speed.dirty_rows import recombined
from evaluation.speed.machine import describe, this_machine
from evaluation.speed.pipeline import PIPELINE_BATCH, RUNS, measure_pipeline, median_seconds
from evaluation.speed.stages import time_stages
from hedgerow import corpus, load
from hedgerow.errors import InputError
from hedgerow.io.plural import count
from hedgerow.predictors.folder import shipped
from hedgerow.predictors.network.runtime import usable_threads
from hedgerow.report import markdown
from hedgerow.report.measurement import REPORT_SCHEMA
from hedgerow.report.provenance import ROOT, commit, shown_command

TIMES = (1, 10, 100)
STAGES = ("read", "split", "tokenise", "infer", "decode", "label", "write")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("speed.throughput", __doc__)
    parser.add_argument("--network", type=Path, help="the network of the pipeline; without it there is no pipeline")
    parser.add_argument("--threads", type=int, default=usable_threads(), help="of the networks and of the pipeline")
    parser.add_argument("--rows", type=int, default=300, help="the fewest rows; then 10 and 100 times as many")
    parser.add_argument("--models", nargs="+", default=[*shipped()], help="names, or model folders")
    parser.add_argument("--out", type=Path, help="a folder for report.json and report.md")
    return guarded("speed.throughput", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    if options.rows < 1 or options.threads < 1:
        raise InputError("--rows and --threads: give 1 or more")
    if options.network is not None and not (options.network / "config.json").is_file():
        raise InputError(f"--network {options.network}: no config.json; name the folder of an encoder")
    command = shown_command(["python", "-m", "evaluation.speed.throughput"], vars(options))
    measured = measure(options.models, options.rows, options.threads, options.network)
    report = {"schema": REPORT_SCHEMA, "command": command, **measured}
    if options.out is not None:
        write_report(options.out, report, to_markdown(report))
    print(to_markdown(report))


def measure(models: Sequence[str], rows: int, threads: int, network: Path | None) -> dict[str, Any]:
    """Return every figure, as plain data."""
    machine = this_machine()
    bundled = [example.text for example in corpus.load([ROOT / "data" / "corpus" / "train.jsonl"])]
    texts = list(islice(recombined(bundled), rows * TIMES[-1]))
    if len(texts) < rows * TIMES[-1]:
        raise InputError(f"--rows {rows}: only {len(texts):,} distinct rows can be made; give fewer")
    for name in models:
        load(name)  # so that a wrong name is an error before anything is measured
    numpy = median_seconds(lambda: _python("-c", "import numpy"))
    first = median_seconds(lambda: _python("-m", "hedgerow", "label", "-", stdin=b"He reportedly may resign."))
    return {
        "commit": commit("evaluation"),
        "machine": machine,
        "threads": threads,
        "rows": rows,
        "start": {
            "import_numpy_seconds": round(numpy, 3),
            "first_sentence_seconds": round(first, 3),
            "times_import_numpy": round(first / numpy, 1),
        },
        "models": {Path(name).name: _measure_model(name, texts, rows, threads) for name in models},
        "pipeline": None if network is None else measure_pipeline(texts[:rows], network, threads),
    }


def _measure_model(name: str, texts: Sequence[str], rows: int, threads: int) -> dict[str, Any]:
    classifier = load(name, threads=threads, cache_size=0)
    rates = {}
    for times in TIMES:
        part = texts[: rows * times]
        seconds = median_seconds(lambda part=part: classifier.predict(part), runs=RUNS if times == 1 else 1)  # type: ignore[misc]
        rates[str(times)] = round(len(part) / seconds, 1)
    one_thread = load(name, threads=1, cache_size=0)
    return {"sentences_per_second": rates, "stages": time_stages(one_thread, texts[: rows * TIMES[1]])}


def _python(*arguments: str, stdin: bytes = b"") -> None:
    subprocess.run([sys.executable, *arguments], input=stdin, capture_output=True, cwd=ROOT, check=True)


def to_markdown(report: dict[str, Any]) -> str:
    """Return the report as one Markdown page."""
    start = report["start"]
    parts = [
        "# Sentences per second\n",
        f"- command: `{report['command']}`\n- commit: {report['commit']}\n"
        f"- machine: {describe(report['machine'])}\n- rows: distinct, recombined from data/corpus/train.jsonl; "
        f"{count(report['threads'], 'thread')}; cache off\n",
        f"One sentence by the command line, in a new process: {start['first_sentence_seconds']} s, "
        f"{start['times_import_numpy']} times `import numpy` ({start['import_numpy_seconds']} s).\n",
        "## By rows\n",
        _by_rows(report) + "\n",
        "## By stage\n",
        "One thread, one stage after the other; the share of the time, and sentences per second of all stages.\n",
        _by_stage(report) + "\n",
    ]
    if report["pipeline"] is not None:
        parts += [f"## Beside a transformers pipeline over {report['pipeline']['network']}\n"]
        parts += [_pipeline_table(report["pipeline"]["sentences_per_second"]) + "\n"]
    return "\n".join(parts)


def _by_rows(report: dict[str, Any]) -> str:
    header = ["model", *(f"{report['rows'] * times:,} rows" for times in TIMES)]
    rows = [
        [name, *(f"{rate:,.0f}" for rate in figures["sentences_per_second"].values())]
        for name, figures in report["models"].items()
    ]
    return markdown(header, rows)


def _by_stage(report: dict[str, Any]) -> str:
    rows = []
    for model, figures in report["models"].items():
        shares = figures["stages"]["share"]
        cells = [f"{shares[stage]:.1%}" if stage in shares else "" for stage in STAGES]
        rows.append([model, *cells, f"{figures['stages']['sentences_per_second']:,.0f}"])
    return markdown(["model", *STAGES, "sentences per second"], rows)


def _pipeline_table(rates: dict[str, float]) -> str:
    batches, singles = f"pipeline, batch {PIPELINE_BATCH}", "pipeline, batch 1"
    rows = [
        [name, f"{rate:,.0f}", f"{rate / rates[batches]:.2f}", f"{rate / rates[singles]:.2f}"]
        for name, rate in rates.items()
    ]
    return markdown(["run", "sentences per second", f"times {batches}", f"times {singles}"], rows)


if __name__ == "__main__":
    sys.exit(main())
