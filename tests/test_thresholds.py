"""Thresholds: the least score whose lower bound reaches the wanted precision, and the command that uses it."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.render import render
from evaluation.threshold_choice import choose, cross_fitted, fewest, labelled, precision_of
from evaluation.thresholds import advice, main
from hedgerow import corpus, load
from hedgerow.metrics.measures import wilson
from hedgerow.report import Report
from hedgerow.writers.records import LabelledSentence

DEV = Path(__file__).parents[1] / "data" / "corpus" / "dev.jsonl"


def test_the_least_threshold_with_the_wanted_lower_bound_is_chosen() -> None:
    scores = [0.5] * 100 + [0.7] * 50 + [0.9] * 150
    right = [at % 2 == 0 for at in range(100)] + [at != 0 for at in range(50)] + [at != 0 for at in range(150)]
    rows = labelled(scores, right, [str(at) for at in range(300)])
    assert choose(rows, 0.95) == 0.7  # two mistakes in 200
    assert choose(rows, 0.97) is None
    assert choose(rows.where(rows.scores > 0.6), 0.9) == 0.0  # nothing need be left out
    assert precision_of(rows.kept(0.7)).low == pytest.approx(wilson(198, 200).low, abs=2e-3)


def test_fewer_rows_than_a_bound_needs_have_no_threshold() -> None:
    assert fewest(0.95) == 73
    few = labelled([0.9] * 72, [True] * 72, [str(at) for at in range(72)])
    enough = labelled([0.9] * 73, [True] * 73, [str(at) for at in range(73)])
    assert (choose(few, 0.95), choose(enough, 0.95)) == (None, 0.0)


def test_rows_that_are_wrong_together_count_as_fewer() -> None:
    right = [at >= 20 for at in range(400)]  # the mistakes are two groups of ten
    alone = labelled([0.9] * 400, right, [str(at) for at in range(400)])
    together = labelled([0.9] * 400, right, [str(at // 10) for at in range(400)])
    assert precision_of(together).low < precision_of(alone).low - 0.02
    # All of some rows may be right; they are still of few documents.
    assert precision_of(together.where(together.groups > 5)).low < precision_of(alone.where(alone.groups >= 60)).low


def test_a_threshold_chosen_by_luck_shows_when_it_is_cross_fitted() -> None:
    rng = np.random.default_rng(3)
    scores, groups = rng.random(600).round(3), [str(at) for at in range(600)]
    by_luck = labelled(scores.tolist(), (rng.random(600) < 0.8).tolist(), groups)  # scores mean nothing
    assert choose(by_luck, 0.95) is None
    assert cross_fitted(by_luck, 0.95) is None
    honest = labelled(scores.tolist(), (rng.random(600) < 0.6 + 0.5 * scores).tolist(), groups)
    threshold, held_out = choose(honest, 0.9), cross_fitted(honest, 0.9)
    assert threshold is not None
    assert 0.3 < threshold < 0.7
    assert held_out is not None
    assert 0.88 < held_out.value <= 1


def test_the_command_prints_the_option_that_keeps_as_many_labels_as_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r"
    assert main(["linear", "--corpus", str(DEV), "--precision", "0.9", "--out", str(out)]) == 0
    report = Report.read(out / "report.json")
    assert set(report.figures["heads"]) == {"certainty", "stance"}
    found = report.figures["heads"]["certainty"]["all"]
    lines = advice(report)
    assert f"--abstain certainty={found['threshold']:g}" in lines[0]
    printed = capsys.readouterr().out
    assert lines[0] in printed
    assert "72 without a mistake" not in printed
    gold = corpus.load([DEV])
    predictions = load("linear").predict([example.text for example in gold])
    labels = [
        LabelledSentence("a", 0, prediction).abstaining(found["threshold"]).label("certainty")
        for prediction in predictions
    ]
    kept = [(label, str(row.certainty)) for label, row in zip(labels, gold, strict=True) if label is not None]
    assert len(kept) == found["kept"]
    assert sum(one == other for one, other in kept) / len(kept) == pytest.approx(found["precision"]["value"], abs=1e-4)
    assert found["precision"]["low"] >= 0.9
    assert found["cross_fitted"]["value"] < 1
    assert render(out)["report.html"] == (out / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--axis", "mood"], "--axis mood: not a head of the model with labelled rows; those are certainty, stance"),
        (["--precision", "1"], "'1' is not a precision, from 0.5 to less than 1"),
    ],
)
def test_wrong_options_are_rejected(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(["lexicon", "--corpus", str(DEV), *options])
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2
    assert message in capsys.readouterr().err
