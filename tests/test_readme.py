"""The README's blocks run and print what they claim."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.S)


def test_python_sessions_print_what_they_claim() -> None:
    sessions = blocks("python")
    assert sessions
    for block in sessions:
        claimed = [line.removeprefix("# ") for line in block.splitlines() if line.startswith("# ")]
        ran = subprocess.run([sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.splitlines() == claimed


def test_console_commands_print_what_they_claim() -> None:
    """Each `$` line of hedgerow is run; what stands under it is what it prints."""
    count = 0
    for block in blocks("console"):
        for command, claimed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
            if "hedgerow " not in command:
                continue
            here = command.replace("hedgerow ", f"{sys.executable} -m hedgerow ", 1)
            ran = subprocess.run(["bash", "-c", here], cwd=ROOT, capture_output=True, text=True, check=False)
            printed = [line.rstrip() for line in ran.stdout.splitlines()]
            assert printed == [line.rstrip() for line in claimed.splitlines()], command
            count += 1
    assert count


def test_the_shell_commands_run(tmp_path: Path) -> None:
    """Each line, with small files of the names it gives."""
    table = "".join(f"{word} came on day {day}.,{word.lower()}\n" for word in ("Rain", "Snow") for day in range(20))
    files = {"article.txt": "He may go.", "more/a.txt": "It rained.", "mine.csv": f"sentence,topic\n{table}"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "hedgerow").write_text(f'#!/bin/sh\nexec {sys.executable} -m hedgerow "$@"\n')
    (tmp_path / "bin" / "hedgerow").chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for line in "".join(blocks("sh")).splitlines():
        ran = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, (line, ran.stderr)


def test_the_commands_of_the_project_exist() -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make (\w+)`", README)) == {"demo", "test"} <= set(targets)


def test_it_is_short_and_every_link_leads_somewhere() -> None:
    lines = README.splitlines()
    assert len(lines) <= 120
    assert "```console" in "\n".join(lines[:25])
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)|(?:src|srcset)=\"([^\"]+)", README)
    for target in ("".join(link) for link in links):
        assert (ROOT / target).exists(), target
