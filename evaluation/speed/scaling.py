"""Measure runs: label the same rows in one process, in several, and on Ray if it is installed; compare their bytes.

Rows are distinct (evaluation.speed.dirty_rows), so that the cache answers none; one in a hundred is dirty. Every run is
a process of its own, so that the system counts its processor time and memory. evaluation.speed.throughput computes from
its rates what a hundred million sentences cost.

    python -m evaluation.speed.scaling --model linear --rows 20000 --workers 2
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.command import guarded, make_parser
from evaluation.speed.dirty_rows import json_rows, recombined
from hedgerow import corpus
from hedgerow.errors import InputError, RunError
from hedgerow.report import markdown_table
from hedgerow.report.provenance import ROOT

CORPUS = ROOT / "data" / "corpus" / "train.jsonl"
SHARDS = 4  # for each worker, so that all have work


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `sha256` is that of its files."""

    name: str
    seconds: float
    processor_seconds: float
    memory_mb: float  # of the largest process
    rows: int
    sentences: int
    rejected: int  # or skipped: rows without a text
    sha256: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("speed.scaling", __doc__)
    parser.add_argument("--model", default="linear", help="a shipped model's name, or a model folder")
    parser.add_argument("--rows", type=int, default=20_000, help="the number of rows")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="the processes of the second run")
    return guarded("speed.scaling", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    if options.rows < 1 or options.workers < 1:
        raise InputError("--rows and --workers: give 1 or more")
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "rows.jsonl")
        write_rows(source, options.rows)
        shard = str(max(1, options.rows // (SHARDS * options.workers)))
        runs = [
            measure(name, source, Path(scratch, name.replace(" ", "-")), options.model, [*flags, "--shard-rows", shard])
            for name, flags in _variants(options.workers)
        ]
    print(_table(runs, options.model))


def write_rows(path: Path, count: int) -> None:
    """Write `count` rows as JSON Lines, made of the sentences of the bundled training part."""
    texts = recombined([example.text for example in corpus.load([CORPUS])])
    with path.open("wb") as file:
        file.writelines(row.raw + b"\n" for row in json_rows(texts, count, too_long=0))


def _variants(workers: int) -> list[tuple[str, list[str]]]:
    variants = [("one process", []), (f"{workers} processes", ["--workers", str(workers)])]
    if importlib.util.find_spec("ray") is not None:
        variants.append((f"ray, {workers} actors", ["--workers", str(workers), "--runner", "ray"]))
    return variants


def measure(name: str, source: Path, out: Path, model: str, flags: list[str]) -> Run:
    """Label `source` to the folder `out` by the command line; raise RunError if rows were lost."""
    command = [sys.executable, "-m", "hedgerow", "label", str(source), "--out", str(out), "--model", model]
    started = time.monotonic()
    process = subprocess.Popen([*command, "--unit", "sentence", *flags], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise InputError(f"{name}: {' '.join(command)} ended with {process.returncode}")
    counts = json.loads((out / "manifest.json").read_text("utf-8"))["counts"]
    if counts["rows"] != counts["documents"] + counts["rejected"] + counts["skipped"]:
        raise RunError(f"{name}: rows were lost: {counts}")
    return Run(
        name,
        seconds,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        memory_mb=usage.ru_maxrss / 1024,
        rows=counts["rows"],
        sentences=counts["sentences"],
        rejected=counts["rejected"] + counts["skipped"],
        sha256=folder_hash(out),
    )


def folder_hash(folder: Path) -> str:
    """Return the sha256 of all files of a folder, with their paths."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return whole.hexdigest()


def _table(runs: list[Run], model: str) -> str:
    rows = [
        [
            f"{model}, {run.name}",
            f"{run.rows:,}",
            f"{run.rejected:,}",
            f"{run.seconds:,.1f}",
            "–" if "ray" in run.name else f"{run.processor_seconds:,.1f}",  # its actors are not children of the command
            "–" if "ray" in run.name else f"{run.memory_mb:,.0f}",
            "yes" if run.sha256 == runs[0].sha256 else "no",
        ]
        for run in runs
    ]
    header = ["run", "rows", "rejected or skipped", "seconds", "processor seconds", "memory, MB", "same bytes"]
    return markdown_table(header, rows)


if __name__ == "__main__":
    sys.exit(main())
