"""`hedgerow label`: from files to labelled rows."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from hedgerow.classifier import load
from hedgerow.cli.progress import LineProgress
from hedgerow.errors import InputError
from hedgerow.io.plural import count
from hedgerow.labelling.files import FileJob, Listener, label_to_file, label_to_writer
from hedgerow.labelling.options import RUN_OPTIONS, Options, read_options, reject_run_options, show_flag
from hedgerow.labelling.stream import Counts
from hedgerow.readers.input_text import Rejected
from hedgerow.writers.rejected import rejected_path
from hedgerow.writers.terminal import TerminalWriter

Inputs = Annotated[list[Path], typer.Argument(help="Files, folders or patterns; - is standard input.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="A .jsonl, .csv or .parquet file; without a suffix, a run folder, which the same command resumes.",
        show_default="JSON Lines on standard output",
    ),
]
Table = Annotated[bool, typer.Option("--table", help="Print a table even when stdout is not a terminal.")]
Config = Annotated[Path | None, typer.Option(help="A TOML file with options; flags override it.", show_default="none")]


# The defaults to show for options that are None unless they are set.
UNSET = {"as_": "by suffix", "id_field": "id", "workers": "1", "ray_address": "this machine", "strict": "--no-strict"}


def label(inputs: Inputs, out: Out = None, table: Table = False, config: Config = None, **flags: Any) -> None:
    """Label every sentence of texts, pages, JSON Lines, CSV and Parquet files.

    Rows that cannot be labelled are reported on stderr with file, line and reason, and written to OUT.rejected.jsonl.

    Exit codes: 0 fine, 1 some input was rejected, 2 wrong usage, 130 interrupted.

    Example: hedgerow label data/examples/article.txt --table
    """
    raise typer.Exit(run(inputs, out, config=config, table=table, **flags))


def run(inputs: list[Path], out: Path | None, *, config: Path | None = None, table: bool = False, **flags: Any) -> int:
    """Label `inputs`; return the exit code, 1 if something was rejected.

    `flags` are the fields of Options, None if they were not given.
    """
    options = read_options(config, flags)
    if out == Path("-"):
        out = None
    if table and out is not None:
        raise InputError("--table goes to standard output; leave out --table or --out")
    if out is not None and not out.suffix:
        return _label_run(inputs, out, options)
    reject_run_options(options, flags)
    return _label_file(FileJob(tuple(inputs), out, options), table=table)


def _label_file(job: FileJob, *, table: bool) -> int:
    counts = Counts()
    progress = LineProgress(counts)
    listener = Listener(counts, _report_rejected, progress.tick)
    classifier = load(job.options.model)
    started = time.monotonic()
    if table or (job.out is None and sys.stdout.isatty()):
        label_to_writer(classifier, job, TerminalWriter(), listener)
    else:
        label_to_file(classifier, job, listener)
    progress.clear()
    _summarise(counts, classifier.name, time.monotonic() - started, job.out)
    return 1 if counts.rejected else 0


def _label_run(inputs: list[Path], out: Path, options: Options) -> int:
    from hedgerow.cli.run_progress import RunProgress  # imports what only runs need
    from hedgerow.labelling.run_folder import label_to_run

    with RunProgress(out, options) as progress:
        counts = label_to_run(inputs, out, options, progress.listener)
    progress.summarise()
    return 1 if counts.rejected else 0


def _report_rejected(rejected: Rejected) -> None:
    print(f"hedgerow: rejected {rejected}", file=sys.stderr)


def _summarise(counts: Counts, model: str, seconds: float, out: Path | None) -> None:
    target = f" to {out}" if out else ""
    beside = f", rejected rows in {rejected_path(out)}" if out and counts.rejected else ""
    print(
        f"hedgerow: {count(counts.sentences, 'sentence')} of {count(counts.documents, 'document')}"
        f" labelled by {model}{target}"
        f" in {seconds:.1f} s; {counts.rejected:,} rejected{beside}",
        file=sys.stderr,
    )


def _option_parameters() -> Mapping[str, inspect.Parameter]:
    """Return one command-line option per field of Options: its type, description and default are the field's."""
    parameters = {}
    for name, field in Options.model_fields.items():
        flag = show_flag(field.alias or name)
        switch = f"{flag}/--no-{flag[2:]}" if field.annotation is bool else flag
        option = typer.Option(
            switch,
            help=field.description,
            show_default=UNSET.get(name, str(field.default)),
            rich_help_panel="Run folders" if name in RUN_OPTIONS else None,
        )
        kind: Any = field.annotation
        annotation = Annotated[kind | None, option]
        parameters[name] = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
    return parameters


def _with_options(command: Any) -> Any:
    """Give `command` the parameters of Options in place of its **flags."""
    signature = inspect.signature(command, eval_str=True)
    kept = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    command.__signature__ = signature.replace(parameters=[*kept, *_option_parameters().values()])
    return command


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("label")(_with_options(label))
