"""The lexicon: cues with their spans, and the codebook's exceptions."""

import pytest

from hedgerow.classifier import lexicon


def spans(text: str) -> list[tuple[str, str]]:
    found = lexicon().spans(text)
    assert all(text[span.start : span.end] == span.text for span in found)
    return [(str(span.type), span.text) for span in found]


def labels(text: str) -> tuple[str, str]:
    (prediction,) = lexicon().label([text])
    return str(prediction.certainty), str(prediction.stance)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The dam may have held.", ("possible", "asserted")),
        ("The dam has held.", ("certain", "asserted")),
        ("He reportedly fled.", ("probable", "distanced")),
        ("He allegedly fled.", ("possible", "distanced")),
        ("He fled, according to police.", ("certain", "attributed")),
        ("The clerk said it would probably rain.", ("probable", "attributed")),
        ("The minister denied it.", ("certain", "disputed")),
        ("The study found lead.", ("certain", "endorsed")),
        ("Will it hold?", ("uncommitted", "asserted")),
        ("It is unclear whether it may hold.", ("uncommitted", "asserted")),
        ("If it rains, the dam will break.", ("uncommitted", "asserted")),
        ("If it rains, the dam could break.", ("possible", "asserted")),
        ("He asked whether it rained.", ("uncommitted", "attributed")),
        ("“We have nothing to add.”", ("certain", "attributed")),
    ],
)
def test_labels_follow_the_cues(text: str, expected: tuple[str, str]) -> None:
    assert labels(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It rained in the month of May.",
        "The festival opens on 3 May.",
        "As a child she could swim.",
        "The talk was about trees.",
        "She appeared on stage.",
        "He filed an insurance claim.",
        "The United States signed.",
    ],
)
def test_a_cue_word_in_another_sense_is_not_marked(text: str) -> None:
    assert spans(text) == []
    assert labels(text) == ("certain", "asserted")


def test_a_negated_hedge_closes_the_question() -> None:
    assert labels("He could not possibly have known.") == ("certain", "asserted")
    assert spans("He could not possibly have known.") == [("booster", "could not possibly")]


def test_the_longest_cue_wins_and_a_passive_runs_from_be_to_its_particle() -> None:
    assert spans("He is widely believed to have left.") == [("hearsay", "is widely believed to")]
    assert spans("Almost certainly it rained.") == [("epistemic", "Almost certainly")]


def test_case_and_curly_apostrophes_do_not_matter() -> None:
    assert labels("IT MAY RAIN.") == ("possible", "asserted")
    assert spans("We don’t know.") == spans("We don't know.".replace("'", "’")) == [("condition", "don’t know")]


def test_a_cue_in_a_relative_clause_is_marked_and_not_counted() -> None:
    assert labels("The man who allegedly lied was jailed.") == ("certain", "asserted")
    assert ("hearsay", "allegedly") in spans("The man who allegedly lied was jailed.")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("It rained, according to Mara Vell.", ("source_named", "Mara Vell")),
        ("Mara Vell said it rained.", ("source_named", "Mara Vell")),
        ("The old ferryman said it rained.", ("source_unnamed", "The old ferryman")),
        ("Some experts said it rained.", ("source_vague", "Some experts")),
        ("“It rained,” said Mara Vell.", ("source_named", "Mara Vell")),
        ("She has denied it.", ("source_unnamed", "She")),
    ],
)
def test_a_plain_source_is_found_and_typed(text: str, source: tuple[str, str]) -> None:
    assert source in spans(text)


@pytest.mark.parametrize("text", ["", " ", "?", "'", "…", "😀", "said", "according to", "may" * 50_000])
def test_odd_texts_are_labelled(text: str) -> None:
    assert labels(text)
