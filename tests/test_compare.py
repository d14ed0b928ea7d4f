"""Two models compared: differences are paired, what was fixed and broken is named, others' sentences stay away."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import f1_score

from evaluation.compare import main
from hedgerow import Certainty, Prediction, Span, SpanType, Stance
from hedgerow.labels import Example
from hedgerow.metrics import measures
from hedgerow.metrics.measures import SEED, paired_differences
from hedgerow.metrics.paired import compare, compare_by_label, compare_spans, list_changes

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "data" / "examples" / "article.jsonl"
CERTAIN, POSSIBLE = Certainty.CERTAIN, Certainty.POSSIBLE


def example(number: int, label: Certainty, spans: tuple[Span, ...] = ()) -> Example:
    return Example(str(number), f"Sentence {number}.", label, Stance.ASSERTED, spans, group=f"g{number // 2}")


def said(rows: list[Example], labels: list[Certainty], spans: tuple[Span, ...] = ()) -> list[Prediction]:
    return [
        Prediction(row.text, label, Stance.ASSERTED, {}, {}, spans) for row, label in zip(rows, labels, strict=True)
    ]


GOLD = [example(number, label) for number, label in enumerate([CERTAIN, CERTAIN, POSSIBLE, POSSIBLE, CERTAIN])]
OLD = said(GOLD, [CERTAIN, POSSIBLE, CERTAIN, CERTAIN, POSSIBLE])
NEW = said(GOLD, [POSSIBLE, CERTAIN, POSSIBLE, CERTAIN, CERTAIN])


def test_rows_are_fixed_or_broken_or_left_alone() -> None:
    found = [
        (change.id, change.outcome, change.old, change.new) for change in list_changes(GOLD, OLD, NEW, "certainty")
    ]
    assert found == [
        ("0", "broken", "certain", "possible"),
        ("1", "fixed", "possible", "certain"),
        ("2", "fixed", "certain", "possible"),
        ("4", "fixed", "possible", "certain"),
    ]
    assert list_changes(GOLD, OLD, NEW, "stance") == []


def test_the_figures_of_both_are_scikit_learns_and_the_test_is_scipys() -> None:
    table = compare_by_label(GOLD, OLD, NEW, "certainty")
    truth = [str(row.certainty) for row in GOLD]
    for side, found in (("old", OLD), ("new", NEW)):
        labels = [str(row.certainty) for row in found]
        theirs = f1_score(truth, labels, labels=list(Certainty), average=None, zero_division=0)
        assert [table["classes"][label][side] for label in Certainty] == pytest.approx(theirs, abs=1e-4)
        assert table["macro_f1"][side] == pytest.approx(np.mean(theirs), abs=1e-4)
    assert table["mcnemar_p"] == binomtest(3, 4).pvalue
    assert table["classes"]["certain"]["support"] == 3
    gained = table["accuracy"]["difference"]
    assert gained["value"] == pytest.approx(0.4)
    assert gained["low"] <= gained["value"] <= gained["high"]
    short = compare(GOLD, NEW, OLD, "certainty")
    assert short["macro_f1_difference"] == table["macro_f1"]["difference"]
    assert short["mcnemar_p"] == table["mcnemar_p"]


def test_a_difference_is_drawn_by_group_and_both_models_together() -> None:
    # In each of two groups the new model has one row more right: every draw of groups says the same.
    old = measures.confusion_by_group(["a"] * 4, ["a", "b", "a", "b"], ["a", "b"], ["g", "g", "h", "h"])
    new = measures.confusion_by_group(["a"] * 4, ["a"] * 4, ["a", "b"], ["g", "g", "h", "h"])
    assert paired_differences(new, old, measures.accuracy, seed=SEED) == [measures.Score(0.5, 0.5, 0.5)]


def test_spans_are_compared_by_type() -> None:
    may = Span(0, 3, SpanType.MODAL, "May")
    gold = [example(0, POSSIBLE, (may,)), example(1, CERTAIN)]
    table = compare_spans(gold, said(gold, [POSSIBLE, CERTAIN]), said(gold, [POSSIBLE, CERTAIN], (may,)))
    # Found once rightly and once wrongly: F1 is 2 / 3.
    assert (table["modal"]["old"], table["modal"]["new"]) == (0, pytest.approx(2 / 3, abs=1e-4))
    assert table["all"]["support"] == table["modal"]["support"] == 1
    assert table["denial"]["difference"] == {"value": 0, "low": 0, "high": 0}


def test_spans_have_a_permutation_test_by_group() -> None:
    may = Span(0, 3, SpanType.MODAL, "May")
    gold = [example(number, POSSIBLE, (may,)) for number in range(10)]
    labels = [POSSIBLE] * 10
    better = compare_spans(gold, said(gold, labels), said(gold, labels, (may,)))["all"]
    assert better["difference"]["value"] == 1
    assert better["p"] == pytest.approx(2 / 2**5, abs=0.02)  # of the swaps of 5 groups, only none and all are as far
    same = said(gold, labels, (may,))
    assert compare_spans(gold, same, same)["all"]["p"] == 1


def test_a_report_is_written_and_shows_our_own_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "r"
    assert main(["lexicon", "linear", "--corpus", str(ARTICLE), "--out", str(out)]) == 0
    assert "certainty: macro-F1" in capsys.readouterr().out
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert [model["name"] for model in report["models"]] == ["lexicon", "linear"]
    assert report["figures"]["changes"]["certainty"][0]["text"]
    assert "## stance, F1 by label" in (out / "report.md").read_text("utf-8")


def test_sentences_of_others_are_shown_on_the_terminal_or_outside_the_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, out = tmp_path / "theirs.jsonl", tmp_path / "r"
    theirs.write_bytes(ARTICLE.read_bytes())
    command = ["lexicon", "linear", "--corpus", str(theirs)]
    assert main(command) == 0
    assert "| text |" in capsys.readouterr().out
    assert main([*command, "--out", str(out)]) == 0
    assert "| text |" not in (out / "report.md").read_text("utf-8")
    assert main([*command, "--out", str(out), "--with-text"]) == 0
    assert "| text |" in (out / "report.md").read_text("utf-8")
    inside = ROOT / "evaluation" / "reports" / "never"
    assert main([*command, "--out", str(inside), "--with-text"]) == 2
    assert "this folder is in the project" in capsys.readouterr().err
    assert not inside.exists()


def test_a_missing_model_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lexicon", "nope", "--corpus", str(ARTICLE), "--out", str(tmp_path / "r")]) == 2
    assert "nope: no shipped model has this name" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()
