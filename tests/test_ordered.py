"""The ordered part of certainty, against scikit-learn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from hedgerow.labels import CERTAINTY_ORDER, Certainty, Example, Stance
from hedgerow.metrics import measures
from hedgerow.metrics.ordered import mean_step, order_scores, quadratic_kappa
from hedgerow.results import Prediction

LABELS = [str(label) for label in CERTAINTY_ORDER]
PAIRS = st.lists(st.tuples(st.sampled_from(range(3)), st.sampled_from(range(3))), min_size=2, max_size=40)


@given(PAIRS)
@settings(deadline=None)
def test_both_measures_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    gold, predicted = map(list, zip(*pairs, strict=True))
    truth, found = ([LABELS[at] for at in side] for side in (gold, predicted))
    matrix = measures.confusion_by_group(truth, found, LABELS, ["all"] * len(gold)).sum(axis=0)
    assert float(mean_step(matrix)) == pytest.approx(oracle.mean_absolute_error(gold, predicted))
    if len({*gold, *predicted}) > 1:  # with one label kappa is 0/0
        theirs = oracle.cohen_kappa_score(gold, predicted, labels=range(3), weights="quadratic")
        assert float(quadratic_kappa(matrix)) == pytest.approx(theirs)


def test_sentences_outside_the_order_do_not_count() -> None:
    labels = [
        (Certainty.CERTAIN, Certainty.POSSIBLE),
        (Certainty.PROBABLE, Certainty.PROBABLE),
        (Certainty.UNCOMMITTED, Certainty.CERTAIN),
        (Certainty.CERTAIN, Certainty.UNCOMMITTED),
    ]
    gold = [Example(str(at), "Hm.", right, Stance.ASSERTED) for at, (right, _) in enumerate(labels)]
    predicted = [Prediction("Hm.", said, Stance.ASSERTED, {}, {}) for _, said in labels]
    scores = order_scores(gold, predicted, seed=1)
    assert scores["n"] == 2
    assert scores["mean_step"]["value"] == 1.0
    assert order_scores(gold[2:], predicted[2:], seed=1) == {"n": 0, "quadratic_kappa": None, "mean_step": None}
