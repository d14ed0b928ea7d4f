"""The context of a sentence in its text: running quotations, and who a pronoun is."""

from collections.abc import Sequence

import pytest

import hedgerow
from hedgerow import Certainty, Prediction, Span, SpanType, Stance
from hedgerow.classifier import Classifier
from hedgerow.head import CODEBOOK_HEADS


class Asserting:
    """A model that takes everything for the writer's own, and marks one word as a source where it stands."""

    name = "asserting"
    heads = CODEBOOK_HEADS
    preferred_batch_size = 64
    prefetch = 0

    def __init__(self, **sources: SpanType) -> None:
        self.sources = sources

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        scores = {label: 0.6 if label is Stance.ASSERTED else 0.1 for label in Stance}
        return [
            Prediction(text, Certainty.CERTAIN, Stance.ASSERTED, {Certainty.CERTAIN: 1.0}, scores, self.spans(text))
            for text in texts
        ]

    def spans(self, text: str) -> tuple[Span, ...]:
        return tuple(
            Span(text.index(word), text.index(word) + len(word), kind, word)
            for word, kind in self.sources.items()
            if word in text
        )


def stances(text: str) -> list[str]:
    return [str(prediction.stance) for prediction in Classifier(Asserting()).read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We lost. It is over. Go home,” he said. It rained.", "attributed attributed asserted asserted"),
        ('"We lost. It is over. Go home," he said. It rained.', "attributed attributed asserted asserted"),
        ("He spoke: “We lost. It is over.” It rained.", "asserted attributed asserted"),
        ("“We lost.” It is over.", "asserted asserted"),
        ("“We lost,” he said. “It is over. Go home.”", "asserted attributed attributed"),
        ("“We lost. It is over.\n\nIt rained. It stopped.", "attributed attributed asserted asserted"),
        (
            "He spoke. “We lost.\n\n“It is over.\n\n“Go home.”\n\nIt rained.",
            "asserted " + "attributed " * 3 + "asserted",
        ),
        ('"We lost," he began, "it is over. Go.\n\n"Now."\n\nIt rained.', "asserted attributed attributed asserted"),
        ("“He said, ‘We lost.’ Then he left,” she said. It rained.", "attributed asserted asserted"),
        ("„We lost. It is over“, he said. It rained.", "attributed asserted asserted"),
        ("»We lost. It is over.« It rained. It stopped.", "attributed attributed asserted asserted"),
        ("« We lost. It is over. » It rained. It stopped.", "attributed attributed asserted asserted"),
        ("”We lost. It is over.” It rained. It stopped.", "attributed attributed asserted asserted"),
        ("``We lost. It is over,'' he said. It rained.", "attributed asserted asserted"),
        ("‘We lost. The boys’ bus left. Go home,’ he said. It rained.", "attributed attributed asserted asserted"),
        ("He spoke: 'We lost. It's over. Go home.' It rained.", "asserted attributed attributed asserted"),
    ],
)
def test_a_sentence_wholly_inside_an_open_quotation_is_attributed(text: str, expected: str) -> None:
    assert stances(text) == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        'The shelf is 10" deep. It sags. Saw it at 8" and plane it. It rained.',
        "She is 5' 9\" tall. The room is 12' long. It rained.",
        "It was the '80s. Rock 'n' roll was back. 'Twas loud. It rained.",
        "The farmers' market opened. The girls' coats were wet. It rained.",
        "He is from 'Frisco. It rained. It stopped.",
        "The ‘90s were odd. It rained. It stopped.",
        'The "class of 1999" met. It rained. It stopped.',
        "He called it 'a war' then. It rained. It stopped.",
    ],
)
def test_an_inch_mark_or_an_apostrophe_opens_no_quotation(text: str) -> None:
    assert set(stances(text)) == {"asserted"}


def test_an_inch_mark_closes_no_quotation() -> None:
    text = '"It is oak. The shelf is 10" deep. It sags," he said. It rained.'
    assert stances(text) == ["attributed", "attributed", "asserted", "asserted"]


def test_a_speaker_is_no_source_and_holds_for_the_paragraph() -> None:
    text = "ANNA: Anna fell. It rained.\n\nBEN: No.\n\nIt stopped."
    document = Classifier(Asserting(Anna=SpanType.SOURCE_NAMED, ANNA=SpanType.SOURCE_NAMED)).read(text)
    assert [(one.text, one.speaker) for one in document] == [
        ("ANNA: Anna fell.", "ANNA"),
        ("It rained.", "ANNA"),
        ("BEN: No.", "BEN"),
        ("It stopped.", None),
    ]
    assert [(span.start, span.end, span.text) for span in document[0].spans] == [(6, 10, "Anna")]
    assert [Prediction.from_dict(one.to_dict()).speaker for one in document] == ["ANNA", "ANNA", "BEN", None]
    assert "speaker" not in document[3].to_dict()


def test_an_editorial_tag_changes_no_label_and_moves_no_span() -> None:
    document = Classifier(Asserting(left=SpanType.SOURCE_NAMED)).read(
        "Some[who?] say he left [when?] early.[citation needed]"
    )
    assert [(span.start, span.text) for span in document[0].spans] == [(18, "left")]
    assert document[0].text == "Some[who?] say he left [when?] early.[citation needed]"
    tagged, plain = (hedgerow.load("lexicon").read(f"It may rain in May{tag}.")[0] for tag in (" [when?]", ""))
    assert (tagged.certainty, tagged.stance) == (plain.certainty, plain.stance)


def test_a_line_is_a_paragraph_on_request() -> None:
    text = "“It rained. We lost\nIt stopped"
    read = Classifier(Asserting()).read(text, lines=True)
    assert [(one.text, str(one.stance)) for one in read][1:] == [("We lost", "attributed"), ("It stopped", "asserted")]


def test_what_spoke_for_asserted_speaks_for_attributed() -> None:
    quoted = Classifier(Asserting()).read("“We lost. It is over.”")[1]
    assert quoted.stance_scores[Stance.ATTRIBUTED] == pytest.approx(0.7)
    assert quoted.stance_scores[Stance.ASSERTED] == 0


def test_predict_knows_no_neighbours() -> None:
    stance = [p.stance for p in Classifier(Asserting()).predict(["“We lost.", "It is over.”"])]
    assert stance == [Stance.ASSERTED, Stance.ASSERTED]


def test_a_pronoun_is_named_when_the_text_has_just_named_someone() -> None:
    model = Asserting(Vell=SpanType.SOURCE_NAMED, She=SpanType.SOURCE_UNNAMED)
    far = " It rained." * 4
    for text, expected in (
        ("Vell said so. She said more.", SpanType.SOURCE_NAMED),
        (f"Vell said so.{far} She said more.", SpanType.SOURCE_UNNAMED),
        ("It rained. She said more.", SpanType.SOURCE_UNNAMED),
    ):
        assert Classifier(model).read(text)[-1].spans[0].type is expected
