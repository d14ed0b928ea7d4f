"""Rebuild the committed reports: those of every shipped model, and others by the command they were made with.

    python -m evaluation.rebuild --list

`--list` prints the commands; without it they run. Reports that need a file that is not on this machine, or that take
long, are skipped and listed with their command. A report that fails stays as it was, and the exit code is 1. `--render`
measures nothing: it writes the pages of every report again from its report.json.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation import index
from evaluation.command import guarded, make_parser
from evaluation.index import REPORTS
from evaluation.kinds import read_reports
from evaluation.render import render_all
from hedgerow.errors import HedgerowError
from hedgerow.predictors.folder import read_manifest, trained
from hedgerow.report.provenance import ROOT

REAL = "../shared/corpora/real"
# What every shipped model is measured on, by the name of the report: composed text, and published text as it runs.
CORPORA = {
    "test": ("data/corpus/test.jsonl",),
    "running": (f"{REAL}/articles_dev.jsonl", f"{REAL}/dev.jsonl", "--where", "picked=false"),
}
BUNDLED = "runs/linear"  # the linear model of bundled text alone, which is trained on the way
# Modules that take about a minute; others train or time.
QUICK = ("run", "behaviour", "agreement", "compare", "field", "parts")


@dataclass(frozen=True, slots=True)
class Step:
    """A report and the commands that make it, each without its `python`."""

    name: str
    commands: tuple[tuple[str, ...], ...]

    @property
    def missing(self) -> str | None:
        """The first input file, or folder outside the project, that is not on this machine."""
        words = [word.rpartition("=")[2] for command in self.commands for word in command]  # also of NAME=FILE
        inputs = (word for word in words if word.endswith(".jsonl") or word.startswith("../"))
        return next((word for word in inputs if not (ROOT / word).exists()), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("rebuild", __doc__, exit_codes="0 fine, 1 a report failed, 2 wrong usage or a broken report")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--list", action="store_true", help="print the commands, and run nothing")
    modes.add_argument("--render", action="store_true", help="write the pages again from report.json")
    options = parser.parse_args(arguments)
    return guarded("rebuild", lambda: _render() if options.render else _rebuild(only_list=options.list))


def _render() -> int:
    for folder in render_all(REPORTS):
        print(folder.name)
    return index.main([])


def _rebuild(*, only_list: bool) -> int:
    started = time.monotonic()
    steps = plan()
    skipped = dict(others(steps))
    failed = 0
    for step in steps:
        if step.missing:
            skipped[step.name] = f"{step.missing} is missing"
        elif only_list:
            print(step.name, *(f"  python {shlex.join(command)}" for command in step.commands), sep="\n")
        elif (error := _run(step)) is not None:
            failed += 1
            skipped[step.name] = error
        else:
            print(f"{step.name} ({time.monotonic() - started:.0f} s)", flush=True)
    for name, reason in skipped.items():
        print(f"skipped: {name} ({reason})")
    return (index.main([]) if not only_list else 0) or int(failed > 0)


def plan() -> list[Step]:
    """Return the steps that take minutes: the reports of shipped models, then others by their own command."""
    steps = [step for name, folder in trained().items() for step in _steps_of_model(name, folder)]
    bundled = ("train.py", "model/linear/recipe.toml", "--out", BUNDLED)
    steps.append(Step("linear-bundled-running", (bundled, _measure(BUNDLED, "running", "linear-bundled-running"))))
    planned = {step.name for step in steps}
    for name, command in _committed():
        if name not in planned and _module(command) in QUICK:
            steps.append(Step(name, (command,)))
    return steps


def others(steps: Sequence[Step]) -> Iterator[tuple[str, str]]:
    """Yield the committed reports that no step makes, with the command that does."""
    planned = {step.name for step in steps}
    for name, command in _committed():
        if name not in planned:
            yield name, f"made by: python {shlex.join(command)}"


def _steps_of_model(name: str, folder: Path) -> Iterator[Step]:
    for corpus in CORPORA:
        yield Step(f"{name}-{corpus}", (_measure(name, corpus, f"{name}-{corpus}"),))
    if _kind(folder) == "network":  # the behaviour report of a network has the other models beside it
        report = f"{name}-behaviour"
        yield Step(report, (("-m", "evaluation.behaviour", "--model", name, "--out", f"evaluation/reports/{report}"),))


def _kind(folder: Path) -> str:
    """Return the kind of a model; a broken one counts as a network, so that measuring it names the error."""
    try:
        return str(read_manifest(folder)["kind"])
    except HedgerowError:
        return "network"


def _measure(model: str, corpus: str, report: str) -> tuple[str, ...]:
    corpora = CORPORA[corpus]
    return ("-m", "evaluation.run", "--model", model, "--corpus", *corpora, "--out", f"evaluation/reports/{report}")


def _committed() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every committed report and the command it was made with, without its `python`."""
    for name, report in read_reports(REPORTS).items():
        yield name, tuple(shlex.split(report.command)[1:])


def _module(command: Sequence[str]) -> str:
    return command[1].removeprefix("evaluation.") if len(command) > 1 and command[0] == "-m" else ""


def _run(step: Step) -> str | None:
    """Run the commands of `step`; return the last line of the error, or None."""
    for command in step.commands:
        ran = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
        if ran.returncode:
            return (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
    return None


if __name__ == "__main__":
    sys.exit(main())
