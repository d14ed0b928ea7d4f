"""The lexicon: cues with their spans, and the codebook's exceptions."""

import re
import time
import tomllib
from pathlib import Path

import pytest

from hedgerow.predictors.lexicon.lexicon import Lexicon, load_lexicon


def spans(text: str) -> list[tuple[str, str]]:
    found = load_lexicon().spans(text)
    assert all(text[span.start : span.end] == span.text for span in found)
    return [(str(span.type), span.text) for span in found]


def labels(text: str) -> tuple[str, str]:
    (prediction,) = load_lexicon().label([text])
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
    assert spans("We don’t know.") == [("condition", "don’t know")]


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


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("We don't know.", ("condition", "don't know")),
        ("He's said to be rich.", ("hearsay", "'s said to")),
        ("They're believed to be safe.", ("hearsay", "'re believed to")),
        ("I wouldn't go.", ("modal", "wouldn't")),
        ("It couldn't possibly fail.", ("booster", "couldn't possibly")),
        ("It isn’t clear.", ("condition", "n’t clear")),
        ("'If it rains, we stay,' he said.", ("condition", "If")),
        ("Had he known, he would go.", ("condition", "Had")),
    ],
)
def test_contractions_and_inversions_are_cues(text: str, cue: tuple[str, str]) -> None:
    assert cue in spans(text)


def test_a_denial_that_did_not_come_is_none() -> None:
    assert labels("Nobody denied it.") == ("certain", "asserted")
    assert labels("Officials did not deny the report.") == ("certain", "asserted")
    assert labels("Police have not confirmed the death.") == ("certain", "asserted")


def test_could_possibly_hedges_and_could_not_possibly_does_not() -> None:
    assert labels("It could possibly rain.") == ("possible", "asserted")
    assert labels("It could see growth fall.") == ("possible", "asserted")
    assert labels("He had it.") == labels("It should be banned.") == ("certain", "asserted")
    assert labels("Nobody knows why.") == ("uncommitted", "asserted")
    assert labels("Suspects are believed to have fled.") == ("probable", "distanced")
    assert spans("The book is about a dog.") == []


@pytest.mark.parametrize("text", ["", " ", "?", "'", "…", "😀", "the", "according to"])
def test_odd_texts_are_labelled(text: str) -> None:
    expected = {"?": ("uncommitted", "asserted"), "according to": ("certain", "attributed")}
    assert labels(text) == expected.get(text, ("certain", "asserted"))


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["may ", "said ", '"said ', "may", "has ", "who ", "Ab ", "the old "])
def test_time_grows_with_the_length_and_not_with_its_square(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        started = time.process_time()
        load_lexicon().label([text])
        return time.process_time() - started

    assert seconds(256_000) < 80 * max(min(seconds(16_000) for _ in range(3)), 1e-3)


def test_every_cue_is_found_where_it_stands_and_every_exception_keeps_one_from_being_found() -> None:
    table = tomllib.loads((Path(__file__).parents[1] / "hedgerow/predictors/lexicon/cues.toml").read_text("utf-8"))
    without = Lexicon({**table, "cues": [group for group in table["cues"] if "type" in group]})
    for group in table["cues"]:
        for cue in group["words"]:
            text, wording = sample(cue, table["classes"])
            if "type" in group:
                found = [(str(span.type), span.text) for span in load_lexicon().spans(text)]
                assert (group["type"], wording) in found, (cue, text, found)
            else:
                assert set(without.spans(text)) - set(load_lexicon().spans(text)), f"{cue}: blocks nothing in {text!r}"


def sample(cue: str, classes: dict[str, list[str]]) -> tuple[str, str]:
    """The shortest text with a cue in it, and the cue as it should be found there: the first choice everywhere."""
    words: list[str] = []
    follows: list[str] = []
    for word in cue.split():
        if word.endswith("?"):
            continue
        choice = word.lstrip(">^").split("|")[0]
        choice = classes[choice[1:]][0] if choice.startswith("@") else choice
        (follows if word.startswith(">") else words).append("7" if choice == "#" else choice)
    wording = re.sub(r" (n't|'\w+)", r"\1", " ".join(words))
    before = "It" if wording.startswith("'") else ""  # a clitic leans on a word
    return f"{before}{wording} {' '.join(follows)} .", wording
