"""NFC and NFD of a sentence get the same labels; offsets are in the text as given."""

from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hedgerow
from hedgerow import Prediction
from hedgerow.classifier.normalise import _alignment, restore_offsets

SENTENCES = [
    "Zoë Müller’s café may reportedly close, according to José.",
    "“Évidemment,” said Ångström, “it could be naïve.”",
    "서울 said it may rain.",
    "क्षेत्र might be said to be ready.",
]


@pytest.mark.parametrize("model", ["lexicon", "linear", "small", "base"])
@pytest.mark.parametrize("text", SENTENCES)
def test_both_forms_get_the_same_labels_and_spans(model: str, text: str) -> None:
    classifier = hedgerow.load(model)
    composed, decomposed = classifier.predict([normalize("NFC", text), normalize("NFD", text)])
    assert decomposed.text == normalize("NFD", text)
    assert (composed.certainty, composed.stance) == (decomposed.certainty, decomposed.stance)
    assert composed.certainty_scores == decomposed.certainty_scores
    for one, other in zip(composed.spans, decomposed.spans, strict=True):
        assert decomposed.text[other.start : other.end] == other.text
        assert normalize("NFC", other.text) == one.text
        assert (one.type, one.score) == (other.type, other.score)


def test_a_document_keeps_its_text_and_offsets() -> None:
    text = normalize("NFD", "Zoë may go. She said José left.")
    document = hedgerow.load("lexicon").read(text)
    assert [text[one.start : one.end] for one in document] == [one.text for one in document]


@given(st.text(alphabet="aé\u0f73\u0f71̀́ΩÅ가각ㄱ각ᄀ​क्षி்", max_size=12))
def test_every_offset_of_the_composed_form_has_a_place_in_the_text(text: str) -> None:
    starts, ends = _alignment(text)
    composed = normalize("NFC", text)
    assert len(starts) == len(ends) == len(composed) + 1
    assert (starts[0], ends[-1]) == (0, len(text))
    assert starts == sorted(starts)
    for at in range(len(composed)):
        assert starts[at] <= ends[at + 1]
        assert composed[at] in normalize("NFC", text[starts[at] : ends[at + 1]])


def test_where_reading_stopped_is_moved_too() -> None:
    text = normalize("NFD", "é may go.")
    prediction = hedgerow.load("lexicon")(normalize("NFC", text))
    restored: Prediction = restore_offsets(replace(prediction, read_to=1), text)
    assert restored.read_to == 2
