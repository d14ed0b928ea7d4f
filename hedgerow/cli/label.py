"""`hedgerow label`: from files to rows, with what was rejected said by name."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from hedgerow.classifier import load
from hedgerow.errors import InputError, RejectedRowError
from hedgerow.labelling.layout import skip_outputs
from hedgerow.labelling.options import RUN_OPTIONS, Options, read_options
from hedgerow.labelling.stream import Counts, abstaining, label
from hedgerow.readers.input_text import Rejected
from hedgerow.readers.inputs import STDIN, find_inputs, read_inputs
from hedgerow.writers.files import check_out, rejected_path, rejected_writer, writer
from hedgerow.writers.terminal import TerminalWriter


def run(
    inputs: Sequence[Path], out: Path | None, *, config: Path | None = None, table: bool = False, **flags: Any
) -> int:
    """Label `inputs`; returns the exit code, 1 where something was rejected.

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
    _reject_run_options(options, flags)
    if out is not None:
        check_out(out, list(inputs))
    return _label(inputs, out, options, table)


def _reject_run_options(options: Options, flags: Mapping[str, Any]) -> None:
    """A setting that would do nothing is no setting."""
    for name in RUN_OPTIONS:
        if name in options.model_fields_set:
            said = f"--{name}" if flags.get(name) is not None else f"{name!r} in --config"
            raise InputError(
                f"{said} is for run folders; give --out a name without a suffix, or leave out this setting"
            )


def _label(inputs: Sequence[Path], out: Path | None, options: Options, table: bool) -> int:
    classifier = load(options.model)
    counts = Counts()
    started = time.monotonic()
    for_the_eye = table or (out is None and sys.stdout.isatty())
    with (
        nullcontext(TerminalWriter().print) if for_the_eye else writer(out) as write,
        # Inside the other, so that what was rejected is on disk before the output appears.
        nullcontext(_ignore) if out is None else rejected_writer(rejected_path(out)) as keep,
    ):

        def reject(rejection: Rejected) -> None:
            if options.strict:
                raise RejectedRowError(f"rejected {rejection}")
            print(f"hedgerow: rejected {rejection}", file=sys.stderr)
            keep(rejection)

        progress = _Progress(counts)
        documents = read_inputs(find_inputs(inputs, options.as_, skip=skip_outputs(out)), options.unit, options.fields)
        for row in label(classifier, documents, options.unit, reject, counts):
            write(abstaining(row, options.abstain))
            progress.tick()
        progress.clear()
    _summarise(counts, classifier.name, time.monotonic() - started, out)
    return 1 if counts.rejected else 0


def _ignore(_: Rejected) -> None:
    """Without --out a rejection is said on standard error and not kept."""


class _Progress:
    """A running count on a terminal's standard error, twice a second."""

    def __init__(self, counts: Counts) -> None:
        self._tally = counts
        self._shown = sys.stderr.isatty() and not sys.stdout.isatty()
        self._started = time.monotonic()
        self._next = self._started + 0.5

    def tick(self) -> None:
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + 0.5
        counts, seconds = self._tally, now - self._started
        print(
            f"\r{counts.documents:,} documents, {counts.sentences:,} sentences"
            f" ({counts.sentences / seconds:,.0f} a second), {counts.rejected:,} rejected",
            end="\x1b[K",
            file=sys.stderr,
            flush=True,
        )

    def clear(self) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _summarise(counts: Counts, model: str, seconds: float, out: Path | None) -> None:
    where = f" to {out}" if out else ""
    beside = f", rejected rows in {rejected_path(out)}" if out and counts.rejected else ""
    print(
        f"hedgerow: {_count(counts.sentences, 'sentence')} of {_count(counts.documents, 'document')}"
        f" labelled by {model}{where}"
        f" in {seconds:.1f} s; {counts.rejected:,} rejected{beside}",
        file=sys.stderr,
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
