"""The commands. Results on standard output, progress and errors on standard error.

Exit codes: 0 fine, 1 some input was rejected (and where it went), 2 wrong usage.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

import hedgerow
from hedgerow.cli import corpus
from hedgerow.errors import HedgerowError, RejectedRowError

app = typer.Typer(
    help="How certain is each sentence, what stance does it take, which words say so, and whose words are they?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(corpus.app, name="corpus")

Inputs = Annotated[list[Path], typer.Argument(help="Files, folders or patterns; - is standard input.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hedgerow {hedgerow.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def label(
    inputs: Inputs,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A .jsonl, .csv or .parquet file; without suffix, a run's folder."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="A shipped model's name, 'lexicon', or a model folder.")] = None,
    unit: Annotated[str | None, typer.Option(help="A row is a 'document', which is split, or a 'sentence'.")] = None,
    as_: Annotated[
        str | None, typer.Option("--as", help="What inputs hold: txt, md, html, jsonl, csv, tsv, parquet.")
    ] = None,
    text_field: Annotated[str | None, typer.Option(help="The field that holds a row's text.")] = None,
    id_field: Annotated[str | None, typer.Option(help="The field that holds a row's id.")] = None,
    abstain: Annotated[float | None, typer.Option(help="Leave labels whose score is under this empty.")] = None,
    strict: Annotated[bool | None, typer.Option("--strict", help="Stop at the first row that is rejected.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many processes label to a run's folder.")] = None,
    runner: Annotated[str | None, typer.Option(help="What these are: 'process', here, or 'ray'.")] = None,
    table: Annotated[bool, typer.Option("--table", help="A table for the eye, also where it is piped.")] = False,
    config: Annotated[Path | None, typer.Option(help="A TOML file with these and more (docs/scaling.md).")] = None,
) -> None:
    """Label every sentence of texts, pages, JSON lines, CSV and Parquet files."""
    from hedgerow.cli.label import run

    flags = {"model": model, "unit": unit, "as": as_, "abstain": abstain, "strict": strict}
    fields = {"text_field": text_field, "id_field": id_field, "workers": workers, "runner": runner}
    raise typer.Exit(run(inputs, out, table=table, config=config, **flags, **fields))


@app.command()
def summary(
    run: Annotated[Path, typer.Argument(help="A file or run folder that `hedgerow label` wrote.")],
    by: Annotated[str | None, typer.Option(help="doc, source, month (of `date`), month:COLUMN, or a column.")] = None,
    report: Annotated[Path | None, typer.Option(help="A report.json: correct shares by its confusion matrix.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A folder for CSV and a page with plots.")] = None,
) -> None:
    """Roll up labelled sentences: shares of labels with intervals, most frequent cues and sources."""
    from hedgerow.cli.summary import run as roll_up

    roll_up(run, by=by, report=report, out=out)


@app.command()
def models() -> None:
    """List the shipped models and their scores."""
    from hedgerow.cli.models import run

    run()


def main() -> None:
    """Run the command line; what goes wrong is one line, not a traceback, and leaves nothing half written."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what is half written is taken away
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # JSON lines are UTF-8 whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except SystemExit as stop:
        sys.exit(_flushed(stop.code))
    except RejectedRowError as error:
        _fail(f"{error}; --strict stops here", code=1)
    except HedgerowError as error:
        _fail(str(error))
    except BrokenPipeError:
        _leave_pipe()
    except OSError as error:
        _fail(f"{error.filename or 'output'}: {error.strerror or error}")


def _flushed(code: Any) -> Any:
    """`code`, once what was printed has arrived; a full disk shows itself only here."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave_pipe()
    except OSError as error:
        _discard_output()
        _fail(f"output: {error.strerror or error}")
    return code


def _fail(message: str, code: int = 2) -> NoReturn:
    print(f"hedgerow: {message}", file=sys.stderr)
    sys.exit(code)


def _leave_pipe() -> NoReturn:
    """The reader has gone (`hedgerow label ... | head`): nothing more to say."""
    _discard_output()
    sys.exit(1)


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
