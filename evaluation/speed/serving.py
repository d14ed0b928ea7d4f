"""Load `hedgerow serve` with many clients, check every answer, watch its memory, and stop it in the middle.

    python -m evaluation.speed.serving --model small --clients 200 --seconds 60 --out evaluation/reports/serving

The sentences are distinct (evaluation.speed.dirty_rows), so that no cache answers. Every answer is compared with what
the classifier gives by itself. Beside it stands the speed of `hedgerow label` on as many of the same sentences. The
clients share the machine with the server. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from evaluation.command import CLOSED_OUTPUT, Measured, ReportCommand, make_parser, run_command
from evaluation.speed.dirty_rows import recombined
from evaluation.speed.scaling import measure as measure_command
from evaluation.speed.serving_clients import Answered, Outcome, ask_all
from evaluation.speed.serving_page import SIZES, page_of, summary
from hedgerow import Classifier, corpus, load
from hedgerow.errors import InputError, RunError
from hedgerow.report import measured_model
from hedgerow.report.machine import load_average, this_machine
from hedgerow.report.provenance import ROOT

CORPUS = ROOT / "data" / "corpus" / "train.jsonl"
GROWTH = 1.1  # times the memory of the middle that is right at the end: the cache fills before
MEMORY_STEPS = 10  # points at which the memory is read
STOPPED = 50  # clients that ask when the server is stopped
START = 120.0  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code, 1 if an answer was wrong or lost."""
    parser = make_parser(
        "speed.serving",
        __doc__,
        exit_codes=f"0 fine, 1 an answer was wrong or lost, or {CLOSED_OUTPUT}, 2 wrong usage, 130 interrupted",
    )
    parser.add_argument("--model", default="small", help="a shipped model's name, or a model folder")
    parser.add_argument("--clients", type=int, default=200, help="clients that ask at the same time")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they ask")
    parser.add_argument("--requests", type=int, default=10_000, help="requests over which the memory is watched")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return run_command(parser, arguments, ReportCommand("serving", measure, page_of, summary))


def measure(options: argparse.Namespace) -> Measured:
    """Return the figures of all parts."""
    if options.clients < 1 or options.seconds <= 0 or options.requests < MEMORY_STEPS:
        raise InputError(f"--clients, --seconds: give more than 0, and --requests: {MEMORY_STEPS} or more")
    machine = this_machine()
    texts = recombined([example.text for example in corpus.load([CORPUS])])
    classifier = load(options.model, cache_size=0)
    with tempfile.TemporaryDirectory() as scratch:
        with server(Path(scratch), options.model) as running:
            under_load, loaded = running.load(texts, options.clients, options.seconds)
            memory = running.watch_memory(texts, options.clients, options.requests)
            stopped, last = running.stop_in_the_middle(texts)
        sentences = [one for answer in loaded.answered for one in answer.sentences]
        batch = batch_speed(Path(scratch), options.model, sentences)
    wrong = count_wrong(classifier, chain(loaded.answered, last.answered))
    lost = stopped["lost"] or stopped["exit_code"] or under_load["errors"] or under_load["untaken"]
    all_right = not (wrong or lost or grows(memory))
    figures = {
        "clients": options.clients,
        "under_load": under_load,
        "batch_sentences_per_second": batch,
        "memory_mb": memory,
        "stopped": stopped,
        "wrong_answers": wrong,
        "all_right": all_right,
    }
    return Measured(
        figures,
        models=[measured_model(options.model)],
        machine=replace(machine, load_after=load_average()),
        exit_code=0 if all_right else 1,
    )


def grows(memory: Sequence[float]) -> bool:
    """Return whether the memory still grows in the second half of the requests."""
    return memory[-1] > GROWTH * memory[len(memory) // 2]


class Running:
    """A server that runs, with its log."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, port: int) -> None:
        self._process = process
        self._log = log
        self._port = port

    def load(self, texts: Iterator[str], clients: int, seconds: float) -> tuple[dict[str, Any], Outcome]:
        """Return the figures of clients that ask for so long, and what they have seen."""
        until = time.monotonic() + seconds
        outcome = asyncio.run(ask_all(self._port, _requests(texts), clients, lambda: time.monotonic() < until))
        times = sorted(answer.seconds for answer in outcome.answered)
        if not times:
            raise RunError(f"no request was answered: {outcome.errors}; see the log of the server")
        sentences = sum(len(answer.sentences) for answer in outcome.answered)
        figures = {
            "requests": len(times),
            "sentences": sentences,
            "requests_per_second": round(len(times) / outcome.seconds, 1),
            "sentences_per_second": round(sentences / outcome.seconds, 1),
            "seconds_p50": round(times[len(times) // 2], 3),
            "seconds_p95": round(times[len(times) * 95 // 100], 3),
            "seconds_max": round(times[-1], 3),
            "busy": outcome.busy,
            "errors": [{"name": kind, "requests": count} for kind, count in outcome.errors.items()],
            "untaken": len(outcome.untaken),
        }
        return figures, outcome

    def watch_memory(self, texts: Iterator[str], clients: int, requests: int) -> list[float]:
        """Return the resident memory in MB before, and after each tenth of so many requests."""
        found = [self._memory()]
        for _ in range(MEMORY_STEPS):
            some = islice(_requests(texts), requests // MEMORY_STEPS)
            asyncio.run(ask_all(self._port, some, min(clients, STOPPED), lambda: True))
            found.append(self._memory())
        return found

    def stop_in_the_middle(self, texts: Iterator[str]) -> tuple[dict[str, Any], Outcome]:
        """Send SIGTERM while clients ask; return the figures, and what the clients have seen."""
        before = self._logged()

        async def ask_and_stop() -> Outcome:
            asking = asyncio.create_task(ask_all(self._port, _requests(texts), STOPPED, lambda: True))
            await asyncio.sleep(2)
            self._process.send_signal(signal.SIGTERM)
            return await asking

        outcome = asyncio.run(ask_and_stop())
        code = self._process.wait(START)
        answered = {answer.request_id for answer in outcome.answered}
        taken = self._logged()[len(before) :]
        figures = {
            "clients": STOPPED,
            "exit_code": code,
            "accepted": len(taken),
            "answers": len(answered),
            "untaken": len(outcome.untaken),
            "lost": len({one["request_id"] for one in taken if one["status"] != 503} - answered)
            + sum(outcome.errors.values()),
        }
        return figures, outcome

    def _memory(self) -> float:
        status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return round(int(line.split()[1]) / 1024, 1)

    def _logged(self) -> list[dict[str, Any]]:
        rows = map(json.loads, self._log.read_text("utf-8").splitlines())
        return [row for row in rows if row["event"] == "request"]


@contextmanager
def server(folder: Path, model: str) -> Iterator[Running]:
    """Run the server with its log in a file."""
    log = folder / "log"
    with log.open("wb") as file:
        command = [sys.executable, "-m", "hedgerow", "serve", "--port", "0", "--model", model]
        process = subprocess.Popen(command, stderr=file)
        try:
            yield Running(process, log, _port(process, log))
        finally:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    until = time.monotonic() + START
    while process.poll() is None and time.monotonic() < until:
        first = log.read_text("utf-8").partition("\n")[0]
        if '"listening"' in first:
            return int(json.loads(first)["url"].rstrip("/").rpartition(":")[2])
        time.sleep(0.05)
    raise RunError(f"the server did not start: {log.read_text('utf-8').strip()}")


def _requests(texts: Iterator[str]) -> Iterator[Sequence[str]]:
    """Yield the sentences of one request after the other."""
    while True:
        for size in SIZES:
            yield list(islice(texts, size))


def count_wrong(classifier: Classifier, answers: Iterable[Answered]) -> int:
    """Return how many answers are not those that the classifier gives by itself."""
    given = list(answers)
    predictions = classifier.stream(text for answer in given for text in answer.sentences)
    wrong = 0
    for answer in given:
        expected = [next(predictions).to_dict() for _ in answer.sentences]
        rows = json.loads(answer.body)["sentences"]
        alike = len(rows) == len(expected) and all(
            {name: row[name] for name in one} == one for row, one in zip(rows, expected, strict=True)
        )
        wrong += not alike
    return wrong


def batch_speed(folder: Path, model: str, sentences: Sequence[str]) -> float:
    """Return how many of these sentences `hedgerow label` labels per second, its start included."""
    source = folder / "rows.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in sentences), "utf-8")
    run = measure_command("batch", source, folder / "run", model, [])
    return round(run.sentences / run.seconds, 1)


if __name__ == "__main__":
    sys.exit(main())
