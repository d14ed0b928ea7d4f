"""The command reference of the docs site: every command, argument, option, default and exit code.

    python -m scripts.command_reference   # prints Markdown

The text is that of the help pages. The docs site runs this when it is built, so the two cannot differ.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from typer.main import get_command

from hedgerow.cli.app import COMMANDS

_DEFAULT = re.compile(r"\s*\[(default: \(?(?P<value>.*?)\)?|required)\]$", re.DOTALL)
_CODES = re.compile(r"^Exit codes: (.*)\.$", re.MULTILINE | re.DOTALL)
_CHOICES = re.compile(r"(.*) <(.*\|.*)>")
_CODE = re.compile(r"(?:^|, )(\d+) ")
_INTRODUCTION = """# Commands

Results go to standard output, progress and messages to standard error. `hedgerow --version` prints the version, and
`--help` after any command prints what is below. `python -m hedgerow` is the same as `hedgerow`.
"""


def reference() -> str:
    """Return the reference of all commands as Markdown."""
    sections = [_INTRODUCTION]
    for name in COMMANDS:
        command = get_command(import_module(f"hedgerow.cli.{name}").app)
        sections.extend(_sections(command, f"hedgerow {name}", depth=2))
    return "\n".join(sections)


def _sections(command: Any, path: str, depth: int) -> Iterator[str]:
    """Yield the section of a command, and those of its subcommands."""
    context = command.context_class(command, info_name=path)
    text, codes, example = _parts(f"{command.help or ''}\n\n{getattr(command, 'epilog', None) or ''}")
    yield f"{'#' * depth} {path}\n\n{text}\n"
    subcommands = getattr(command, "commands", {})
    if not subcommands:
        yield f"```text\n{_usage(command, path)}\n```\n"
        yield from _tables(command, context)
    if example:
        yield f"Example:\n\n```sh\n{example}\n```\n"
    if codes:
        yield f"Exit codes:\n\n{codes}\n"
    for name, subcommand in subcommands.items():
        yield from _sections(subcommand, f"{path} {name}", depth + 1)


def _parts(text: str) -> tuple[str, str, str]:
    """Return the paragraphs of a help text, its exit codes as a list, and its example."""
    prose, codes, example = [], "", ""
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        if found := _CODES.match(paragraph):
            listed = _CODE.sub(r"\n- `\1` ", found[1].replace("\n", " ")).strip()
            codes = "\n".join(line.rstrip(",") for line in listed.splitlines())
        elif paragraph.startswith("Example: "):
            example = paragraph.removeprefix("Example: ")
        else:
            prose.append(paragraph)
    return _plain("\n\n".join(prose)), codes, example


def _usage(command: Any, path: str) -> str:
    arguments = [_name(one) for one in command.params if not one.opts[0].startswith("-")]
    return " ".join([path, "[OPTIONS]", *arguments])


def _name(argument: Any) -> str:
    """Return how an argument is written in the usage line."""
    return str(argument.metavar or argument.name.upper())


def _tables(command: Any, context: Any) -> Iterator[str]:
    """Yield a table of the arguments and a table of the options."""
    parameters = [one for one in command.params if not getattr(one, "hidden", False)]
    arguments = [one for one in parameters if not one.opts[0].startswith("-")]
    options = [one for one in parameters if one not in arguments]
    for title, rows in (("argument", arguments), ("option", options)):
        if rows:
            lines = "\n".join(_row(parameter, context) for parameter in rows)
            table = f"| {title} | meaning | default |\n| --- | --- | --- |\n{lines}"
            yield f'<div class="stacked" markdown>\n\n{table}\n\n</div>\n'


def _row(parameter: Any, context: Any) -> str:
    """Return the row of a parameter: how it is written, what it does, its default."""
    flags, text = parameter.get_help_record(context)
    default = ""
    if found := _DEFAULT.search(text):
        text, default = text[: found.start()], found["value"] or "required"
    if not parameter.opts[0].startswith("-"):
        flags = _name(parameter)
    cell = _cell(text)
    if found := _CHOICES.fullmatch(flags):  # in the first column they would make it too wide
        flags, cell = found[1], f"{cell} One of {', '.join(f'`{choice}`' for choice in found[2].split('|'))}."
    written = "<br>".join(f"`{flag}`" for flag in flags.split(" / "))
    return f"| {written} | {cell} | {_cell(default)} |"


def _plain(text: str) -> str:
    """Return a help text without the escapes of Rich."""
    return text.replace("\\[", "[")


def _cell(text: str) -> str:
    plain = _plain(text).replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    return " ".join(plain.split())


if __name__ == "__main__":
    sys.stdout.write(reference())
