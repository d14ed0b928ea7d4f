"""The example of fine-tuning runs; the others are run by the page that shows them (test_site.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

import hedgerow
from examples import fine_tuning


@pytest.mark.slow
def test_fine_tuning_adds_a_label_and_keeps_the_axes(
    tiny_network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"optimisation.epochs": 1, "max_tokens": 16}
    fine_tuning.main(tmp_path / "model", rows=16, settings=settings, start=str(tiny_network))
    right, answer = capsys.readouterr().out.splitlines()
    assert right.startswith("right in ")
    certainty, stance, sourcing = answer.split()
    assert certainty in set(hedgerow.Certainty)
    assert stance in set(hedgerow.Stance)
    assert sourcing in {"none", "anonymous", "named"}
