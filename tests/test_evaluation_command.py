"""The wrapper of every evaluation command: what it writes, prints and returns, whatever happens."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from hedgerow.errors import InputError
from hedgerow.report import Page, Report, Section, Table, facts

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "data" / "examples" / "article.jsonl"


def page_of(report: Report) -> Page:
    return Page("Rows", facts(report), sections=[Section("All", parts=[Table(["rows"], [[report.figures["rows"]]])])])


def run(arguments: list[str], error: BaseException | None = None, code: int = 0) -> tuple[int, list[Path]]:
    """Return the exit code of a command that counts, and what it was asked to measure."""
    asked: list[Path] = []

    def measure(options: argparse.Namespace) -> Measured:
        asked.append(options.file)
        if error is not None:
            raise error
        return Measured({"rows": 3}, others={"rows.txt": "3\n"}, exit_code=code)

    parser = make_parser("count", "Count rows.\n\n    python -m evaluation.count FILE")
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path)
    return run_command(
        parser, arguments, ReportCommand("count", measure, page_of, lambda report: f"{report.figures['rows']} rows")
    ), asked


def test_a_report_is_written_and_its_summary_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = os.fsdecode(b"\xff.jsonl")
    assert run([odd, "--out", str(tmp_path / "r")], code=1)[0] == 1
    assert capsys.readouterr().out == "3 rows\n"
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [
        "report.html", "report.json", "report.md", "rows.txt",
    ]  # fmt: skip
    report = Report.read(tmp_path / "r" / "report.json")
    assert (report.kind, report.figures, report.files) == ("count", {"rows": 3}, ("rows.txt",))
    assert report.command == rf"python -m evaluation.count '\udcff.jsonl' --out {tmp_path / 'r'}"
    assert {"python", "numpy", "onnxruntime"} <= report.libraries.keys()


def test_without_a_folder_the_page_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["a.jsonl"])[0] == 0
    assert "| rows |\n| --- |\n| 3 |" in capsys.readouterr().out


def test_a_wrong_folder_is_found_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run(["a.jsonl", "--out", str(tmp_path)]) == (2, [])
    assert "evaluation.count: " in (told := capsys.readouterr().err)
    assert "'notes.txt'" in told


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (InputError("a.jsonl: broken; mend it"), 2, "evaluation.count: a.jsonl: broken; mend it\n"),
        (ModuleNotFoundError("No module named 'scipy'"), 2, "pip install 'hedgerow[eval]'"),
        (FileNotFoundError(2, "No such file or directory", "b.jsonl"), 2, "b.jsonl: No such file or directory"),
        (KeyboardInterrupt(), 130, "evaluation.count: interrupted\n"),
    ],
)
def test_an_error_is_one_line_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, told: str
) -> None:
    assert run(["a.jsonl", "--out", str(tmp_path / "new" / "r")], error)[0] == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err
    assert len(printed.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_report_is_written_though_the_reader_of_the_output_has_gone(tmp_path: Path) -> None:
    words = ["-m", "evaluation.compare", "lexicon", "lexicon", "--corpus", str(ARTICLE), "--out", str(tmp_path / "r")]
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        ran = subprocess.run(
            [sys.executable, *words], cwd=ROOT, stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert Report.read(tmp_path / "r" / "report.json").kind == "comparison"
