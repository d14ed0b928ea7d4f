"""`hedgerow label`: from files to rows, with what was refused said by name."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from hedgerow.batch import STDIN, Format, Refusal, Tally, Unit, label, read_inputs
from hedgerow.batch.writers import check_out, refusals_beside, refusals_writer, writer
from hedgerow.classifier import load
from hedgerow.errors import InputError
from hedgerow.labels import AXES
from hedgerow.view import SentencePrinter

Choice = TypeVar("Choice", bound=StrEnum)


def run(
    inputs: Sequence[Path],
    out: Path | None,
    *,
    model: str,
    unit: str,
    as_: str | None,
    table: bool,
    abstain: float = 0.0,
) -> int:
    """Label `inputs`; returns the exit code, 1 where something was refused."""
    chosen = _choice(Unit, unit, "--unit")
    format_ = None if as_ is None else _choice(Format, as_, "--as")
    if list(inputs).count(STDIN) > 1:
        raise InputError("standard input (-) can be read once; name it once")
    if not 0 <= abstain <= 1:
        raise InputError(f"--abstain {abstain} is not a score; give one between 0 and 1")
    if out is not None:
        if table:
            raise InputError("--table goes to standard output; leave out --table or --out")
        check_out(out, list(inputs))
    classifier = load(model)
    tally = Tally()
    started = time.monotonic()
    for_the_eye = table or (out is None and sys.stdout.isatty())
    with (
        nullcontext(SentencePrinter().print) if for_the_eye else writer(out) as write,
        # Inside the other, so that what was refused is on disk before the output appears.
        nullcontext(_ignore) if out is None else refusals_writer(refusals_beside(out)) as keep,
    ):

        def refuse(refusal: Refusal) -> None:
            print(f"hedgerow: refused {refusal}", file=sys.stderr)
            keep(refusal)

        progress = _Progress(tally)
        for row in label(classifier, read_inputs(inputs, chosen, format_), chosen, refuse, tally):
            write(_abstaining(row, abstain))
            progress.tick()
        progress.clear()
    _summarise(tally, classifier.name, time.monotonic() - started, out)
    return 1 if tally.refused else 0


def _abstaining(row: dict[str, Any], threshold: float) -> dict[str, Any]:
    """The row, each label whose score is under `threshold` null; the scores stay."""
    for axis in AXES:
        if threshold and max(row[f"{axis}_scores"].values()) < threshold:
            row[axis] = None
    return row


def _ignore(_: Refusal) -> None:
    """Without --out a refusal is said on standard error and not kept."""


def _choice(enum: type[Choice], value: str, option: str) -> Choice:
    try:
        return enum(value)
    except ValueError:
        raise InputError(f"{option} {value!r} is not one of {', '.join(enum)}") from None


class _Progress:
    """A running count on a terminal's standard error, twice a second."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._shown = not (sys.stderr.isatty() and not sys.stdout.isatty())
        self._next = time.monotonic() + 0.5

    def tick(self) -> None:
        if self._shown or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.5
        print(f"\r{self._tally.sentences:,} sentences", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if not self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _summarise(tally: Tally, model: str, seconds: float, out: Path | None) -> None:
    where = f" to {out}" if out else ""
    beside = f", refused rows in {refusals_beside(out)}" if out and tally.refused else ""
    print(
        f"hedgerow: {_count(tally.sentences, 'sentence')} of {_count(tally.documents, 'document')}"
        f" labelled by {model}{where}"
        f" in {seconds:.1f} s; {tally.refused:,} refused{beside}",
        file=sys.stderr,
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
