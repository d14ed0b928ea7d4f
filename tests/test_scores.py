"""Scores: equal to scikit-learn's, intervals from groups, spans strict and overlapping."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import metrics as oracle

from hedgerow import Certainty, Prediction, Span, SpanType, Stance
from hedgerow.labels import Example
from hedgerow.scores import SpanCounts, axis_scores, metrics, overlapping, span_scores, strict, wilson

LABELS = ["a", "b", "c"]
PAIRS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=2, max_size=60)


@given(PAIRS)
@settings(deadline=None)
def test_point_metrics_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, predicted = map(list, zip(*pairs, strict=True))
    matrix = metrics.confusion_by_group(gold, predicted, LABELS, gold).sum(axis=0)
    assert np.array_equal(matrix, oracle.confusion_matrix(gold, predicted, labels=LABELS))
    by_class = oracle.precision_recall_fscore_support(gold, predicted, labels=LABELS, zero_division=0)
    for ours, theirs in zip((metrics.precision, metrics.recall, metrics.f1), by_class, strict=False):
        assert ours(matrix) == pytest.approx(theirs)
    macro = oracle.f1_score(gold, predicted, labels=LABELS, average="macro", zero_division=0)
    assert float(metrics.macro_f1(matrix)) == pytest.approx(macro)
    assert float(metrics.accuracy(matrix)) == pytest.approx(oracle.accuracy_score(gold, predicted))
    if len({*gold, *predicted}) > 1:  # with one label kappa is 0/0
        theirs = oracle.cohen_kappa_score(gold, predicted, labels=LABELS)
        assert float(metrics.kappa(matrix)) == pytest.approx(theirs)


def test_a_bootstrap_draws_whole_groups() -> None:
    # Two groups, one all right, one all wrong: a draw has two right, one of each, or two wrong.
    stack = metrics.confusion_by_group(["a"] * 4, ["a", "a", "b", "b"], ["a", "b"], ["g", "g", "h", "h"])
    drawn = metrics.accuracy(metrics.bootstrap(stack, seed=1))
    assert set(np.unique(drawn)) == {0.0, 0.5, 1.0}


def test_an_interval_agrees_with_the_binomial_where_rows_are_independent() -> None:
    gold = ["a"] * 400
    predicted = ["a"] * 300 + ["b"] * 100
    stack = metrics.confusion_by_group(gold, predicted, ["a", "b"], [str(i) for i in range(400)])
    (score,) = metrics.interval(stack, metrics.accuracy, seed=1)
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
    assert metrics.mcnemar(right, rival) == pytest.approx(2 * 9 / 256)
    assert metrics.mcnemar([True], [True]) == 1.0


def test_a_paired_difference_of_a_model_with_itself_is_nothing() -> None:
    stack = metrics.confusion_by_group(["a", "b", "a"], ["a", "b", "b"], ["a", "b"], ["1", "2", "3"])
    assert metrics.paired_difference(stack, stack, metrics.macro_f1, seed=1) == metrics.Score(0.0, 0.0, 0.0)


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
    predicted = [Prediction(e.text, Certainty.CERTAIN, Stance.ASSERTED, {}, {}, e.spans) for e in gold]
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
