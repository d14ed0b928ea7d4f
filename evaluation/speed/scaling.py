"""Measure runs: the same rows labelled in one process, in several and on Ray, what that cost, and whether the bytes are
the same; from that, computed and not measured, what a hundred million sentences would cost.

Rows are sentences of the bundled training part, each made its own by a number, so that none is labelled once for many;
one in a hundred is dirty. Every run is a process of its own, whose processor time and memory the system counts.

    python -m evaluation.speed.scaling [--model linear] [--rows 20000] [--workers 2]
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
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from hedgerow import corpus
from hedgerow.report import markdown

CORPUS = Path(__file__).parents[2] / "data" / "corpus" / "train.jsonl"
DIRTY = [
    b'{"text": "\xff"}',
    b'{"text": 3}',
    b"{",
    b'{"txt": "It may rain."}',
    b'{"text": "a\\u0000b"}',
    b'{"text": " "}',
]
MANY = 100_000_000  # sentences, of the cost model


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds by the clock and of the processors, memory of the largest process in MB, its files' hash."""

    name: str
    seconds: float
    processor: float
    memory: float
    rows: int
    sentences: int
    rejected: int
    digest: str

    @property
    def rate(self) -> float:
        """Sentences for each second of a processor."""
        return self.sentences / self.processor


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as place:
        source = Path(place, "rows.jsonl")
        write_rows(source, arguments.rows)
        runs = [
            measure(name, source, Path(place, name.replace(" ", "-")), arguments.model, options)
            for name, options in _ways(arguments.workers)
        ]
    print(_shown(runs, arguments.model))
    print()
    print(_cost(runs[0]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.speed.scaling", description="Measure runs.")
    parser.add_argument("--model", default="linear")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def write_rows(path: Path, count: int) -> None:
    with path.open("wb") as file:
        for row in _rows(count):
            file.write(row + b"\n")


def _rows(count: int) -> Iterator[bytes]:
    texts = cycle([example.text for example in corpus.load([CORPUS])])
    dirty = cycle(DIRTY)
    for number, text in enumerate(islice(texts, count)):
        yield next(dirty) if number % 100 == 99 else json.dumps({"text": f"{text} [{number}]"}).encode()


def _ways(workers: int) -> list[tuple[str, list[str]]]:
    ways = [("one process", []), (f"{workers} processes", ["--workers", str(workers)])]
    if importlib.util.find_spec("ray") is not None:
        ways.append((f"ray, {workers} actors", ["--workers", str(workers), "--runner", "ray"]))
    return ways


def measure(name: str, source: Path, out: Path, model: str, options: list[str]) -> Run:
    """Label `source` to the folder `out` by the command line."""
    command = [sys.executable, "-m", "hedgerow", "label", str(source), "--out", str(out), "--model", model]
    started = time.monotonic()
    process = subprocess.Popen([*command, "--unit", "sentence", *options], stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{name}: {' '.join(command)} ended with {process.returncode}")
    counts = json.loads((out / "manifest.json").read_text("utf-8"))["counts"]
    if counts["rows"] != counts["documents"] + counts["rejected"]:
        raise SystemExit(f"{name}: rows were lost: {counts}")
    processor, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return Run(
        name, seconds, processor, memory, counts["rows"], counts["sentences"], counts["rejected"], digest_of(out)
    )


def digest_of(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return whole.hexdigest()


def _shown(runs: list[Run], model: str) -> str:
    rows = [
        [
            f"{model}, {run.name}",
            f"{run.rows:,}",
            f"{run.rejected:,}",
            f"{run.seconds:,.1f}",
            "–" if "ray" in run.name else f"{run.processor:,.1f}",  # its actors are no children of the command
            "–" if "ray" in run.name else f"{run.memory:,.0f}",
            "yes" if run.digest == runs[0].digest else "no",
        ]
        for run in runs
    ]
    return markdown(["what", "rows", "rejected", "seconds", "processor seconds", "memory, MB", "same bytes"], rows)


def _cost(run: Run) -> str:
    """What MANY sentences would cost at the rate of `run`: sums, not measurements."""
    hours = MANY / run.rate / 3600
    rows = [[f"{cores:,}", f"{hours / cores:,.1f}"] for cores in (1, 2, 16, 64, 256)]
    head = (
        f"Computed: {MANY:,} sentences at the {run.rate:,.0f} a processor second of '{run.name}' above take"
        f" {hours:,.0f} processor hours; shared out evenly, without what starts, waits and shared disks cost:\n\n"
    )
    return head + markdown(["cores", "hours"], rows)


if __name__ == "__main__":
    main()
