"""Measuring runs: what is printed was counted, and what was only computed says so."""

import pytest

from evaluation.speed.scaling import main

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_runs_are_measured_and_the_cost_is_marked_as_computed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["scaling", "--model", "lexicon", "--rows", "300", "--workers", "2"])
    main()
    measured, computed = capsys.readouterr().out.split("Computed:")
    assert "| lexicon, one process | 300 | 3 |" in measured
    assert "| lexicon, 2 processes | 300 | 3 |" in measured
    assert "| no |" not in measured
    assert "100,000,000 sentences" in computed
