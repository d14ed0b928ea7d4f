"""Measure speed: models by threads and rows, by stage, beside a common alternative, and accuracy beside speed.

    python -m evaluation.speed.throughput --encoder runs/backbones/minilm --train data/corpus/train.jsonl \
      --part dev=dev.jsonl --out evaluation/reports/throughput

One run measures all models on 1 and 2 threads, and as many cores, over 300, 3,000 and 30,000 distinct rows
(evaluation.speed.dirty_rows), with the cache off. All take turns in every round (evaluation.speed.timing), so ratios
are of the same minutes. Runs longer than `--longest` by the rate before are left out. The stages are timed one after
the other in one thread (evaluation.speed.stages). The time to the first sentence includes the start of Python, the
imports and the model; it is also given as a multiple of `import numpy` in a new Python, to compare machines.

With `--encoder`, the folder of an encoder as transformers saves it and of the size of base's, a `transformers`
text-classification pipeline is measured beside the first network (speed does not depend on the weights). With `--train`
and `--part`, classifiers of other kinds are trained on the same labels (evaluation.speed.peers); their speed and the
macro-F1 of all on the pooled parts are set beside each other, and plotted (`frontier-AXIS.svg`).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.parts import parts_to_pool, union
from evaluation.speed.accuracy import accuracy, labels_of
from evaluation.speed.dirty_rows import recombined
from evaluation.speed.peers import Peer, train_peers
from evaluation.speed.pipeline import measure_pipeline
from evaluation.speed.stages import time_stages
from evaluation.speed.throughput_page import page_of, summary
from evaluation.speed.timing import Timing, Way, median_seconds, on_cores, take_turns
from hedgerow import corpus, load
from hedgerow.corpus.selecting import parse_parts
from hedgerow.errors import InputError
from hedgerow.labels import Example
from hedgerow.predictors.folder import find, shipped
from hedgerow.predictors.network.runtime import NetworkModel
from hedgerow.report import measured_files, measured_model
from hedgerow.report.machine import load_average, this_machine, usable_cores
from hedgerow.report.provenance import ROOT


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: the models by the name that the report has, and how.

    `peers` are trained on other labels than `gold`, the pooled parts; both may be empty.
    """

    models: Mapping[str, str]
    threads: Sequence[int]
    rows: Sequence[int]
    rounds: int
    longest: float  # seconds of one run
    encoder: Path | None
    peers: Sequence[Peer]
    gold: Sequence[Example]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("speed.throughput", __doc__)
    parser.add_argument("--models", nargs="+", default=[*shipped()], help="names, or model folders")
    cores = usable_cores()
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2][:cores], help="each on as many cores")
    parser.add_argument("--rows", type=int, nargs="+", default=[300, 3_000, 30_000], help="numbers of rows")
    parser.add_argument("--rounds", type=int, default=3, help="the runs of each; the median counts")
    parser.add_argument("--longest", type=float, default=12, help="seconds of a run at most, but of the fewest rows")
    parser.add_argument("--encoder", type=Path, help="the folder of an encoder; without it there is no pipeline")
    parser.add_argument("--train", type=Path, nargs="+", default=[], help="labelled files to train peers on")
    parser.add_argument("--part", metavar="NAME=FILE", nargs="+", default=[], help="labelled files to measure on")
    parser.add_argument("--pool", metavar="NAME", nargs="+", help="parts to pool, as in evaluation.parts")
    parser.add_argument("--out", type=Path, help="the folder for the report and the plots (default: the terminal)")
    return run_command(parser, arguments, ReportCommand("throughput", _measure, page_of, summary))


def _measure(options: argparse.Namespace) -> Measured:
    _check(options)
    machine = this_machine()
    models = _by_name(options.models)
    labels, gold, described = _labelled(options)
    texts = _texts(max(options.rows))
    peers = train_peers(labels, options.encoder) if labels else []
    rows = sorted(set(options.rows))
    threads = sorted(set(options.threads))
    plan = Plan(models, threads, rows, options.rounds, options.longest, options.encoder, peers, gold)
    figures = described | measure(plan, texts)
    return Measured(
        figures,
        models=[measured_model(model) for model in models.values()],
        machine=replace(machine, load_after=load_average()),
    )


def _check(options: argparse.Namespace) -> None:
    if min(*options.rows, *options.threads, options.rounds) < 1:
        raise InputError("--rows, --threads and --rounds: give 1 or more")
    if max(options.threads) > usable_cores():
        raise InputError(f"--threads {max(options.threads)}: only {usable_cores()} cores can be used; give fewer")
    if options.encoder is not None and not (options.encoder / "config.json").is_file():
        raise InputError(f"--encoder {options.encoder}: no config.json; name the folder of an encoder")
    if bool(options.train) != bool(options.part):
        raise InputError("--train and --part belong together: labels to train peers on, and others to measure on")


def _by_name(models: Sequence[str]) -> dict[str, str]:
    """Return models by short name; load each, so that a wrong name is an error before anything is measured."""
    by_name: dict[str, str] = {}
    for model in dict.fromkeys(models):
        name = load(model).name
        if name in by_name:
            raise InputError(f"--models: {by_name[name]} and {model} are both called {name}; rename a folder")
        by_name[name] = model
    return by_name


def _labelled(options: argparse.Namespace) -> tuple[list[Example], list[Example], dict[str, Any]]:
    """Return the labels to train peers on, those to measure on, and what the report says of both."""
    if not options.train:
        return [], [], {}
    parts = parse_parts(options.part, (), option="--part")
    pooled = parts_to_pool(parts, options.pool)
    if not pooled:
        raise InputError("--part: none was labelled in two passes; name the parts to measure on (--pool)")
    gold = union(parts[name].load() for name in pooled)
    labels = corpus.load(options.train)
    corpus.reject_leaks(labels, gold, name="pooled")
    files = [path for name in pooled for path in parts[name].files]
    trained = {"files": _entries(options.train), "rows": len(labels)}
    measured = {"files": _entries(files), "pooled": pooled, "rows": len(gold)}
    return labels, gold, {"peers_trained_on": trained, "accuracy_on": measured}


def _entries(files: Sequence[Path]) -> list[dict[str, str]]:
    return [{"file": one.file, "sha256": one.sha256} for one in measured_files(files)]


def _texts(rows: int) -> list[str]:
    bundled = [example.text for example in corpus.load([ROOT / "data" / "corpus" / "train.jsonl"])]
    texts = list(islice(recombined(bundled), rows))
    if len(texts) < rows:
        raise InputError(f"--rows {rows}: only {len(texts):,} distinct rows can be made; give fewer")
    return texts


def measure(plan: Plan, texts: Sequence[str]) -> dict[str, Any]:
    """Return every figure; `texts` are the most rows of the plan."""
    classifiers = {name: load(model, threads=1, cache_size=0) for name, model in plan.models.items()}
    networks = [name for name, classifier in classifiers.items() if isinstance(classifier.model, NetworkModel)]
    by_stage = texts[: plan.rows[min(1, len(plan.rows) - 1)]]
    few = texts[: plan.rows[0]]
    pipeline = None
    if plan.encoder is not None and networks:
        network = plan.models[networks[0]]
        pipeline = measure_pipeline(few, plan.encoder, network, plan.threads, plan.rounds)
    with on_cores(1):
        stages = [{"name": name, **time_stages(model, by_stage)} for name, model in classifiers.items()]
    labellers = {name: labels_of(load(model, threads=plan.threads[-1])) for name, model in plan.models.items()}
    labellers |= {peer.name: peer.label for peer in plan.peers}
    return {
        "start": _measure_start(plan),
        "speeds": _measure_speeds(plan, texts),
        "stages": stages,
        "pipeline": pipeline,
        "accuracy": [accuracy(name, label, plan.gold) for name, label in labellers.items()] if plan.gold else [],
    }


def _measure_start(plan: Plan) -> dict[str, Any]:
    """Return the seconds from nothing to one labelled sentence, by the command line in a new process."""
    numpy = median_seconds(lambda: _python("-c", "import numpy"), plan.rounds)
    label = ("-m", "hedgerow", "label", "-", "--model")
    rows = []
    for name, model in plan.models.items():
        folder = str(find(model).resolve())
        seconds = median_seconds(lambda at=folder: _python(*label, at, stdin=b"He may resign."), plan.rounds)  # type: ignore[misc]
        rows.append({"name": name, "seconds": round(seconds, 3), "times_import_numpy": round(seconds / numpy, 1)})
    return {"import_numpy_seconds": round(numpy, 3), "first_sentence": rows}


def _python(*arguments: str, stdin: bytes = b"") -> None:
    subprocess.run([sys.executable, *arguments], input=stdin, capture_output=True, cwd=ROOT, check=True)


def _measure_speeds(plan: Plan, texts: Sequence[str]) -> list[dict[str, Any]]:
    ways = [
        Way(name, count, load(model, threads=count, cache_size=0).predict)
        for name, model in plan.models.items()
        for count in plan.threads
    ]
    ways += [Way(peer.name, count, peer.label) for peer in plan.peers for count in plan.threads]
    rows = []
    for number in plan.rows:
        timings = take_turns(ways, texts[:number], plan.rounds)
        rows += [_speed(timing, timings, plan) for timing in timings]
        rates = {(timing.way.name, timing.way.threads): timing.rate for timing in timings}
        following = next((more for more in plan.rows if more > number), 0)
        ways = [way for way in ways if following / rates[way.name, way.threads] <= plan.longest]
    return rows


def _speed(timing: Timing, timings: Sequence[Timing], plan: Plan) -> dict[str, Any]:
    first = next(iter(plan.models))
    alike = [other for other in timings if (other.way.name, other.way.threads) == (first, timing.way.threads)]
    return {
        "name": timing.way.name,
        "kind": "model" if timing.way.name in plan.models else "peer",
        "threads": timing.way.threads,
        "rows": timing.texts,
        "sentences_per_second": round(timing.rate, 1),
        "per_processor_second": round(timing.processor_rate, 1),
        "times_first": timing.times(alike[0]) if alike else None,
    }


if __name__ == "__main__":
    sys.exit(main())
