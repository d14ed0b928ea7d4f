"""A cascade of two models: its threshold, the sentences that are sent to base, and the command."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evaluation.components.cascade import Answers, confidence, lowest_threshold, main, route, times_base
from hedgerow.labels import Certainty, Example, Stance
from hedgerow.metrics import measures
from hedgerow.metrics.scoring import axis_confusion
from hedgerow.results import Prediction

RIGHT, WRONG = Certainty.CERTAIN, Certainty.POSSIBLE


def example(at: int) -> Example:
    return Example(f"{at}", f"Text {at}.", RIGHT, Stance.ASSERTED, group=f"g{at // 2}")


def predicted(at: int, label: Certainty, *, score: float, stance_score: float = 1.0) -> Prediction:
    stances = {Stance.ASSERTED: stance_score, Stance.DISPUTED: 1 - stance_score}
    certainties = {label: score, Certainty.PROBABLE: 1 - score}
    return Prediction(f"Text {at}.", label, Stance.ASSERTED, certainties, stances)


def answers(small: list[tuple[Certainty, float]], base: list[Certainty]) -> Answers:
    return Answers(
        [example(at) for at in range(len(small))],
        [predicted(at, label, score=score) for at, (label, score) in enumerate(small)],
        [predicted(at, label, score=0.9) for at, label in enumerate(base)],
    )


def test_a_model_is_as_sure_as_the_less_sure_of_its_axes() -> None:
    rows = [predicted(0, RIGHT, score=0.9, stance_score=0.7), predicted(1, RIGHT, score=0.6)]
    assert confidence(rows).tolist() == [0.7, 0.6]


def test_the_threshold_is_the_lowest_that_costs_nothing() -> None:
    small = [(RIGHT, 0.9), (WRONG, 0.6), (RIGHT, 0.8), (RIGHT, 0.7)]
    assert lowest_threshold(answers(small, [RIGHT] * 4)) == 0.7


def test_sentences_of_one_score_stay_together() -> None:
    small = [(RIGHT, 0.9), (RIGHT, 0.7), (WRONG, 0.7), (RIGHT, 0.8)]
    assert lowest_threshold(answers(small, [RIGHT] * 4)) == 0.8


def test_base_answers_everything_if_small_is_wrong_where_it_is_surest() -> None:
    assert lowest_threshold(answers([(WRONG, 0.9), (WRONG, 0.8)], [RIGHT] * 2)) == float("inf")


def test_small_answers_everything_if_base_is_no_better() -> None:
    assert lowest_threshold(answers([(RIGHT, 0.9), (RIGHT, 0.5)], [RIGHT, WRONG])) == 0.5


def test_the_threshold_is_that_of_a_search_through_all() -> None:
    rng = np.random.default_rng(1)
    small = [(RIGHT if rng.random() < score else WRONG, score) for score in rng.choice([0.5, 0.7, 0.8, 0.9, 0.95], 60)]
    rows = answers(small, [RIGHT if rng.random() < 0.9 else WRONG for _ in small])

    def mean_macro_f1(threshold: float) -> float:
        mixed = [
            ours if sure >= threshold else theirs
            for ours, theirs, sure in zip(rows.small, rows.base, confidence(rows.small), strict=True)
        ]
        stacks = [axis_confusion(rows.gold, mixed, axis) for axis in ("certainty", "stance")]
        return float(np.mean([measures.macro_f1(stack.sum(axis=0)) for stack in stacks]))

    base = mean_macro_f1(float("inf"))
    fitting = [sure for sure in set(confidence(rows.small).tolist()) if mean_macro_f1(sure) >= base - 0.005]
    assert lowest_threshold(rows) == min([*fitting, float("inf")])


def test_each_fold_is_sent_by_the_threshold_of_the_others() -> None:
    small = [(RIGHT, 0.9)] * 8 + [(WRONG, 0.8)] * 2 + [(RIGHT, 0.7)] * 10  # the wrong ones are one group, in one fold
    routing = route(answers(small, [RIGHT] * 20))
    assert sorted(routing.thresholds) == [0.7, 0.9, 0.9, 0.9, 0.9]
    assert not routing.sent[:10].any()  # the fold of the wrong ones never saw that they are wrong
    assert 6 <= routing.sent[10:].sum() <= 10


def test_the_speed_counts_every_sentence_once_and_each_sent_one_again() -> None:
    assert times_base(2000, 200, 0.4) == pytest.approx(2)
    assert times_base(2000, 200, 1) == pytest.approx(1 / 1.1)


def test_the_command_prints_the_routing_and_the_paired_differences(
    tiny_model: Path, corpus_file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    labels = {"certainty": "certain", "stance": "asserted", "spans": []}
    rows = [{"id": f"{at}", "text": f"It rained {at} times.", **labels} for at in range(6)]
    dev, few = corpus_file(*rows, name="dev.jsonl"), corpus_file(*rows[:4], name="few.jsonl")
    models = ["--small", "lexicon", "--base", str(tiny_model), "--rates", "20", "10"]
    assert main([*models, "--part", f"dev={dev}", f"few={few}", "--pool", "dev", "few"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in lines[2].split("|")][1:4] == ["pooled", "6", "6"]
    assert [line.split(" | ")[1] for line in lines[6:]] == ["certainty macro-F1", "stance macro-F1", "spans F1, strict"]
    assert main([*models, "--part", f"few={few}"]) == 2
    assert "part few: 4 groups of sentences; 5 folds need at least 5" in capsys.readouterr().err


@pytest.mark.parametrize("rate", ["0", "fast", "-1", "inf", "nan"])
def test_a_rate_is_a_number_above_0(rate: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--rates", rate, "200", "--part", "dev=dev.jsonl"])
    assert stopped.value.code == 2
    assert f"'{rate}' is not a number of sentences a second above 0" in capsys.readouterr().err
