"""Spans that are words."""

from pathlib import Path

import pytest

from hedgerow import SpanType, load
from hedgerow.predictors.network.heads import _word_spans
from hedgerow.predictors.network.word_edges import names_nobody, snap_to_words

CASES = [
    ("It wouldn't rain.", "wouldn", "would"),
    ("It wouldn’t rain.", "wouldn’t", "wouldn’t"),
    ("I don't know whether.", "'t know", "n't know"),
    ("I don't know whether.", "n't know", "n't know"),
    ("They'd go.", "'d", "'d"),
    ("They'd go.", "d", "'d"),
    ("They'd go.", "They'", "They"),
    ("He reportedly, left.", "reportedly,", "reportedly"),
    ("“Perhaps,” he said.", "“Perhaps", "Perhaps"),
    ("The U.S. said so.", "U.S.", "U.S."),
    ("Ford Jr. said so.", "Ford Jr.", "Ford Jr."),
    ("It was said.", "said.", "said"),
    ("Section 509(h) says so.", "Section 509(h)", "Section 509(h)"),
    ("Section (h says so.", "Section (", "Section"),
    ("About 30% left.", "30%", "30%"),
    ("A UK-led force said so.", "UK", "UK"),
    ("Possibly true.", "Possi", "Possibly"),
    ("Possibly true.", "bly", None),
    ("Yes, it may.", ",", None),
    ("“ ’ ” he said.", "’", None),
]


@pytest.mark.parametrize(("text", "marked", "expected"), CASES)
def test_a_span_begins_and_ends_at_the_edge_of_a_word(text: str, marked: str, expected: str | None) -> None:
    start = text.index(marked)
    edges = snap_to_words(text, start, start + len(marked))
    assert (edges and text[slice(*edges)]) == expected


def test_an_article_alone_names_nobody_and_a_possessive_does() -> None:
    assert all(map(names_nobody, ("the", "The", "a", "An", "'s", "’s")))
    assert not any(map(names_nobody, ("his", "their", "The Times")))


@pytest.mark.parametrize("model", ["base", "small"])
@pytest.mark.slow
def test_the_example_article_has_no_span_without_a_word(model: str) -> None:
    document = load(model).read((Path(__file__).parents[1] / "data/examples/article.txt").read_text("utf-8"))
    for prediction in document:
        for span in prediction.spans:
            assert any(character.isalnum() for character in span.text), span
            assert not (isinstance(span.type, SpanType) and span.type.is_source and names_nobody(span.text))
            assert snap_to_words(prediction.text, span.start, span.end) == (span.start, span.end)


def test_a_contraction_that_the_tagger_cut_is_joined() -> None:
    text = "That isn't true, he said."
    decoded = [(5, 8, 5, 0.8), (9, 15, 5, 0.6), (17, 19, 0, 0.9)]
    spans = _word_spans(text, decoded, [*SpanType])
    assert [(span.text, str(span.type), span.score) for span in spans] == [
        ("isn't true", "denial", 0.7), ("he", "modal", 0.9),
    ]  # fmt: skip
