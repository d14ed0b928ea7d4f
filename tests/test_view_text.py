"""What a page makes of a text: its blocks, who says what in it, and what is to be said about a sentence."""

from __future__ import annotations

import pytest

import hedgerow
from hedgerow import Certainty, Document, Prediction, Span, SpanType, Stance
from hedgerow.view import ViewedDocument
from hedgerow.view.remarks import passive_of_opinion
from hedgerow.view.text_blocks import LONGEST, blocks
from hedgerow.view.who_says import find_speakers

NAMED, UNNAMED, VAGUE = SpanType.SOURCE_NAMED, SpanType.SOURCE_UNNAMED, SpanType.SOURCE_VAGUE


def sentence(text: str, *spans: tuple[str, SpanType], stance: Stance = Stance.ATTRIBUTED, start: int = 0) -> Prediction:
    found = tuple(Span(text.index(words), text.index(words) + len(words), kind, words, 0.9) for words, kind in spans)
    certainty = {label: float(label is Certainty.CERTAIN) for label in Certainty}
    scores = {label: float(label is stance) for label in Stance}
    return Prediction(text, Certainty.CERTAIN, stance, certainty, scores, found, start)


def viewed(text: str, *parts: str, known: bool = True) -> ViewedDocument:
    """A text with the sentences `parts`, in order."""
    at, predictions = 0, []
    for part in parts:
        at = text.index(part, at)
        predictions.append(sentence(part, start=at))
        at += len(part)
    return ViewedDocument.of(Document(tuple(predictions), "a.txt", text if known else None))


def kinds(document: ViewedDocument) -> list[tuple[str, list[str]]]:
    return [(block.kind, [one.prediction.text for one in block.sentences]) for block in blocks(document)]


def test_headings_paragraphs_and_list_items_are_told_apart() -> None:
    text = "A Title\n\nOne. Two.\n\nThree?\n- four\n- five\n\n2. Six\n \nSeven:"
    document = viewed(text, "A Title", "One.", "Two.", "Three?", "- four", "- five", "2. Six", "Seven:")
    assert kinds(document) == [
        ("heading", ["A Title"]),
        ("paragraph", ["One.", "Two."]),
        ("paragraph", ["Three?"]),
        ("item", ["- four"]),
        ("item", ["- five"]),
        ("item", ["2. Six"]),
        ("paragraph", ["Seven:"]),
    ]


@pytest.mark.parametrize("text", ["It rained.", "“It rained.”", "Who knows?", "He left (at last).", "* * *", "x" * 121])
def test_a_sentence_with_an_end_or_too_long_is_no_heading(text: str) -> None:
    assert [kind for kind, _ in kinds(viewed(text, text))] != ["heading"]


def test_a_line_of_its_own_begins_a_line_and_wrapped_text_does_not() -> None:
    (verse,) = blocks(viewed("He came.\nHe saw. He left.", "He came.", "He saw.", "He left."))
    assert verse.breaks == {1}
    (wrapped,) = blocks(viewed("He came\nhome.\nHe saw.", "He came\nhome.", "He saw."))
    assert not wrapped.breaks


def test_headings_on_lines_of_their_own_and_turns_are_blocks() -> None:
    text = "THE PLAN\r\nIt rained. It\r\nsnowed.\r\rNext."
    document = viewed(text, "THE PLAN", "It rained.", "It\r\nsnowed.", "Next.")
    assert [kind for kind, _ in kinds(document)] == ["heading", "paragraph", "paragraph"]
    talk = hedgerow.load("lexicon").read("ANNA: It may rain.\nBEN: No. It will not.\nANNA: We shall see.")
    found = blocks(ViewedDocument.of(talk))
    assert [len(block.sentences) for block in found] == [1, 2, 1]


def test_in_a_transcript_a_sentence_belongs_to_the_one_who_speaks() -> None:
    talk = hedgerow.load("lexicon").read("ANNA: It may rain.\nBEN: No. It will not.\nANNA: We shall see.")
    sources = find_speakers(ViewedDocument.of(talk).sentences).sources
    assert [(source.name, source.places) for source in sources] == [("ANNA", [0, 3]), ("BEN", [1, 2])]


def test_without_the_text_a_gap_is_a_paragraphs_end() -> None:
    text = "One. Two.\n\nThree. Four."
    document = viewed(text, "One.", "Two.", "Three.", "Four.", known=False)
    assert [len(block.sentences) for block in blocks(document)] == [2, 2]


def test_an_endless_paragraph_is_cut_so_that_a_browser_lays_out_what_it_shows() -> None:
    parts = ["Yes."] * (2 * LONGEST + 1)
    document = viewed(" ".join(parts), *parts)
    assert [len(block.sentences) for block in blocks(document)] == [LONGEST, LONGEST, 1]


def speakers(*sentences: Prediction) -> tuple[dict[str, list[int]], list[tuple[int, ...]]]:
    found = find_speakers(ViewedDocument.of(Document(sentences)).sentences)
    return {source.name: source.places for source in found.sources}, list(found.of_sentence)


def test_a_name_with_and_without_title_first_name_and_possessive_is_one_source() -> None:
    found, numbers = speakers(
        sentence("Mr. Revik said so.", ("Mr. Revik", NAMED)),
        sentence("Gen. Tobias Revik said more.", ("Gen.", NAMED), ("Tobias Revik", NAMED)),
        sentence("Revik’s aide nodded.", ("Revik’s", NAMED)),
        sentence("The ministry denied it.", ("The ministry", UNNAMED)),
        sentence("the ministry said no.", ("the ministry", UNNAMED)),
    )
    assert found == {"Gen. Tobias Revik": [0, 1, 2], "The ministry": [3, 4]}
    assert numbers == [(1,), (1,), (1,), (2,), (2,)]


def test_two_people_of_one_surname_and_ordinary_words_stay_apart() -> None:
    found, _ = speakers(
        sentence("Anna Revik said so.", ("Anna Revik", NAMED)),
        sentence("Tobias Revik said no.", ("Tobias Revik", NAMED)),
        sentence("the defense ministry said so.", ("the defense ministry", NAMED)),
        sentence("the ministry said so.", ("the ministry", NAMED)),
    )
    assert list(found) == ["Anna Revik", "Tobias Revik", "the defense ministry", "the ministry"]


def test_a_pronoun_that_reading_resolved_belongs_to_the_last_named_source() -> None:
    found, numbers = speakers(
        sentence("Ann Lee said so.", ("Ann Lee", NAMED)),
        sentence("She said more.", ("She", NAMED)),
        sentence("Critics said no.", ("Critics", VAGUE)),
        sentence("They said more.", ("They", UNNAMED)),
    )
    assert found == {"Ann Lee": [0, 1], "Critics": [2], "“They”, not resolved": [3]}
    assert numbers == [(1,), (1,), (2,), (3,)]


def test_a_sentence_that_only_goes_on_with_a_quotation_belongs_to_the_source_before() -> None:
    attribution = SpanType.ATTRIBUTION
    document = ViewedDocument.of(
        Document(
            (
                sentence("“It is over,” said Ann Lee.", ("said", attribution), ("Ann Lee", NAMED)),
                sentence("“We lost."),
                sentence("We will not be back.”"),
                sentence("It rained.", stance=Stance.ASSERTED),
                sentence("It is said to be over.", ("said", attribution)),
                sentence("It is not."),
            )
        )
    )
    (source,) = find_speakers(document.sentences).sources
    assert (source.places, source.continued) == ([0, 1, 2], {1, 2})


def test_a_text_without_sources_has_no_speakers() -> None:
    assert speakers(sentence("It rained.", stance=Stance.ASSERTED)) == ({}, [()])


HEARSAY = SpanType.HEARSAY


@pytest.mark.parametrize(
    ("text", "cue", "words"),
    [
        ("He is widely regarded as a fraud.", "is widely regarded as", "is widely regarded as"),
        ("The plan has been described as a gift.", "has been described as", "been described as"),
        ("It was long considered\nthe best.", "was long considered", "was long considered"),
        ("She is seen as a rival.", "is seen as", "is seen as"),
        ("It is now often thought of as lost.", "thought of", "is now often thought of as"),
        ("It is always regarded as unsafe.", "regarded as", "is always regarded as"),
        ("It was, in those days, regarded as safe.", "regarded as", "regarded as"),
        ("She's widely regarded as a fraud.", "widely regarded as", "She's widely regarded as"),
        ("It isn’t sometimes regarded as art.", "regarded as", "isn’t sometimes regarded as"),
        ("He is generally believed to have left.", "is generally believed to", "is generally believed to"),
        ("It is regarded as a play by Ann Bell.", "is regarded as", "is regarded as"),
    ],
)
def test_a_passive_of_opinion_is_named(text: str, cue: str, words: str) -> None:
    assert passive_of_opinion(sentence(text, (cue, HEARSAY), stance=Stance.DISTANCED)) == words
    assert passive_of_opinion(sentence(text, (cue, HEARSAY), stance=Stance.ASSERTED)) is None
    assert passive_of_opinion(sentence(text, stance=Stance.DISTANCED)) is None


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("He reportedly left.", [("reportedly", HEARSAY)]),
        ("He is said to have left.", [("is said to", HEARSAY)]),
        ("They regarded it as a gift.", [("regarded", HEARSAY)]),
        ("He was reportedly seen leaving the house.", [("reportedly", HEARSAY)]),
        ("He was allegedly seen leaving.", [("was allegedly seen", HEARSAY)]),
        ("He was allegedly described by police.", [("allegedly described", HEARSAY)]),
        ("It was regarded by critics as a failure.", [("was regarded by critics as", HEARSAY)]),
        ("It is seen widely by many as lost.", [("is seen", HEARSAY)]),
        ("It is regarded as unsafe by the local police.", [("is regarded as", HEARSAY), ("police", UNNAMED)]),
    ],
)
def test_other_distance_is_no_passive_of_opinion(text: str, spans: list[tuple[str, SpanType]]) -> None:
    assert passive_of_opinion(sentence(text, *spans, stance=Stance.DISTANCED)) is None
