"""The common parts of the evaluation commands: the help page, errors, and report.json and report.md."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hedgerow
from hedgerow.errors import HedgerowError
from hedgerow.io.atomic import replaced_folder
from hedgerow.io.progress_log import log_to_stderr
from hedgerow.io.strict_json import write_json
from hedgerow.report import Page, to_html, to_markdown
from hedgerow.report.measurement import EXTRA, REPORT_SCHEMA
from hedgerow.report.provenance import commit, file_entry, short_hash, training_hashes

SEEN = "seen_in_training_by"
EXIT_CODES = "0 fine, 2 wrong usage, a broken file or a missing library"
EXAMPLE = re.compile(r"^ {4}(python .*(?:\n {4}.*)*)", re.MULTILINE)  # in the docstring of a command's module


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


def guarded(module: str, run: Callable[[], int | None]) -> int:
    """Return the exit code of `run`: 2, and one printed line, if the input, a file or a missing library is at fault.

    It is 1 if the reader of standard output has gone (`... | head`); a report is written before anything is printed.
    """
    for name in ("hedgerow", "evaluation"):
        log_to_stderr(name)
    try:
        code = run() or 0
        sys.stdout.flush()
        return code
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


def typed_command(module: str, arguments: Sequence[str]) -> str:
    """Return the command as it was typed."""
    return shlex.join(["python", "-m", f"evaluation.{module}", *arguments])


def provenance(module: str, arguments: Sequence[str]) -> dict[str, Any]:
    """Return the first keys of a report: schema, command, date, commit (with evaluation/) and version."""
    return {
        "schema": REPORT_SCHEMA,
        "command": typed_command(module, arguments),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit("evaluation"),
        "version": hedgerow.__version__,
    }


def write_report(out: Path, report: Mapping[str, Any], page: str, others: Mapping[str, str] | None = None) -> None:
    """Write report.json, report.md and `others`, texts by file name, to the folder `out`; may replace a report."""
    texts = {"report.md": page, **(others or {})}
    with replaced_folder(out, allowed=("report.json", *texts)) as folder:
        write_json(folder / "report.json", report)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")


def write_pages(out: Path, report: Mapping[str, Any], page: Page, others: Mapping[str, str] | None = None) -> None:
    """Write report.json, report.md and report.html, and `others`, to the folder `out`; may replace a report."""
    write_report(out, report, to_markdown(page), {"report.html": to_html(page), **(others or {})})


def corpus_entries(files: Sequence[Path], models: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return files by name and hash, with the names of the `models` that were trained on them."""
    trained_on = {name: training_hashes(name, "train") for name in models}
    entries = [file_entry(path) for path in files]
    return [entry | {SEEN: [name for name in models if entry["sha256"] in trained_on[name]]} for entry in entries]


def facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the first lines of a page: command, date, commit, models and files."""
    rows = [
        ("command", f"`{report['command']}`"),
        ("commit", f"{report['commit']}, {report['date']}, hedgerow {report['version']}"),
    ]
    rows += [
        ("model", f"`{model['name']}`, sha256 {short_hash(model['sha256'])}") for model in report.get("models", ())
    ]
    for entry in report.get("corpus", ()):
        seen = f"; training data of {', '.join(entry[SEEN])}" if entry[SEEN] else ""
        rows.append(("file", f"`{entry['file']}` ({short_hash(entry['sha256'])}){seen}"))
    return rows


def head(report: Mapping[str, Any], title: str) -> str:
    """Return the beginning of a page: title, command, date, commit, models and files."""
    lines = [f"# {title}\n", f"- command: `{report['command']}`"]
    lines.append(f"- date: {report['date']}, commit: {report['commit']}, hedgerow {report['version']}")
    for model in report.get("models", ()):
        lines.append(f"- model: `{model['name']}`, sha256 {short_hash(model['sha256'])}")
    for entry in report.get("corpus", ()):
        seen = f"; **training data of {', '.join(entry[SEEN])}**" if entry[SEEN] else ""
        lines.append(f"- file: `{entry['file']}` ({short_hash(entry['sha256'])}){seen}")
    return "\n".join(lines) + "\n"
