"""The README's blocks run and print what they claim."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_the_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    """The figures within .02, for another machine sums in another order; of the article the first sentences."""
    (shown,) = [block for block in blocks("text") if "| uncommitted |" in block]
    command = [sys.executable, "train.py", "model/linear/recipe.toml", "--out", str(tmp_path / "model")]
    trained = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tables = shown[: shown.index("   1 ")]
    assert numbers(tables) == pytest.approx(numbers(trained), abs=0.02)
    command = [sys.executable, "-m", "hedgerow", "label", "data/examples/article.txt", "--table", "--model"]
    labelled = subprocess.run([*command, str(tmp_path / "model")], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line.rstrip() for line in labelled.stdout.splitlines()]
    head = shown[shown.index("   1 ") : shown.index("  ...")].splitlines()
    assert lines[: len(head)] == head


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def test_the_first_output_stands_by_line_25_and_every_link_leads_somewhere() -> None:
    assert "```console" in "\n".join(README.splitlines()[:25])
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", README):
        assert (ROOT / target).exists(), target
