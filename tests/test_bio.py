"""Spans to tags and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.predictors.network import bio

WORDS = ["It", "is", "said", "to", "unfold", "."]
TEXT = "It is said to unfold."
OFFSETS = [(0, 0), (0, 2), (3, 5), (6, 10), (11, 13), (14, 16), (16, 20), (20, 21), (0, 0)]
WORD_IDS = [None, 0, 1, 2, 3, 4, 4, 5, None]


def scores(sequence: list[int], kinds: int = 2) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.eye(1 + 2 * kinds)[sequence]


def test_a_span_is_tagged_from_its_first_token_and_comes_back() -> None:
    encoded = bio.encode([(3, 13, 1)], OFFSETS)
    assert encoded == [0, 0, 3, 4, 4, 0, 0, 0, 0]
    assert bio.decode(scores(encoded), OFFSETS, WORD_IDS) == [(3, 13, 1, 1.0)]


def test_a_span_never_cuts_a_word() -> None:
    # Only the first piece of "unfold" is tagged; the span holds the whole word.
    assert bio.decode(scores([0, 0, 0, 0, 0, 1, 0, 0, 0]), OFFSETS, WORD_IDS) == [(14, 20, 0, 1.0)]
    # And where only the second piece is, there is none.
    assert bio.decode(scores([0, 0, 0, 0, 0, 0, 1, 0, 0]), OFFSETS, WORD_IDS) == []


def test_neighbours_are_kept_apart_by_their_beginnings_and_types() -> None:
    assert [span[:3] for span in bio.decode(scores([0, 1, 1, 3, 4, 0, 0, 0, 0]), OFFSETS, WORD_IDS)] == [
        (0, 2, 0),
        (3, 5, 0),
        (6, 13, 1),
    ]


def test_of_two_overlapping_spans_the_longer_is_kept() -> None:
    assert bio.encode([(6, 10, 0), (3, 13, 1)], OFFSETS) == [0, 0, 3, 4, 4, 0, 0, 0, 0]


def test_the_names_of_tags() -> None:
    assert bio.tag_names(["modal", "denial"]) == ["O", "B-modal", "I-modal", "B-denial", "I-denial"]


@given(st.lists(st.integers(0, 4), min_size=9, max_size=9))
def test_decoded_spans_are_in_order_whole_words_and_apart(sequence: list[int]) -> None:
    bounds = {offset for offset, word in zip(OFFSETS, WORD_IDS, strict=True) if word is not None}
    at = 0
    for start, end, kind, score in bio.decode(scores(sequence), OFFSETS, WORD_IDS):
        assert at <= start < end
        assert start in {a for a, _ in bounds} - {16}
        assert end in {b for _, b in bounds} - {16}
        assert kind in (0, 1)
        assert 0 <= score <= 1
        at = end
