"""The help pages: defaults, exit codes, and an example that runs, on every command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hedgerow.cli.app import COMMANDS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGES = [*COMMANDS, *(f"corpus {name}" for name in ("check", "stats", "correct", "split", "import", "export", "pick"))]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell command with `hedgerow` on the path, on a terminal too wide to wrap a line."""
    (folder / "bin").mkdir(exist_ok=True)
    script = folder / "bin" / "hedgerow"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m hedgerow "$@"\n')
    script.chmod(0o755)
    path = f"{script.parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "300"}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_exit_codes_and_an_example_that_runs(page: str, tmp_path: Path) -> None:
    shown = " ".join(run(f"hedgerow {page} --help", tmp_path).stdout.split())
    assert re.search(r"Exit codes: 0 \w+", shown), page
    example = re.search(r"Example: (hedgerow .+?)(?: ╭|$)", shown)
    assert example, page
    for name in ("data", "model"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "article.txt").symlink_to(ROOT / "data" / "examples" / "article.txt")
    if page == "serve":  # it runs until it is stopped; test_serve_process.py starts it
        return
    ran = run(example[1], tmp_path)
    assert ran.returncode == 0, (example[1], ran.stderr)
    if page == "train":
        assert (tmp_path / "runs" / "linear" / "hedgerow.json").is_file()


def test_the_first_page_names_every_command_and_an_example(tmp_path: Path) -> None:
    shown = run("hedgerow --help", tmp_path).stdout
    for name, line in COMMANDS.items():
        assert re.search(rf"{name} +{re.escape(line)}", shown)
    assert "Exit codes: 0 fine, 1 some input was rejected, 2 wrong usage." in shown
    assert "Example: hedgerow label" in shown


def test_defaults_and_choices_are_shown(tmp_path: Path) -> None:
    shown = run("hedgerow label --help", tmp_path).stdout
    for part in (
        "default: (base)",
        "document|sentence",
        "<txt|md|html",
        "process|ray",
        "(10000)",
    ):
        assert part in shown, part


@pytest.mark.parametrize("command", ["hedgerow", "hedgerow corpus"])
def test_without_a_command_the_help_is_shown_and_the_exit_code_is_2(command: str, tmp_path: Path) -> None:
    ran = run(command, tmp_path)
    assert ran.returncode == 2
    assert "Usage: hedgerow" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
