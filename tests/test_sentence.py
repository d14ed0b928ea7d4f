"""Sentences: where they end, and that nothing of a text is lost."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hedgerow.sentences import MAX_SENTENCE, split, stream

# Letters, marks and white space that decide boundaries, so that random texts reach the rules.
PIECES = [
    *"abzAZ09 .!?\"'“”‘’()[]-–…,:;\n\r\t\u2029é😀\u00a0\ufeff",
    "Mr. ",
    "U.S. ",
    "\n\n",
    "\n- ",
    "[3] ",
    "lead. K",
    "\r\n",
    "\u2028",
    "Title Of It\n",
    "\nQ: ",
    "\n\nAnna: ",
    "ANNA: ",
    "over.We",
    "it is. i am ",
    "[who?]",
    "U.N. He ",
    "1) The ",
    "2) The ",
    "„",
    "»",
    "«",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=80).map("".join) | st.text(max_size=200)


def is_space(text: str) -> bool:
    return not text.replace("\ufeff", " ").strip()


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. We left.", ["It rained.", "We left."]),
        ("Gen. Revik met Lt. Col. Ames at 4 a.m. on Monday.", ["Gen. Revik met Lt. Col. Ames at 4 a.m. on Monday."]),
        ("The U.S. and Iran met. Talks failed.", ["The U.S. and Iran met.", "Talks failed."]),
        ("He came at 5 p.m. He left.", ["He came at 5 p.m.", "He left."]),
        ("See No. 3 first. He said no. She left.", ["See No. 3 first.", "He said no.", "She left."]),
        ("That put them in the lead. Korea replied.", ["That put them in the lead.", "Korea replied."]),
        ("He was born in Rome. [3] [4] He died there.", ["He was born in Rome. [3] [4]", "He died there."]),
        ("A headline\n\nThe text begins", ["A headline", "The text begins"]),
        ("One line\nruns on. Two", ["One line\nruns on.", "Two"]),
        ("Items:\n- first thing\n- second thing", ["Items:", "- first thing", "- second thing"]),
        ("He lives on Main St. She works there.", ["He lives on Main St.", "She works there."]),
        ("He saw St. Paul. It rained.", ["He saw St. Paul.", "It rained."]),
        ("De Gaulle left. van Gogh stayed.", ["De Gaulle left.", "van Gogh stayed."]),
        ("2. Second.", ["2. Second."]),
        ("He left\n– as expected –\nearly.", ["He left\n– as expected –\nearly."]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_a_text_is_split_into_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It is over. We lost,” he said.", ["“It is over.", "We lost,” he said."]),
        ("“Go home.” She left.", ["“Go home.”", "She left."]),
        ('"Really?" he asked. "Yes!" she said.', ['"Really?" he asked.', '"Yes!" she said.']),
        ("He called it “a war.” It was not.", ["He called it “a war.”", "It was not."]),
        ("“Will it hold?” Mr. Vell asked. He left.", ["“Will it hold?” Mr. Vell asked.", "He left."]),
        ('"Never!" President Ames shouted.', ['"Never!" President Ames shouted.']),
        ("“It is over!” She smiled. Ames asked.", ["“It is over!”", "She smiled.", "Ames asked."]),
    ],
)
def test_a_sentence_ends_inside_quotation_marks_too(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_spans_are_ordered_and_trimmed_with_only_white_space_between_them(text: str) -> None:
    at = 0
    for start, end in split(text):
        assert at <= start < end <= len(text)
        assert is_space(text[at:start])
        assert text[start:end] == text[start:end].strip()
        at = end
    assert is_space(text[at:])


@given(TEXTS, st.lists(st.integers(0, 600), max_size=9))
@example("\n- \u2029a", [])  # a paragraph separator is not the space between a list mark and its item
@settings(max_examples=200, deadline=None)
def test_a_streamed_text_has_the_same_sentences(text: str, cuts: list[int]) -> None:
    text *= 3
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    chunks = [text[start:end] for start, end in pairwise(bounds)]
    assert list(stream(chunks)) == list(stream([text]))
    assert [found[:2] for found in stream(chunks)] == [(start, text[start:end]) for start, end in split(text)]


def test_a_very_long_sentence_is_cut_at_white_space_whole_or_streamed() -> None:
    text = "word " * 40_000
    pieces = split(text)
    assert max(end - start for start, end in pieces) <= MAX_SENTENCE
    assert " ".join(text[start:end] for start, end in pieces) == text.strip()
    streamed = list(stream((text[at : at + 9999] for at in range(0, len(text), 9999)), buffer_size=120_000))
    assert [found[:2] for found in streamed] == [(start, text[start:end]) for start, end in pieces]
    assert len(split("x" * 3 * MAX_SENTENCE)) == 1


def test_a_long_paragraph_is_not_buffered_whole() -> None:
    prose = (Path(__file__).parents[1] / "data" / "examples" / "article.txt").read_text("utf-8").replace("\n\n", " ")
    pieces = [prose[at : at + 100] for at in range(0, len(prose), 100)]
    read = 0

    def reading() -> Iterator[str]:
        nonlocal read
        for piece in pieces:
            read += len(piece)
            yield piece

    behind = [read - (found.start + len(found.text)) for found in stream(reading(), buffer_size=500)]
    assert max(behind) < 1500 < len(prose)
    expected = [(start, prose[start:end]) for start, end in split(prose)]
    assert [found[:2] for found in stream(pieces, buffer_size=500)] == expected
    assert [found.starts_block for found in stream(pieces, buffer_size=500)] == [True] + [False] * (len(expected) - 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        ". ",
        '"',
        "a",
        "😀",
        '?!" ',
        "\n",
        "\n- ",
        "[1] ",
        "in the lead. K",
        "!",
        ".)",
        "aaa!!!",
        "Mr. ",
        '"Why?" Bo ',
        "1. ",
        "1. A ",
        "ii. A. ",
        "[who?]",
        ".[a]",
        ". :) ",
        "it is. ",
        "over.We",
        "Anna: a\n",
        "Anna: a. ",
        "A Title Of\n",
        "THE\n",
        "\r",
        "\u2028",
        "„a“",
        "»",
        "U.N. He ",
        "G.B. Farrow ",
        "(1) ",
        "<b>",
        ":",
    ],
)
def test_time_is_linear_in_the_length(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        started = time.process_time()
        split(text)
        return time.process_time() - started

    # Sixteen times the text is 16 times the work if linear, 256 times if quadratic; only the ratio is compared.
    small = max(min(seconds(25_000) for _ in range(3)), 1e-3)
    assert seconds(400_000) < 80 * small


def test_the_example_article_splits_as_it_is_labelled() -> None:
    import json

    folder = Path(__file__).parents[1] / "data" / "examples"
    labelled = [json.loads(line)["text"] for line in (folder / "article.jsonl").read_text("utf-8").splitlines()]
    assert sentences((folder / "article.txt").read_text("utf-8")) == labelled


def test_the_seed_article_has_26_sentences(shared: Path) -> None:
    assert len(split((shared / "seed" / "article.txt").read_text("utf-8"))) == 26
