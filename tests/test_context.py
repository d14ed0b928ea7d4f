"""The context of a sentence in its text: running quotations, and who a pronoun is."""

from collections.abc import Sequence

import pytest

from hedgerow import Certainty, Prediction, Span, SpanType, Stance
from hedgerow.classifier import Classifier
from hedgerow.labels import CODEBOOK_HEADS


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
        ("“We lost. It is over. Go home,” he said. It rained.", "asserted attributed asserted asserted"),
        ('"We lost. It is over. Go home," he said. It rained.', "asserted attributed asserted asserted"),
        ("He spoke: “We lost. It is over.” It rained.", "asserted attributed asserted"),
        ("“We lost.” It is over.", "asserted asserted"),
        ("“We lost. It is over.\n\nIt rained. It stopped.", "asserted attributed asserted asserted"),
    ],
)
def test_a_sentence_wholly_inside_an_open_quotation_is_attributed(text: str, expected: str) -> None:
    assert stances(text) == expected.split()


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
