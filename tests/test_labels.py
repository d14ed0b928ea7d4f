"""The codebook in code."""

import json
import re
from pathlib import Path

from hedgerow import Certainty, Document, Prediction, Span, SpanType, Stance
from hedgerow.labels import Example

CODEBOOK = (Path(__file__).parents[1] / "data" / "CODEBOOK.md").read_text("utf-8")


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


def test_the_unit_of_an_example_is_its_group_else_its_document_else_itself() -> None:
    fields = ("x", "Text.", Certainty.CERTAIN, Stance.ASSERTED)
    assert Example(*fields, group="g", doc="d").group_key == "g"
    assert Example(*fields, doc="d").group_key == "d"
    assert Example(*fields).group_key == "x"
