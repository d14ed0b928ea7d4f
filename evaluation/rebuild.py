"""Rebuild the committed reports: those of every shipped model, and others by the command they were made with.

    python -m evaluation.rebuild [--list]

Shipped models are found, not named. What needs a file that is not on this machine, or takes long, is left out, and said
so with the command that makes it. A report that fails stays as it was; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation import index
from evaluation.index import REPORTS, read_report
from evaluation.provenance import ROOT
from hedgerow.errors import HedgerowError
from hedgerow.predictors.folder import read_manifest, trained

TEST, REAL = "data/corpus/test.jsonl", "../shared/corpora/real/dev.jsonl"
BUNDLED = "runs/linear"  # the linear model from bundled text alone, trained on the way
QUICK = ("run", "behaviour", "agreement", "compare")  # modules that take a minute or so; others train or time


@dataclass(frozen=True, slots=True)
class Step:
    """A report and the commands that make it, each without the `python` before it."""

    name: str
    commands: tuple[tuple[str, ...], ...]

    @property
    def missing(self) -> str | None:
        """The first input file that is not here."""
        words = [word for command in self.commands for word in command]
        return next((word for word in words if word.endswith(".jsonl") and not (ROOT / word).is_file()), None)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.rebuild", description="Rebuild the committed reports.")
    parser.add_argument("--list", action="store_true", help="say what would be done, and do nothing")
    only_list = parser.parse_args(arguments).list
    started = time.monotonic()
    try:
        steps = plan()
        left_out = dict(others(steps))
    except HedgerowError as error:
        print(f"evaluation.rebuild: {error}", file=sys.stderr)
        return 2
    failed = 0
    for step in steps:
        if step.missing:
            left_out[step.name] = f"{step.missing} is not here"
        elif only_list:
            print(step.name, *(f"  python {shlex.join(command)}" for command in step.commands), sep="\n")
        elif (fault := _run(step)) is not None:
            failed += 1
            left_out[step.name] = fault
        else:
            print(f"{step.name} ({time.monotonic() - started:.0f} s)", flush=True)
    for name, reason in left_out.items():
        print(f"left out: {name} ({reason})")
    return (index.main([]) if not only_list else 0) or int(failed > 0)


def plan() -> list[Step]:
    """What can be rebuilt in minutes: the reports of shipped models, then committed ones by their own command."""
    steps = [step for name, folder in trained().items() for step in _of_model(name, folder)]
    bundled = ("train.py", "model/linear/recipe.toml", "--out", BUNDLED)
    steps.append(Step("linear-bundled-real-dev", (bundled, _measure(BUNDLED, REAL, "linear-bundled-real-dev"))))
    planned = {step.name for step in steps}
    for name, command in _committed():
        if name not in planned and _module(command) in QUICK:
            steps.append(Step(name, (command,)))
    return steps


def others(steps: Sequence[Step]) -> Iterator[tuple[str, str]]:
    """Committed reports that no step makes, with the command that does."""
    planned = {step.name for step in steps}
    for name, command in _committed():
        if name not in planned:
            yield name, f"made by: python {shlex.join(command)}"


def _of_model(name: str, folder: Path) -> Iterator[Step]:
    for corpus, file in (("test", TEST), ("real-dev", REAL)):
        yield Step(f"{name}-{corpus}", (_measure(name, file, f"{name}-{corpus}"),))
    if _kind(folder) == "network":  # its report has the others beside it
        report = f"{name}-behaviour"
        yield Step(report, (("-m", "evaluation.behaviour", "--model", name, "--out", f"evaluation/reports/{report}"),))


def _kind(folder: Path) -> str:
    """Of a model that is whole; of a broken one "network", so that measuring it says what is wrong."""
    try:
        return str(read_manifest(folder)["kind"])
    except HedgerowError:
        return "network"


def _measure(model: str, corpus: str, report: str) -> tuple[str, ...]:
    return ("-m", "evaluation.run", "--model", model, "--corpus", corpus, "--out", f"evaluation/reports/{report}")


def _committed() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every committed report and the command it was made with, the `python` before it left out."""
    for path in sorted(REPORTS.glob("*/report.json")):
        command = str(read_report(path).get("command", "python"))
        yield path.parent.name, tuple(shlex.split(command)[1:])


def _module(command: Sequence[str]) -> str:
    return command[1].removeprefix("evaluation.") if len(command) > 1 and command[0] == "-m" else ""


def _run(step: Step) -> str | None:
    """Run the commands of `step`; the last line of what went wrong, or None."""
    for command in step.commands:
        ran = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
        if ran.returncode:
            return (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
    return None


if __name__ == "__main__":
    sys.exit(main())
