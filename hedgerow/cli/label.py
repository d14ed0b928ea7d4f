"""`hedgerow label`: from files to labelled rows."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from hedgerow.classifier import load
from hedgerow.cli.option_flags import Config, named, with_options
from hedgerow.cli.progress import FileFollower
from hedgerow.errors import InputError
from hedgerow.labelling.files import FileJob, label_to_file, label_to_writer
from hedgerow.labelling.layout import is_run
from hedgerow.labelling.options import Options, read_options, reject_run_options
from hedgerow.labelling.outputs import check_name
from hedgerow.writers.terminal import TerminalWriter

Inputs = Annotated[
    list[Path],
    typer.Argument(help="Files, folders or patterns; - is standard input.", parser=named, metavar="INPUTS..."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        parser=named,
        metavar="PATH",
        help="A .jsonl, .csv or .parquet file; without a suffix, a run folder, which the same command resumes.",
        show_default="JSON Lines on standard output",
    ),
]
Table = Annotated[bool, typer.Option("--table", help="Print a table even when stdout is not a terminal.")]
Resume = Annotated[bool, typer.Option("--resume", help="Resume the run in OUT; fail if there is none.")]


def label(
    inputs: Inputs, out: Out = None, table: Table = False, config: Config = None, resume: Resume = False, **flags: Any
) -> None:
    """Label every sentence of texts, pages, JSON Lines, CSV and Parquet files.

    Rows that cannot be labelled are counted on stderr by reason, and written to OUT.rejected.jsonl. OUT.manifest.json
    says how OUT was made.

    Exit codes: 0 fine, 1 some input was rejected, 2 wrong usage, 130 interrupted.

    Example: hedgerow label article.txt --table
    """
    output = Output(None if out == Path("-") else out, table=table, resume=resume)
    raise typer.Exit(run(inputs, output, config=config, **flags))


@dataclass(frozen=True, slots=True)
class Output:
    """Where labelled rows go: the file or run folder `path`, or standard output, there as a `table` if asked for.

    With `resume`, `path` must have a run.
    """

    path: Path | None = None
    table: bool = False
    resume: bool = False


def run(inputs: list[Path], output: Output, *, config: Path | None = None, **flags: Any) -> int:
    """Label `inputs`; return the exit code, 1 if something could not be read or was rejected.

    `flags` are the fields of Options, None if they were not given.
    """
    options = read_options(config, flags)
    out, table = output.path, output.table
    if table and out is not None:
        raise InputError("--table goes to standard output; leave out --table or --out")
    if out is not None:
        check_name(out)
    if output.resume and (out is None or not is_run(out)):
        raise InputError(f"--resume: {out or 'standard output'} is no run; name its folder with --out")
    if out is not None and not out.suffix:
        return _label_run(inputs, out, options)
    reject_run_options(options, flags)
    return _label_file(FileJob(tuple(inputs), out, options), table=table)


def _label_file(job: FileJob, *, table: bool) -> int:
    follower = FileFollower(job.out)
    classifier = load(job.options.model)
    with follower:
        if table or (job.out is None and sys.stdout.isatty()):
            label_to_writer(classifier, job, TerminalWriter(), follower.listener)
        else:
            label_to_file(classifier, job, follower.listener)
    follower.summarise(classifier.name)
    return follower.exit_code


def _label_run(inputs: list[Path], out: Path, options: Options) -> int:
    from hedgerow.cli.run_progress import RunProgress  # imports what only runs need
    from hedgerow.labelling.run_folder import label_to_run

    with RunProgress(out, options) as progress:
        counts = label_to_run(inputs, out, options, progress.listener)
    progress.summarise(counts)
    return progress.exit_code


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("label")(with_options(label))
