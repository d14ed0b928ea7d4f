"""`hedgerow label`: from files to rows, with what was refused said by name."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from hedgerow.classifier import load
from hedgerow.errors import InputError, RefusedRow
from hedgerow.labelling.layout import skip_outputs
from hedgerow.labelling.options import RUN_OPTIONS, Options, read_options
from hedgerow.labelling.stream import Tally, abstaining, label
from hedgerow.readers.input_text import Refusal
from hedgerow.readers.inputs import STDIN, find_inputs, read_inputs
from hedgerow.writers.files import check_out, refusals_beside, refusals_writer, writer
from hedgerow.writers.terminal import SentencePrinter


def run(
    inputs: Sequence[Path], out: Path | None, *, config: Path | None = None, table: bool = False, **flags: Any
) -> int:
    """Label `inputs`; returns the exit code, 1 where something was refused.

    `flags` are the fields of Options, None where they are not said.
    """
    options = read_options(config, flags)
    if list(inputs).count(STDIN) > 1:
        raise InputError("standard input (-) can be read once; name it once")
    if table and out is not None:
        raise InputError("--table goes to standard output; leave out --table or --out")
    if out is not None and not out.suffix:
        from hedgerow.cli.run import label_run

        return label_run(inputs, out, options)
    _refuse_run_options(options, flags)
    if out is not None:
        check_out(out, list(inputs))
    return _label(inputs, out, options, table)


def _refuse_run_options(options: Options, flags: Mapping[str, Any]) -> None:
    """A setting that would do nothing is no setting."""
    for name in RUN_OPTIONS:
        if name in options.model_fields_set:
            said = f"--{name}" if flags.get(name) is not None else f"{name!r} in --config"
            raise InputError(
                f"{said} is for run folders; give --out a name without a suffix, or leave out this setting"
            )


def _label(inputs: Sequence[Path], out: Path | None, options: Options, table: bool) -> int:
    classifier = load(options.model)
    tally = Tally()
    started = time.monotonic()
    for_the_eye = table or (out is None and sys.stdout.isatty())
    with (
        nullcontext(SentencePrinter().print) if for_the_eye else writer(out) as write,
        # Inside the other, so that what was refused is on disk before the output appears.
        nullcontext(_ignore) if out is None else refusals_writer(refusals_beside(out)) as keep,
    ):

        def refuse(refusal: Refusal) -> None:
            if options.strict:
                raise RefusedRow(f"refused {refusal}")
            print(f"hedgerow: refused {refusal}", file=sys.stderr)
            keep(refusal)

        progress = _Progress(tally)
        documents = read_inputs(find_inputs(inputs, options.as_, skip=skip_outputs(out)), options.unit, options.fields)
        for row in label(classifier, documents, options.unit, refuse, tally):
            write(abstaining(row, options.abstain))
            progress.tick()
        progress.clear()
    _summarise(tally, classifier.name, time.monotonic() - started, out)
    return 1 if tally.refused else 0


def _ignore(_: Refusal) -> None:
    """Without --out a refusal is said on standard error and not kept."""


class _Progress:
    """A running count on a terminal's standard error, twice a second."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._shown = sys.stderr.isatty() and not sys.stdout.isatty()
        self._started = time.monotonic()
        self._next = self._started + 0.5

    def tick(self) -> None:
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + 0.5
        tally, seconds = self._tally, now - self._started
        print(
            f"\r{tally.documents:,} documents, {tally.sentences:,} sentences"
            f" ({tally.sentences / seconds:,.0f} a second), {tally.refused:,} refused",
            end="\x1b[K",
            file=sys.stderr,
            flush=True,
        )

    def clear(self) -> None:
        if self._shown:
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
