"""Mistakes: the most confident of each pair of labels, with spans, and with text only where it may be shown."""

from hedgerow.labels import Certainty, Example, Span, SpanType, Stance
from hedgerow.metrics import mistakes
from hedgerow.results import Prediction

C = Certainty


def pair(name: str, right: Certainty, said: Certainty, score: float) -> tuple[Example, Prediction]:
    gold = (Span(0, 2, SpanType.MODAL, "ab"), Span(3, 5, SpanType.DENIAL, "cd"))
    found = (Span(0, 2, SpanType.MODAL, "ab"), Span(3, 6, SpanType.DENIAL, "cde"))
    return (
        Example(name, "ab cde", right, Stance.ASSERTED, gold),
        Prediction("ab cde", said, Stance.ASSERTED, {said: score}, {}, found),
    )


PAIRS = [
    pair("right", C.CERTAIN, C.CERTAIN, 0.99),
    pair("low", C.CERTAIN, C.POSSIBLE, 0.5),
    pair("high", C.CERTAIN, C.POSSIBLE, 0.9),
    pair("middle", C.CERTAIN, C.POSSIBLE, 0.7),
    pair("rare", C.PROBABLE, C.CERTAIN, 0.95),
]
GOLD, PREDICTED = map(list, zip(*PAIRS, strict=True))


def test_the_most_confident_of_each_pair_come_first_and_frequent_pairs_before_rare_ones() -> None:
    rows = mistakes(GOLD, PREDICTED, "certainty", with_text=False, per_pair=2)
    assert [row["id"] for row in rows] == ["high", "middle", "rare"]
    assert rows[0] | {"spans": None} == {
        "id": "high", "gold": "certain", "predicted": "possible", "score": 0.9, "spans": None,
    }  # fmt: skip
    assert mistakes(GOLD, PREDICTED, "stance", with_text=False) == []


def test_spans_are_found_missed_or_wrong_and_say_no_word_of_the_text() -> None:
    (row, *_) = mistakes(GOLD, PREDICTED, "certainty", with_text=False)
    assert row["spans"] == {
        "found": [{"start": 0, "end": 2, "type": "modal"}],
        "missed": [{"start": 3, "end": 5, "type": "denial"}],
        "wrong": [{"start": 3, "end": 6, "type": "denial"}],
    }
    assert "text" not in row
    assert mistakes(GOLD, PREDICTED, "certainty", with_text=True)[0]["text"] == "ab cde"
