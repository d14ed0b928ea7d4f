"""Measuring runs: what is printed was counted, and every run has the same bytes."""

import pytest

from evaluation.speed.scaling import main

pytestmark = pytest.mark.slow


def test_runs_are_measured_and_none_loses_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--model", "lexicon", "--rows", "300", "--workers", "2"]) == 0
    measured = capsys.readouterr().out
    assert "| lexicon, one process | 300 | 3 |" in measured
    assert "| lexicon, 2 processes | 300 | 3 |" in measured
    assert "| no |" not in measured


def test_no_rows_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rows", "0"]) == 2
    assert "--rows and --workers: give 1 or more" in capsys.readouterr().err
