"""Scores: equal to scikit-learn's, intervals from groups, spans strict and overlapping."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap, ttest_rel
from sklearn import metrics as oracle

from hedgerow import Certainty, Prediction, Span, SpanType, Stance
from hedgerow.labels import Example
from hedgerow.metrics import SpanCounts, axis_scores, full_scores, measures, overlapping, span_scores, strict, wilson
from hedgerow.metrics.spans import span_figures, span_sums

LABELS = ["a", "b", "c"]
PAIRS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=2, max_size=60)


@given(PAIRS)
@settings(deadline=None)
def test_point_metrics_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, predicted = map(list, zip(*pairs, strict=True))
    matrix = measures.confusion_by_group(gold, predicted, LABELS, gold).sum(axis=0)
    assert np.array_equal(matrix, oracle.confusion_matrix(gold, predicted, labels=LABELS))
    by_class = oracle.precision_recall_fscore_support(gold, predicted, labels=LABELS, zero_division=0)
    for ours, theirs in zip((measures.precision, measures.recall, measures.f1), by_class, strict=False):
        assert ours(matrix) == pytest.approx(theirs)
    macro = oracle.f1_score(gold, predicted, labels=LABELS, average="macro", zero_division=0)
    assert float(measures.macro_f1(matrix)) == pytest.approx(macro)
    assert float(measures.accuracy(matrix)) == pytest.approx(oracle.accuracy_score(gold, predicted))
    if len({*gold, *predicted}) > 1:  # with one label kappa is 0/0
        theirs = oracle.cohen_kappa_score(gold, predicted, labels=LABELS)
        assert float(measures.kappa(matrix)) == pytest.approx(theirs)


def test_a_bootstrap_draws_whole_groups() -> None:
    # Two groups, one all right, one all wrong: a draw has two right, one of each, or two wrong.
    stack = measures.confusion_by_group(["a"] * 4, ["a", "a", "b", "b"], ["a", "b"], ["g", "g", "h", "h"])
    drawn = measures.accuracy(measures.bootstrap(stack, seed=1))
    assert set(np.unique(drawn)) == {0.0, 0.5, 1.0}


def test_an_interval_agrees_with_the_binomial_where_rows_are_independent() -> None:
    gold = ["a"] * 400
    predicted = ["a"] * 300 + ["b"] * 100
    stack = measures.confusion_by_group(gold, predicted, ["a", "b"], [str(i) for i in range(400)])
    (score,) = measures.interval(stack, measures.accuracy, seed=1)
    spread = 1.96 * (0.75 * 0.25 / 400) ** 0.5
    assert score.value == 0.75
    assert score.low == pytest.approx(0.75 - spread, abs=0.006)
    assert score.high == pytest.approx(0.75 + spread, abs=0.006)


@pytest.mark.parametrize(("passed", "n"), [(0, 7), (7, 7), (18, 20), (351, 389)])
def test_the_wilson_interval_is_scipys(passed: int, n: int) -> None:
    theirs = binomtest(passed, n).proportion_ci(method="wilson")
    ours = wilson(passed, n)
    assert (ours.value, ours.low, ours.high) == pytest.approx((passed / n, theirs.low, theirs.high), abs=1e-6)


def test_mcnemar_agrees_with_the_binomial_by_hand() -> None:
    right, rival = [True] * 8 + [False] * 2, [True, False] + [False] * 6 + [True, False]
    # On 7 rows only the one is right, on 1 only the other: 2 * (C(8,0) + C(8,1)) / 2^8.
    assert measures.mcnemar(right, rival) == pytest.approx(2 * 9 / 256)
    assert measures.mcnemar([True], [True]) == 1.0


def test_a_paired_difference_of_a_model_with_itself_is_nothing() -> None:
    stack = measures.confusion_by_group(["a", "b", "a"], ["a", "b", "b"], ["a", "b"], ["1", "2", "3"])
    assert measures.paired_differences(stack, stack, measures.macro_f1, seed=1) == [measures.Score(0.0, 0.0, 0.0)]


def test_the_p_of_a_paired_difference_is_that_of_scipy_where_rows_are_independent() -> None:
    right = np.array([1] * 60 + [0] * 20 + [1] * 7 + [0] * 13)
    rival = np.array([1] * 60 + [0] * 20 + [0] * 7 + [1] * 13)
    gold, rows = ["a"] * 100, [str(at) for at in range(100)]
    stacks = [
        measures.confusion_by_group(gold, ["a" if hit else "b" for hit in side], ["a", "b"], rows)
        for side in (right, rival)
    ]
    ours = measures.paired_p(stacks[0], stacks[1], measures.accuracy, seed=1, draws=20_000)
    assert ours == pytest.approx(ttest_rel(right, rival).pvalue, abs=0.04)
    assert measures.paired_p(stacks[0], stacks[0], measures.accuracy, seed=1) == 1.0


def test_an_interval_and_a_paired_difference_are_those_of_scipys_bootstrap() -> None:
    rng = np.random.default_rng(3)
    gold = np.array(["a", "b"])[rng.integers(0, 2, 80)]
    sides = [np.where(rng.random(80) < share, gold, "b") for share in (0.8, 0.5)]
    rows = [str(at) for at in range(80)]
    stacks = [measures.confusion_by_group(gold.tolist(), side.tolist(), ["a", "b"], rows) for side in sides]

    def macro(truth: Any, found: Any, axis: int = -1) -> Any:
        """Of many draws at once; 1 stands for "a"."""
        by_class = [
            2 * (truth & found).sum(axis) / (truth.sum(axis) + found.sum(axis))
            for truth, found in ((truth, found), (1 - truth, 1 - found))
        ]
        return np.mean(by_class, axis=0)

    def difference(truth: Any, first: Any, second: Any, axis: int = -1) -> Any:
        return macro(truth, first, axis) - macro(truth, second, axis)

    data = [(side == "a").astype(int) for side in (gold, *sides)]
    scipys = {"paired": True, "method": "percentile", "n_resamples": 5000, "rng": rng}
    theirs = bootstrap(data[:2], macro, **scipys).confidence_interval
    (ours,) = measures.interval(stacks[0], measures.macro_f1, seed=1)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)
    theirs = bootstrap(data, difference, **scipys).confidence_interval
    (ours,) = measures.paired_differences(stacks[0], stacks[1], measures.macro_f1, seed=1)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.015)


@given(st.integers(0, 9), st.integers(1, 9))
def test_mcnemar_is_scipys_binomial_test(only: int, other: int) -> None:
    right = [True] * only + [False] * other
    assert measures.mcnemar(right, [not hit for hit in right]) == binomtest(only, only + other).pvalue


def test_label_distributions_are_those_of_the_margins() -> None:
    matrix = measures.confusion_by_group(["a", "a", "b", "a"], ["a", "b", "b", "b"], ["a", "b"], ["g"] * 4).sum(axis=0)
    assert measures.label_distribution(matrix) == pytest.approx(np.array([[0.75, 0.25], [0.25, 0.75], [-0.5, 0.5]]))


def span(start: int, end: int, kind: SpanType = SpanType.MODAL) -> Span:
    return Span(start, end, kind, "x" * (end - start))


@pytest.mark.parametrize(
    ("gold", "predicted", "exact", "loose"),
    [
        ([span(0, 3)], [span(0, 3)], (1, 0, 0), (1, 0, 0)),
        ([span(0, 3)], [span(0, 4)], (0, 1, 1), (1, 0, 0)),
        ([span(0, 3)], [span(3, 6)], (0, 1, 1), (0, 1, 1)),
        ([span(0, 3)], [span(0, 3, SpanType.DENIAL)], (0, 1, 1), (0, 1, 1)),
        ([span(0, 9)], [span(0, 3), span(4, 9)], (0, 2, 1), (1, 1, 0)),  # one gold span counts once
        ([], [], (0, 0, 0), (0, 0, 0)),
    ],
)
def test_spans_are_counted_strictly_and_by_overlap(
    gold: list[Span], predicted: list[Span], exact: tuple[int, ...], loose: tuple[int, ...]
) -> None:
    assert strict(gold, predicted) == SpanCounts(*exact)
    assert overlapping(gold, predicted) == SpanCounts(*loose)


def test_axis_and_span_scores_are_plain_data_with_every_label() -> None:
    gold = [
        Example("1", "May.", Certainty.POSSIBLE, Stance.ASSERTED, (span(0, 3),)),
        Example("2", "Is.", Certainty.CERTAIN, Stance.ASSERTED),
    ]
    predicted = [Prediction(e.text, Certainty.CERTAIN, Stance.ASSERTED, {}, {}, e.spans or ()) for e in gold]
    scores = axis_scores(gold, predicted, "certainty")
    assert scores["accuracy"]["value"] == 0.5
    assert scores["classes"]["possible"]["support"] == 1
    assert scores["classes"]["possible"]["f1"]["value"] == 0
    assert scores["confusion"] == {
        "labels": list(Certainty),
        "counts": [[1, 0, 0, 0], [0] * 4, [1, 0, 0, 0], [0] * 4],
    }
    assert span_scores(gold, predicted)["all"]["strict"]["f1"] == 1
    assert span_scores(gold, predicted)["denial"]["strict"]["support"] == 0


def test_span_figures_by_group_are_those_of_the_counts() -> None:
    counts = [SpanCounts(2, 1, 0), SpanCounts(0, 0, 3), SpanCounts(1, 0, 0)]
    sums = span_sums(counts, ["g", "h", "g"])
    assert sums.tolist() == [[3, 1, 0], [0, 0, 3]]
    expected = sum(counts, SpanCounts()).to_dict()
    assert span_figures(sums.sum(axis=0)) == pytest.approx(
        [expected[n] for n in ("precision", "recall", "f1")], abs=1e-4
    )


def test_full_scores_keep_what_axis_scores_say_and_add_to_it() -> None:
    gold = [
        Example("1", "May.", Certainty.POSSIBLE, Stance.ASSERTED, (span(0, 3),)),
        Example("2", "Is.", Certainty.CERTAIN, Stance.ASSERTED),
    ]
    predicted = [
        Prediction(
            e.text, Certainty.CERTAIN, Stance.ASSERTED, {Certainty.CERTAIN: 1.0}, {Stance.ASSERTED: 1.0}, e.spans or ()
        )
        for e in gold
    ]
    full = full_scores(gold, predicted)
    assert axis_scores(gold, predicted, "certainty").items() <= full["certainty"].items()
    assert full["certainty"]["label_distribution"]["possible"]["difference"]["value"] == -0.5
    assert full["certainty"]["order"]["mean_step"]["value"] == 1.0
    assert "order" not in full["stance"]
    strictly = full["spans"]["all"]["strict"]
    assert span_scores(gold, predicted)["all"]["strict"].items() <= strictly.items()
    assert strictly["interval"]["f1"] == [0.0, 1.0]  # a draw may miss the only sentence with a span
