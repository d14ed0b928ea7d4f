"""Slices: which sentences lie in which, and what is measured there."""

import re

import pytest

from hedgerow.labels import Certainty, Example, Span, SpanType, Stance
from hedgerow.metrics.slices import slice_scores, slices_of
from hedgerow.results import Prediction


def example(
    text: str, *spans: tuple[str, SpanType], stance: Stance = Stance.ASSERTED, corpus: str | None = None
) -> Example:
    marked = tuple(Span(text.index(w), text.index(w) + len(w), kind, w) for w, kind in spans)
    return Example(text, text, Certainty.CERTAIN, stance, marked, corpus=corpus)


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        (
            "It rained.",
            {("length", "words_1_to_10"), ("quotation", "without_quotation_marks"), ("negation", "not_negated")},
        ),
        ("It didn’t rain.", {("negation", "negated"), ("quotation", "without_quotation_marks")}),
        ("Nothing fell.", {("negation", "negated")}),
        ("A notable knot.", {("negation", "not_negated")}),
        ("“Rain,” he said.", {("quotation", "with_quotation_marks")}),
        ("rain " * 31, {("length", "words_over_30")}),
        ("rain " * 30, {("length", "words_21_to_30")}),
    ],
)
def test_a_sentence_is_in_the_slices_of_its_text(text: str, slices: set[tuple[str, str]]) -> None:
    assert slices <= set(slices_of(example(text)))


def test_cues_are_counted_without_sources_and_each_type_is_a_slice() -> None:
    spans = (("may", SpanType.MODAL), ("perhaps", SpanType.EPISTEMIC), ("He", SpanType.SOURCE_NAMED))
    found = set(slices_of(example("He may, perhaps.", *spans, corpus="news")))
    assert {
        ("number_of_cues", "two"),
        ("type_of_cue", "modal"),
        ("type_of_cue", "epistemic"),
        ("corpus", "news"),
    } <= found
    assert ("type_of_cue", "source_named") not in found


@pytest.mark.parametrize(
    ("text", "cue", "name"),
    [
        ("It is considered dead.", "is considered", "passive_of_opinion"),
        ("It is widely regarded as dead.", "is widely regarded as", "passive_of_opinion"),
        ("It was long viewed by many as dead.", "viewed", "passive_of_opinion"),
        ("They have been\ndescribed as dead.", "described as", "passive_of_opinion"),
        ("It is still thought of as dead.", "is still thought of as", "passive_of_opinion"),
        ("He was seen near the well and is reportedly dead.", "reportedly", "other_wording"),
        ("It is considered dead and allegedly was sold.", "allegedly", "other_wording"),
        ("It is said to be dead.", "is said to", "other_wording"),
    ],
)
def test_distanced_by_a_passive_of_opinion_is_a_slice_of_its_own(text: str, cue: str, name: str) -> None:
    found = set(slices_of(example(text, (cue, SpanType.HEARSAY), stance=Stance.DISTANCED)))
    assert {own for family, own in found if family == "distanced"} == {name}


def test_other_stances_have_no_slice_of_distanced() -> None:
    judged = example("It is considered dead.", ("is considered", SpanType.HEARSAY), stance=Stance.ATTRIBUTED)
    assert not any(family == "distanced" for family, _ in slices_of(judged))


def test_slices_are_in_the_order_of_their_size_and_named_as_keys() -> None:
    cues = [("may", SpanType.MODAL), ("might", SpanType.MODAL), ("could", SpanType.MODAL)]
    gold = [example("It may, might, could rain.", *cues[:number]) for number in (3, 0, 2, 1)]
    predicted = [Prediction(e.text, e.certainty, e.stance, {}, {}) for e in gold]
    table = slice_scores(gold, predicted, seed=1)
    assert list(table["number_of_cues"]) == ["none", "one", "two", "three_or_more"]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for family, own in table.items() for key in (family, *own))


def test_a_slice_has_counts_and_scores_and_lengths_are_in_order() -> None:
    gold = [example("one"), example("one two"), example("word " * 35), example("word " * 25)]
    said = [Certainty.CERTAIN, Certainty.POSSIBLE, Certainty.CERTAIN, Certainty.CERTAIN]
    predicted = [Prediction(e.text, label, e.stance, {}, {}) for e, label in zip(gold, said, strict=True)]
    table = slice_scores(gold, predicted, seed=1)
    assert list(table["length"]) == ["words_1_to_10", "words_21_to_30", "words_over_30"]
    short = table["length"]["words_1_to_10"]
    assert (short["n"], short["groups"]) == (2, 2)
    assert short["certainty"]["accuracy"] == {"value": 0.5, "low": 0.0, "high": 1.0}
    assert short["certainty"]["macro_f1"]["value"] == pytest.approx(2 / 3, abs=1e-4)  # of the one label that is gold
    assert short["certainty"]["labels"] == 1
    assert short["stance"]["accuracy"]["value"] == 1.0
