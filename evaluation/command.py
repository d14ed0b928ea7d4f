"""The common parts of the evaluation commands: help, errors, exit codes, and how a report is measured and written."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hedgerow.errors import HedgerowError
from hedgerow.io.progress_log import log_to_stderr
from hedgerow.measuring.measurement import EXTRA
from hedgerow.report import MeasuredFile, MeasuredModel, Page, Report, check_folder, to_markdown, write_report
from hedgerow.report.machine import Machine
from hedgerow.report.provenance import as_utf8

CLOSED_OUTPUT = "the reader of the output closed it"
EXIT_CODES = f"0 fine, 1 {CLOSED_OUTPUT}, 2 wrong usage, a broken file or a missing library, 130 interrupted"
EXAMPLE = re.compile(r"^ {4}(python .*(?:\n {4}.*)*)", re.MULTILINE)  # in the docstring of a command's module


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command measured: the figures, what they are of, and other files to write, texts by name.

    `printed` is shown after the summary and never written. `exit_code` is that of the command: 0, or 1 if it found
    something that must not be.
    """

    figures: Mapping[str, Any]
    models: Sequence[MeasuredModel] = ()
    corpus: Sequence[MeasuredFile] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)
    machine: Machine | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    printed: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class ReportCommand:
    """A command that makes a report of `kind`.

    `measure` gets the options. `page_of` gives the page of a report, and `summary` the lines that are printed when it
    was written.
    """

    kind: str
    measure: Callable[[argparse.Namespace], Measured]
    page_of: Callable[[Report], Page]
    summary: Callable[[Report], str]


class _HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Show defaults, but not of options without one, nor a second time."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default in (None, False, []) or "(default: " in (action.help or ""):
            return action.help
        if isinstance(action.default, list):
            return f"{action.help} (default: {' '.join(map(str, action.default))})"
        return super()._get_help_string(action)


def make_parser(module: str, docstring: str | None, *, exit_codes: str = EXIT_CODES) -> argparse.ArgumentParser:
    """Return the parser of `python -m evaluation.MODULE`.

    The docstring of the module gives the description (its summary line) and the example (its indented command).
    """
    text = docstring or ""
    example = EXAMPLE.search(text)
    epilog = f"Exit codes: {exit_codes}."
    if example:
        epilog += f"\n\nExample: {' '.join(example[1].split())}"
    return argparse.ArgumentParser(
        prog=f"python -m evaluation.{module}",
        description=text.partition("\n")[0],
        epilog=epilog,
        formatter_class=_HelpFormatter,
    )


def run_command(parser: argparse.ArgumentParser, arguments: Sequence[str] | None, command: ReportCommand) -> int:
    """Measure, write the report to the folder `--out`, print its summary, and return the exit code.

    Without `--out`, if the command lets it be left out, the page is printed as Markdown.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(words)

    def run() -> int:
        if options.out is not None:
            check_folder(options.out, command.kind)
        started = Report.begin(command.kind, as_utf8(f"{parser.prog} {shlex.join(words)}"), "evaluation")
        measured = command.measure(options)
        report = replace(
            started,
            models=tuple(measured.models),
            corpus=tuple(measured.corpus),
            libraries={**started.libraries, **measured.libraries},
            machine=measured.machine,
            figures=measured.figures,
        )
        page = command.page_of(report)
        if options.out is None:
            print(to_markdown(page))
        else:
            write_report(options.out, report, page, measured.others)
            print(command.summary(report))
        if measured.printed:
            print(measured.printed)
        return measured.exit_code

    return guarded(parser.prog.rpartition("evaluation.")[2], run)


def guarded(module: str, run: Callable[[], int | None]) -> int:
    """Return the exit code of `run`: 2, and one printed line, if the input, a file or a missing library is at fault.

    It is 130 if the command was interrupted.

    It is 1 if the reader of standard output has gone (`... | head`); a report is written before anything is printed.
    """
    for name in ("hedgerow", "evaluation"):
        log_to_stderr(name)
    try:
        code = run() or 0
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print(f"evaluation.{module}: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except HedgerowError as error:
        message = str(error)
    except OSError as error:
        message = f"{error.filename}: {error.strerror}; nothing was written"
    except ModuleNotFoundError as error:
        message = f"{error}; measuring needs more than labelling: pip install 'hedgerow[{EXTRA}]'"
    print(f"evaluation.{module}: {message}", file=sys.stderr)
    return 2
