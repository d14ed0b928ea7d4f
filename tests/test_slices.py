"""Slices: which sentences lie in which, and what is measured there."""

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
            {("length", "1 to 10 words"), ("quotation", "without quotation marks"), ("negation", "not negated")},
        ),
        ("It didn’t rain.", {("negation", "negated"), ("quotation", "without quotation marks")}),
        ("Nothing fell.", {("negation", "negated")}),
        ("A notable knot.", {("negation", "not negated")}),
        ("“Rain,” he said.", {("quotation", "with quotation marks")}),
        ("rain " * 31, {("length", "over 30 words")}),
        ("rain " * 30, {("length", "21 to 30 words")}),
    ],
)
def test_a_sentence_is_in_the_slices_of_its_text(text: str, slices: set[tuple[str, str]]) -> None:
    assert slices <= set(slices_of(example(text)))


def test_cues_are_counted_without_sources_and_each_type_is_a_slice() -> None:
    spans = (("may", SpanType.MODAL), ("perhaps", SpanType.EPISTEMIC), ("He", SpanType.SOURCE_NAMED))
    found = set(slices_of(example("He may, perhaps.", *spans, corpus="news")))
    assert {
        ("number of cues", "2"),
        ("type of cue", "modal"),
        ("type of cue", "epistemic"),
        ("corpus", "news"),
    } <= found
    assert ("type of cue", "source_named") not in found


def test_distanced_by_a_passive_of_judging_is_a_slice_of_its_own() -> None:
    judged = example("It is considered dead.", ("is considered", SpanType.HEARSAY), stance=Stance.DISTANCED)
    other = example("It is reportedly dead.", ("reportedly", SpanType.HEARSAY), stance=Stance.DISTANCED)
    assert ("distanced", "is considered, regarded, viewed as") in set(slices_of(judged))
    assert ("distanced", "by other wording") in set(slices_of(other))
    assert not any(family == "distanced" for family, _ in slices_of(example("It is considered dead.")))


def test_a_slice_has_counts_and_scores_and_lengths_are_in_order() -> None:
    gold = [example("one"), example("one two"), example("word " * 35), example("word " * 25)]
    said = [Certainty.CERTAIN, Certainty.POSSIBLE, Certainty.CERTAIN, Certainty.CERTAIN]
    predicted = [Prediction(e.text, label, e.stance, {}, {}) for e, label in zip(gold, said, strict=True)]
    table = slice_scores(gold, predicted, seed=1)
    assert list(table["length"]) == ["1 to 10 words", "21 to 30 words", "over 30 words"]
    short = table["length"]["1 to 10 words"]
    assert (short["n"], short["groups"]) == (2, 2)
    assert short["certainty"]["accuracy"] == {"value": 0.5, "low": 0.0, "high": 1.0}
    assert short["certainty"]["macro_f1"]["value"] == pytest.approx(2 / 3, abs=1e-4)  # of the one label that is gold
    assert short["certainty"]["labels"] == 1
    assert short["stance"]["accuracy"]["value"] == 1.0
