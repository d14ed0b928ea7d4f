"""The codebook in code."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hedgerow import Certainty, Document, Prediction, Span, SpanType, Stance
from hedgerow.labels import CODEBOOK_VERSION, Example

CODEBOOK = (Path(__file__).parents[1] / "data" / "CODEBOOK.md").read_text("utf-8")


def test_the_version_is_that_of_the_codebook() -> None:
    (version,) = re.findall(r"^Version (\d+), \d{4}-\d\d-\d\d\.$", CODEBOOK, re.M)
    assert int(version) == CODEBOOK_VERSION


def test_the_labels_are_those_of_the_codebook() -> None:
    for heading, enum in (("## 2. certainty", Certainty), ("## 3. stance", Stance)):
        section = CODEBOOK.split(heading)[1].split("Tie-breaks")[0]
        assert set(re.findall(r"^\| `(\w+)`", section, re.M)) == set(enum)
    assert set(re.findall(r"`(\w+)`", CODEBOOK.split("## 4. spans")[1])) - {"to", "as"} == set(SpanType)


def test_stance_goes_from_least_to_most_marked() -> None:
    order = "disputed > distanced > endorsed > attributed > asserted"
    assert order in CODEBOOK.replace("\n", " ")
    assert list(Stance) == order.split(" > ")[::-1]


def test_a_prediction_knows_where_it_ends_and_becomes_plain_json() -> None:
    span = Span(3, 13, SpanType.HEARSAY, "reportedly")
    scores = dict.fromkeys(Certainty, 0.25)
    prediction = Prediction(
        "He reportedly fled.",
        Certainty.PROBABLE,
        Stance.DISTANCED,
        scores,
        dict.fromkeys(Stance, 0.2),
        (span,),
        7,
    )
    assert prediction.end == 7 + len("He reportedly fled.")
    row = json.loads(json.dumps(prediction.to_dict()))
    assert row["certainty"] == "probable"
    assert row["spans"] == [{"start": 3, "end": 13, "type": "hearsay", "text": "reportedly"}]
    assert prediction.text[span.start : span.end] == span.text
    document = Document((prediction,), "a.txt")
    assert (len(document), document[0], list(document)) == (1, prediction, [prediction])
    assert document.to_dict()["doc"] == "a.txt"


def test_the_group_key_of_an_example_is_its_group_else_its_document_else_itself() -> None:
    fields = ("x", "Text.", Certainty.CERTAIN, Stance.ASSERTED)
    assert Example(*fields, group="g", doc="d").group_key == "g"
    assert Example(*fields, doc="d").group_key == "d"
    assert Example(*fields).group_key == "x"


def test_certainty_is_ordered_and_uncommitted_is_outside_the_order() -> None:
    assert Certainty.CERTAIN > Certainty.PROBABLE > Certainty.POSSIBLE
    assert Certainty.POSSIBLE <= Certainty.POSSIBLE < Certainty.CERTAIN
    assert max(Certainty.POSSIBLE, Certainty.CERTAIN, Certainty.PROBABLE) is Certainty.CERTAIN
    assert Certainty.POSSIBLE < "certain"
    for wrong in ("uncommitted", "sure", 3):
        with pytest.raises(TypeError, match="cannot compare"):
            wrong < Certainty.CERTAIN  # noqa: B015
    with pytest.raises(TypeError, match="outside the order"):
        sorted(Certainty)


def make_prediction(certainty: Certainty, scores: dict[Certainty, float], **more: Any) -> Prediction:
    stance_scores = {label: float(label is Stance.ASSERTED) for label in Stance}
    return Prediction("She says it may rain.", certainty, Stance.ASSERTED, scores, stance_scores, **more)


def test_the_certainty_score_is_the_expected_level() -> None:
    scores = dict(zip(Certainty, (0.5, 0.2, 0.1, 0.2), strict=True))
    assert make_prediction(Certainty.CERTAIN, scores).certainty_score == pytest.approx((0.5 + 0.2 * 0.5) / 0.8)
    assert make_prediction(Certainty.UNCOMMITTED, scores).certainty_score is None
    sure = dict(zip(Certainty, (1.0, 0.0, 0.0, 0.0), strict=True))
    assert make_prediction(Certainty.CERTAIN, sure).certainty_score == 1


def test_cues_and_sources_are_the_two_kinds_of_span() -> None:
    source, cue = Span(0, 3, SpanType.SOURCE_UNNAMED, "She"), Span(12, 15, SpanType.MODAL, "may")
    prediction = make_prediction(Certainty.POSSIBLE, dict.fromkeys(Certainty, 0.25), spans=(source, cue))
    assert (prediction.cues, prediction.sources) == ((cue,), (source,))


def test_results_come_back_from_their_rows() -> None:
    prediction = make_prediction(
        Certainty.POSSIBLE,
        dict.fromkeys(Certainty, 0.25),
        spans=(Span(12, 15, SpanType.MODAL, "may", 0.98),),
        start=7,
        other_scores={"tone": {"calm": 0.75, "alarmed": 0.25}},
        read_to=18,
        other_spans={"places": (), "weather": (Span(16, 20, "rain", "rain", 0.5),)},
    )
    document = Document((prediction,), "a.txt", "1234567She says it may rain.")
    row = json.loads(json.dumps(document.to_dict()))
    assert Document.from_dict(row) == document
    assert row["sentences"][0]["tone"] == "calm"
    assert row["sentences"][0]["weather"][0]["type"] == "rain"
    assert Prediction.from_dict({"doc": "a", "index": 0, "row": {"x": 1}, **prediction.to_dict()}) == prediction


def test_a_row_that_abstained_comes_back_with_its_best_label() -> None:
    scores = dict(zip(Certainty, (0.1, 0.2, 0.6, 0.1), strict=True))
    row = make_prediction(Certainty.POSSIBLE, scores).to_dict() | {"certainty": None}
    assert Prediction.from_dict(row).certainty is Certainty.POSSIBLE


def test_results_are_shown_in_one_short_line() -> None:
    prediction = make_prediction(Certainty.POSSIBLE, dict.fromkeys(Certainty, 0.25))
    assert repr(prediction) == "<Prediction 'She says it may rain.': possible, asserted, 0 spans>"
    assert len(repr(replace(prediction, text="long " * 100))) < 100
    assert repr(Document((prediction,), "a.txt")) == "<Document 'a.txt': 1 sentences>"
