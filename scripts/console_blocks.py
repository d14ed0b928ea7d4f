"""Run the console blocks of a document and compare what they print with what the document shows, or write it there.

    python scripts/console_blocks.py docs/files.md FOLDER          # exit code 1 if something differs
    python scripts/console_blocks.py docs/files.md FOLDER --write  # replace what the document shows

A block begins with ```console. In it, a line after "$ " is a command, run by bash in FOLDER; the lines under it are its
standard output and error. Seconds are shown as "0.1 s", because they differ from run to run.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_SECONDS = re.compile(r"\bin [\d,.]+ s\b")


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("document", type=Path)
    parser.add_argument("folder", type=Path, help="where the commands run")
    parser.add_argument("--write", action="store_true", help="replace what the document shows")
    options = parser.parse_args()
    text = options.document.read_text("utf-8")
    if options.write:
        options.document.write_text(rewritten(text, options.folder), "utf-8")
        return 0
    wrong = list(differences(text, options.folder))
    print("\n".join(wrong))
    return 1 if wrong else 0


def differences(text: str, folder: Path) -> Iterator[str]:
    """Yield, for each command that prints something else than is shown, the command and what it prints."""
    for block in _BLOCK.findall(text):
        for command, shown in _COMMAND.findall(block):
            printed = run(command, folder)
            if printed != shown:
                yield f"$ {command}\n{printed}\ninstead of\n{shown}"


def rewritten(text: str, folder: Path) -> str:
    """Return the document with what its commands print now."""

    def block(match: re.Match[str]) -> str:
        commands = (command for command, _ in _COMMAND.findall(match[1]))
        return "```console\n" + "".join(f"$ {command}\n{run(command, folder)}" for command in commands) + "```"

    return _BLOCK.sub(block, text)


def run(command: str, folder: Path) -> str:
    """Return what a command prints, each line without white space at its end."""
    here = re.sub(r"(?<![\w./-])hedgerow (?=[a-z])", f"{sys.executable} -m hedgerow ", command)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1"}
    ran = subprocess.run(
        ["bash", "-c", here], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    lines = ran.stdout.decode("utf-8").splitlines()
    return "".join(f"{_SECONDS.sub('in 0.1 s', line).rstrip()}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
