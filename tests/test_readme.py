"""The README's blocks run and print what they claim."""

import json
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


def test_the_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    """Figures and intervals within .04: another machine sums in another order. Of the article the first sentences."""
    (shown,) = [block for block in blocks("text") if "| uncommitted |" in block]
    command = [sys.executable, "train.py", "model/linear/recipe.toml", "--out", str(tmp_path / "model")]
    trained = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tables = shown[: shown.index("   1 ")]
    assert numbers(tables) == pytest.approx(numbers(trained), abs=0.04)
    command = [sys.executable, "-m", "hedgerow", "label", "data/examples/article.txt", "--table", "--model"]
    labelled = subprocess.run([*command, str(tmp_path / "model")], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line.rstrip() for line in labelled.stdout.splitlines()]
    head, tail = (part.strip("\n").splitlines() for part in shown[shown.index("   1 ") :].split("  ...\n"))
    assert lines[: len(head)] == head
    assert lines[-len(tail) :] == tail


def test_the_row_of_output_is_what_comes_out() -> None:
    (row,) = [json.loads(block) for block in blocks("json")]
    command = [sys.executable, "-m", "hedgerow", "label", "-"]
    ran = subprocess.run(command, input=row["text"], cwd=ROOT, capture_output=True, text=True, check=True)
    printed = json.loads(ran.stdout)
    for axis in ("certainty_scores", "stance_scores"):  # another processor sums in another order
        assert printed.pop(axis) == pytest.approx(row.pop(axis), abs=0.02)
    for spans in (printed["spans"], row["spans"]):
        assert [span.pop("score") > 0.5 for span in spans] == [True]
    assert printed == row


def test_the_shell_commands_run(tmp_path: Path) -> None:
    """Each line, with small files of the names it gives."""
    labelled = (ROOT / "data" / "corpus" / "dev.jsonl").read_text("utf-8")
    texts = dict.fromkeys(("article.txt", "a.txt", "notes.md"), "He may go.")
    tables = {"b.csv": "text\nHe may go.\n", "c.jsonl": '{"text": "He may go."}\n', "tweets.jsonl": '{"text": "Hm."}\n'}
    corpora = {"my.jsonl": labelled, "mine.jsonl": labelled, "yours.jsonl": labelled, "held-out.jsonl": SMALL}
    for name, content in {**texts, **tables, **corpora}.items():
        (tmp_path / name).write_text(content, "utf-8")
    for name in ("train.py", "evaluation", "model", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "hedgerow").write_text(f'#!/bin/sh\nexec {sys.executable} -m hedgerow "$@"\n')
    (tmp_path / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    for script in (tmp_path / "bin").iterdir():
        script.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for line in "".join(blocks("sh")).splitlines():
        # The recipe's dev file is this test's corpus: training on it must be rejected, and is what is left out here.
        ours = line.replace("model/linear/recipe.toml", str(own_dev(tmp_path)))
        ran = subprocess.run(
            ["bash", "-c", ours], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, (line, ran.stderr)


SMALL = '{"id": "a", "text": "He may go.", "certainty": "possible", "stance": "asserted"}\n'


def own_dev(folder: Path) -> Path:
    """The linear recipe with a dev file that is not among the training rows."""
    recipe = (ROOT / "model" / "linear" / "recipe.toml").read_text("utf-8")
    path = folder / "recipe.toml"
    path.write_text(recipe.replace("../../data/corpus/dev.jsonl", str(ROOT / "data" / "corpus" / "test.jsonl")))
    return path


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def test_the_first_output_stands_by_line_25_and_every_link_leads_somewhere() -> None:
    assert "```console" in "\n".join(README.splitlines()[:25])
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", README):
        assert (ROOT / target).exists(), target
