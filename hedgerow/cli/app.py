"""The `hedgerow` command: its subcommands, and how every error ends.

Results go to standard output, progress and messages to standard error. Exit codes: 0 fine, 1 some input was rejected
(and where it went), 2 wrong usage. A subcommand is imported only when it runs, so that `hedgerow --help` is fast.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from hedgerow.cli.arguments import repeat_options
from hedgerow.errors import HedgerowError, RejectedRowError, TrainingError
from hedgerow.version import __version__

# Name, and the line of `hedgerow --help`. The module hedgerow.cli.NAME has the command in `app`, and in REPEATED its
# options that take several values in a row: `--corpus A B` is `--corpus A --corpus B`.
COMMANDS = {
    "label": "Label every sentence of texts, pages, JSON Lines, CSV and Parquet files.",
    "view": "Show labelled texts on a page: shades, marks, who says what; or in the terminal.",
    "serve": "Label over HTTP: a page for people, an API for programs.",
    "summary": "Roll up labelled sentences: prevalence with intervals, frequent cues and sources.",
    "models": "List the shipped models and their scores.",
    "corpus": "Check, count, correct and split labelled corpora; import and export them.",
    "train": "Train a model from a recipe.",
    "evaluate": "Measure a model on a labelled corpus, and write a report.",
    "export": "Export a network to Hugging Face transformers.",
}
_INTERRUPTED = 130  # the exit code
_ClickError: type[Exception] = typer.BadParameter.__mro__[2]  # ClickException, which Typer does not export


class _LazyGroup(TyperGroup):
    """The group of subcommands: help needs their names only, running one imports its module."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return a stand-in that knows its line of help."""
        if cmd_name not in COMMANDS:
            return None
        stand_in = typer.Typer(add_completion=False, help=COMMANDS[cmd_name])
        stand_in.command(cmd_name, help=COMMANDS[cmd_name])(_stand_in)
        return get_command(stand_in)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the subcommand that `args` begin with."""
        name, *rest = args
        if name not in COMMANDS and not name.startswith("-"):
            close = get_close_matches(name, COMMANDS, n=1)
            ctx.fail(f"No such command {name!r}.{f' Did you mean {close[0]!r}?' if close else ''}")
        if name not in COMMANDS:
            return super().resolve_command(ctx, args)
        module = import_module(f"hedgerow.cli.{name}")
        return name, get_command(module.app), repeat_options(rest, getattr(module, "REPEATED", ()))


def _stand_in() -> None:
    """Do nothing: only its help is shown."""


app = typer.Typer(
    cls=_LazyGroup,
    help="Label how certain each sentence is, what stance it takes, which words say so, and whose words they are.",
    epilog="Exit codes: 0 fine, 1 some input was rejected, 2 wrong usage."
    "\n\nExample: hedgerow label article.txt --table",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hedgerow {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line."""
    run_command(lambda: app(prog_name="hedgerow", standalone_mode=False), program="hedgerow")


def run_command(command: Callable[[], Any], *, program: str) -> NoReturn:
    """Run `command` and exit: an error is one line, not a traceback, and leaves nothing half-written.

    `program` begins the line. The exit code is what the command returns, if that is a number.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that half-written files are removed
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # JSON Lines are UTF-8 whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = command()
        if code == _INTERRUPTED:  # Typer's, which some of its versions return for Ctrl-C
            raise KeyboardInterrupt
    except SystemExit as stop:
        code = stop.code
    except (typer.Abort, KeyboardInterrupt):
        _fail("interrupted", program, code=_INTERRUPTED)
    except RejectedRowError as error:
        _fail(f"{error}; --strict stops here", program, code=1)
    except TrainingError as error:
        _fail(str(error), program, code=1)
    except HedgerowError as error:
        _fail(str(error), program)
    except ModuleNotFoundError as error:
        _fail(f"{error}; install what the command needs: pip install 'hedgerow[train]' or 'hedgerow[eval]'", program)
    except BrokenPipeError:
        _leave_pipe()
    except OSError as error:
        _fail(f"{error.filename or 'output'}: {error.strerror or error}", program)
    except _ClickError as error:
        if "NoArgs" in type(error).__name__:  # no subcommand: this error is the help page
            typer.echo(_plain(error))
            sys.exit(2)
        path = getattr(getattr(error, "ctx", None), "command_path", program)
        message = _plain(error).rstrip(".")
        _fail(f"{message}{'' if message.endswith('?') else '.'} See '{path} --help'.", program)
    sys.exit(_flushed(code, program))


def _plain(error: Any) -> str:
    """Return the message of a usage error without the words that pydantic puts before it.

    The message of a missing argument ends in the argument's line of help.
    """
    message = str(error.format_message()).replace("Value error, ", "")
    is_missing = "MissingParameter" in type(error).__name__
    help_line = getattr(getattr(error, "param", None), "help", None) if is_missing else None
    return f"{message.rstrip('.')}: {help_line}" if help_line else message


def _flushed(code: Any, program: str) -> Any:
    """Return `code` once what was printed has arrived; a full disk shows itself only here."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave_pipe()
    except OSError as error:
        _discard_output()
        _fail(f"output: {error.strerror or error}", program)
    return code


def _fail(message: str, program: str, code: int = 2) -> NoReturn:
    print(f"{program}: {message}", file=sys.stderr)
    sys.exit(code)


def _leave_pipe() -> NoReturn:
    """Exit quietly: the reader has gone (`hedgerow label ... | head`)."""
    _discard_output()
    sys.exit(1)


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
