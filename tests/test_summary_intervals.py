"""Intervals always have a width, and cover the truth as often as they say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from hedgerow.labels import AXES
from hedgerow.metrics.measures import Score, wilson
from hedgerow.summary import Confusion, Counts, Group, Summary, summarise
from hedgerow.summary.counting import Pass
from hedgerow.summary.differences import Side, differences
from hedgerow.summary.figures import percent, points, shares, short_percent
from hedgerow.summary.intervals import difference, effective_number, intra_document_correlation
from hedgerow.summary.notes import notes
from hedgerow.summary.prevalence import (
    Estimate,
    Estimator,
    Ints,
    correlations,
    draw_weights,
    hit_squares,
)
from hedgerow.summary.rows import LabelledRow
from hedgerow.summary.scheme import CODEBOOK

pytestmark = pytest.mark.slow

SIMULATED = 120  # roll-ups; the standard error of a coverage of 95 % is 2 %


def rows(documents: list[tuple[int, int]], *, by: str | None = None) -> list[LabelledRow]:
    """Rows of documents with (certain, possible) sentences, grouped by halves."""
    labels = [["certain"] * certain + ["possible"] * possible for certain, possible in documents]
    half = len(documents) // 2
    return [
        LabelledRow.model_validate(
            {"doc": str(n), "certainty": label, "stance": "asserted", "spans": [], "row": {by or "half": n < half}}
        )
        for n, document in enumerate(labels)
        for label in document
    ]


def every_score(summary: Summary) -> list[Score]:
    estimates = [one for group in summary.all_groups for one in group.estimates]
    corrected = [one.corrected for one in estimates if one.corrected is not None]
    return [one.share for one in estimates] + corrected + [one.score for one in summary.differences]


DOCUMENTS = {
    "one sentence": [(1, 0)],
    "one document of one label": [(30, 0)],
    "two documents": [(5, 5), (5, 5)],
    "nine": [(3, 1)] * 9,
    "documents of one share": [(2, 2)] * 12,
    "a share of 1": [(4, 0)] * 12,
    "a sentence a document": [(1, 0)] * 12,
    "one of many": [(9, 1), *[(10, 0)] * 20],
}


@pytest.mark.parametrize("documents", DOCUMENTS.values(), ids=DOCUMENTS)
@pytest.mark.parametrize("by", [None, "half", "doc"])
@pytest.mark.parametrize("errors", [None, 0, 1])
def test_no_interval_is_without_width(documents: list[tuple[int, int]], by: str | None, errors: int | None) -> None:
    confusions = None
    if errors is not None:
        confusions = {axis: Confusion(np.eye(len(x), dtype=np.int64) * 20 + errors) for axis, x in AXES.items()}
    summary = summarise(rows(documents), Group(by), confusions)
    for score in every_score(summary):
        assert score.low < score.high
        assert score.low <= score.value + 1e-9
        assert score.high >= score.value - 1e-9
    few = {group.name for group in summary.all_groups if group.is_few}
    assert ("all" in few) is (len(documents) < 10)
    if by == "doc":
        assert few <= {"all"}


def test_one_document_says_little_and_its_own_sentences_say_more() -> None:
    (whole,) = [one for one in summarise(rows([(20, 20)])).whole.estimates if one.label == "certain"]
    assert (whole.method, whole.effective) == ("Wilson, effective number of sentences", 1)
    (group,) = summarise(rows([(20, 20)]), Group("doc")).groups
    assert (group.estimates[0].method, group.estimates[0].effective) == ("Wilson, sentences of one document", 40)


def test_the_correlation_is_that_of_the_analysis_of_variance() -> None:
    """Documents of one label each have 1; of the same shares, 0; worked out by hand for a case between them."""
    hits, sizes = np.array([[4], [2], [0], [1]] * 5), np.array([4, 4, 2, 2] * 5)
    squares = (hits**2 / sizes[:, None]).sum(axis=0)
    found = intra_document_correlation(hits.sum(axis=0), squares, (20, 60, int((sizes**2).sum())))
    n, k = sizes.sum(), hits.sum()
    between, within = (squares[0] - k**2 / n) / 19, (k - squares[0]) / 40
    typical = (n - (sizes**2).sum() / n) / 19
    assert found[0] == pytest.approx((between - within) / (between + (typical - 1) * within))
    alike = intra_document_correlation(np.array([40]), np.array([20.0]), (20, 80, 320))
    assert alike[0] == 0
    apart = intra_document_correlation(np.array([40]), np.array([40.0]), (20, 80, 320))
    assert apart[0] == 1
    assert np.isnan(intra_document_correlation(np.array([0]), np.array([0.0]), (20, 80, 320))[0])


def test_the_effective_number_is_between_documents_and_sentences() -> None:
    assert effective_number(5, 100, 2000, 0.0) == 100
    assert effective_number(5, 100, 2000, 1.0) == 5
    assert effective_number(5, 100, 2000, float("nan")) == 5
    assert effective_number(5, 5, 5, float("nan")) == 5


def simulated(rng: np.random.Generator, documents: int, share: float, correlation: float) -> Ints:
    """Documents of 5 to 40 sentences, whose share of certain ones is beta-distributed; the others are possible."""
    scale = (1 - correlation) / correlation
    sizes = rng.integers(5, 40, size=documents)
    certain = rng.binomial(sizes, rng.beta(share * scale, (1 - share) * scale, size=documents))
    stack = np.zeros((documents, CODEBOOK.sentences + 1), dtype=np.int64)
    stack[:, CODEBOOK.index["certainty", "certain"]], stack[:, CODEBOOK.index["certainty", "possible"]] = (
        certain,
        sizes - certain,
    )
    stack[:, CODEBOOK.index["stance", "asserted"]] = stack[:, CODEBOOK.sentences] = sizes
    return stack


def counted(name: str, stack: Ints, batch: int) -> Counts:
    counts = Counts(name)
    counts.add(stack, draw_weights(batch, len(stack)))
    counts.finish()
    return counts


def certain(estimates: list[Estimate]) -> Score:
    return next(one.share for one in estimates if one.label == "certain")


@pytest.mark.parametrize(("share", "correlation"), [(0.05, 0.2), (0.3, 0.1)])
@pytest.mark.parametrize("documents", [1, 4, 9, 10, 25])
def test_intervals_cover_the_true_share(documents: int, share: float, correlation: float) -> None:
    rng, covered = np.random.default_rng(1), 0
    for _ in range(SIMULATED):
        stack = simulated(rng, 40 + documents, share, correlation)
        whole = counted("all", stack, 0)
        estimator = Estimator(correlations(whole, hit_squares(stack)))
        score = certain(estimator.estimates(counted("few", stack[:documents], 1)))
        covered += score.low <= share <= score.high
    assert covered / SIMULATED >= 0.9


@pytest.mark.parametrize("documents", [4, 25])
def test_intervals_of_differences_cover_none(documents: int) -> None:
    rng, covered = np.random.default_rng(2), 0
    for _ in range(SIMULATED):
        stack = simulated(rng, 2 * documents + 20, 0.3, 0.1)
        whole = counted("all", stack, 0)
        estimator = Estimator(correlations(whole, hit_squares(stack)))
        first, second = (counted(str(n), stack[n * documents : (n + 1) * documents], n) for n in (1, 2))
        sides = [Side(name, counts, estimator.estimates(counts)) for name, counts in (("1", first), ("2", second))]
        found = differences(estimator, *sides)
        score = next(one.score for one in found if one.label == "certain")
        covered += score.low <= 0 <= score.high
    assert covered / SIMULATED >= 0.9


def test_a_difference_is_newcombes() -> None:
    """Newcombe 1998, table II, method 10: 56 of 70 and 48 of 80."""
    found = difference(wilson(56, 70), wilson(48, 80), 0)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_groups_of_the_same_documents_are_compared_within_them() -> None:
    """Every document has one group's sentence certain more often: shares that vary together differ for sure."""
    found = []
    for paired in (True, False):
        sentences = []
        for number in range(60):
            for name in ("a", "b"):
                many = 8 if number % 2 else 2
                doc = f"{number}" if paired else f"{number}{name}"
                labels = ["certain"] * (many + (name == "a")) + ["possible"] * (10 - many)
                sentences += [
                    LabelledRow.model_validate(
                        {"doc": doc, "certainty": x, "stance": "asserted", "spans": [], "row": {"who": name}}
                    )
                    for x in labels
                ]
        summary = summarise(sentences, Group("who"))
        (one,) = [one for one in summary.differences if one.label == "certain"]
        found.append(one.score.high - one.score.low)
    assert found[0] < found[1] / 2


def test_the_rest_of_a_group_are_all_other_rows() -> None:
    summary = summarise(rows([(4, 0)] * 15 + [(1, 3)] * 15, by="x"), Group("x"), compare=("True", "False"))
    (pair,) = [one for one in summary.differences if one.label == "certain"]
    assert (pair.first, pair.second) == ("True", "False")
    assert pair.score.value == pytest.approx(1 - 0.25)
    assert pair.is_clear
    three = [row.model_copy(update={"row": {"x": int(row.doc) % 3}}) for row in rows([(4, 0)] * 10 + [(0, 4)] * 20)]
    against = [one for one in summarise(three, Group("x")).differences if one.label == "certain"]
    assert [one.second for one in against] == ["(the rest)"] * 3
    of_zero = next(one for one in against if one.first == "0")
    assert of_zero.score.value == pytest.approx(4 / 10 - 6 / 20)


def test_the_rest_of_documents_that_are_in_several_groups_is_counted_by_document() -> None:
    """Groups are given by sentence: the rest of each is counted again from the rows."""
    rng = np.random.default_rng(5)
    sentences = [
        row.model_copy(update={"row": {"x": int(rng.integers(3))}})
        for row in rows([(int(a), int(b)) for a, b in rng.integers(0, 4, size=(60, 2))])
    ]
    pass_, again = Pass(Group("x"), is_corrected=False), Pass(Group("y"), is_corrected=False)
    for row in sentences:
        pass_.add(row)
        again.add(row.model_copy(update={"row": {"y": "0" if row.row["x"] == 0 else "rest"}}))
    pass_.finish()
    again.finish()
    rest, expected = pass_.whole.without(pass_.by_value["0",]), again.by_value["rest",]
    assert (rest.documents, rest.sentences) == (expected.documents, expected.sentences)
    for axis in AXES:
        assert rest.size(axis) == expected.size(axis)
        shares, others = rest.shares(axis), expected.shares(axis)
        assert shares is not None
        assert others is not None
        assert np.nanstd(shares[:, 0]) == pytest.approx(np.nanstd(others[:, 0]), rel=0.15, abs=1e-9)


def test_shown_figures_have_a_width_too() -> None:
    narrow = Score(0.18, 0.17996, 0.18004)
    for show in (percent, short_percent, points, lambda score: " ".join(shares(score))):
        text = show(narrow)
        low, high = text.replace("–", " ").replace(",", "").replace("[", "").replace("]", "").split()[-2:]
        assert low != high, text
    assert percent(Score(0.5, 0.4, 0.6)) == "50.0 [40.0, 60.0]"
    assert short_percent(Score(0.5, 0.055, 0.6)) == "50 [5.5–60]"
    assert points(Score(-0.00001, -0.1, 0.1)) == "+0.0 [-10.0, +10.0]"


def test_abstained_sentences_are_not_in_n() -> None:
    sentences = [
        row.model_copy(update={"certainty": None}) if n % 4 == 0 else row for n, row in enumerate(rows([(4, 0)] * 12))
    ]
    whole = summarise(sentences).whole
    assert (whole.sentences, whole.labelled) == (48, {"certainty": 36, "stance": 48})
    assert all(a.count <= 36 for a, _ in pairwise(whole.estimates) if a.axis == "certainty")


@pytest.mark.parametrize("by", [None, "half", "doc"])
def test_the_rows_of_a_document_need_not_be_together(by: str | None) -> None:
    together = rows([(3, 1), (0, 4), (1, 0), (2, 2)] * 4)
    apart = [*together[::3], *together[1::3], *together[2::3]]
    first, second = (summarise(some, Group(by)) for some in (together, apart))
    assert first.whole.documents == second.whole.documents == 16
    assert {one.name: (one.documents, one.sentences) for one in first.all_groups} == {
        one.name: (one.documents, one.sentences) for one in second.all_groups
    }
    assert first.scattered == second.scattered == 0
    for one, other in zip(first.whole.estimates, second.whole.estimates, strict=True):
        assert other.share.low == pytest.approx(one.share.low, abs=0.03)
        assert other.share.high == pytest.approx(one.share.high, abs=0.03)


def test_documents_whose_rows_are_too_far_apart_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hedgerow.summary.counting.MAX_OPEN", 2)
    together = rows([(2, 0)] * 5)
    assert summarise(together).scattered == 0
    summary = summarise([*together[::2], *together[1::2]])
    assert summary.scattered == 5
    assert "sort the rows by doc" in " ".join(notes(summary))
