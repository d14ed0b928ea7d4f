"""The lexicon: what a cue says in its sentence. Each rule stands with its contrast."""

import pytest

from hedgerow.predictors.lexicon import load_lexicon

CASES = [
    # a report that was not made, and one that was
    ("The harbour office has not confirmed that the crane fell.", "uncommitted", "asserted"),
    ("The harbour office has confirmed that the crane fell.", "certain", "endorsed"),
    ("The grocer refused to deny the rumour.", "uncommitted", "asserted"),
    ("The grocer denied the rumour.", "certain", "disputed"),
    ("Divers could neither confirm nor deny the sighting.", "uncommitted", "asserted"),
    ("Police said they could not confirm that the van was stolen.", "uncommitted", "attributed"),
    ("The bakery declined to comment.", "certain", "asserted"),
    ("No one disputes that the tower leans.", "certain", "asserted"),
    ("The surveyor disputes that the tower leans.", "certain", "disputed"),
    ("Vets have not ruled out rabies.", "possible", "asserted"),
    ("If the bank confirms the transfer, the sale will close.", "uncommitted", "asserted"),
    ("Did the clerk confirm the transfer?", "uncommitted", "asserted"),
    ("He wants to reveal the winner.", "certain", "asserted"),
    # tag questions
    ("The kettle has boiled, hasn't it?", "certain", "asserted"),
    ("Has the kettle boiled?", "uncommitted", "asserted"),
    ("“Has the kettle boiled?” she said.", "uncommitted", "attributed"),
    # headlines
    ("Survey: renters move less often", "certain", "attributed"),
    ("Ferry line to close in May – union", "certain", "attributed"),
    ("Dessert: pears in red wine", "certain", "asserted"),
    ("PM: We will come back to that tomorrow.", "certain", "asserted"),
    # other senses
    ("The guard denied him entry.", "certain", "asserted"),
    ("The guard denied the theft.", "certain", "disputed"),
    ("The council rejected the offer.", "certain", "asserted"),
    ("The council rejected the allegation.", "certain", "disputed"),
    ("She left a note on the fridge.", "certain", "asserted"),
    ("She noted that the fridge was empty.", "certain", "endorsed"),
    ("He filed an insurance claim.", "certain", "asserted"),
    ("They claim that the roof leaked.", "probable", "distanced"),
    ("The sailors reported for duty.", "certain", "asserted"),
    ("The sailors reported that the mast broke.", "certain", "attributed"),
    ("He found a coin.", "certain", "asserted"),
    ("The study found a gap.", "certain", "endorsed"),
    ("The alleged thief was held.", "certain", "asserted"),
    ("The thief allegedly fled.", "possible", "distanced"),
    ("The forms may be used twice.", "certain", "asserted"),
    ("The forms may be lost.", "possible", "asserted"),
    # subordinate clauses
    ("Because the dam may burst, the road is shut.", "certain", "asserted"),
    ("The dam may burst and the road is shut.", "possible", "asserted"),
    ("The risks that may remain are small.", "certain", "asserted"),
    ("The clerk says that may be true.", "possible", "attributed"),
]


def labels(text: str) -> tuple[str, str]:
    (prediction,) = load_lexicon().label([text])
    return str(prediction.certainty), str(prediction.stance)


@pytest.mark.parametrize(("text", "certainty", "stance"), CASES)
def test_a_cue_is_read_in_its_sentence(text: str, certainty: str, stance: str) -> None:
    assert labels(text) == (certainty, stance)


@pytest.mark.parametrize(("opening", "closing"), [('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»")])
def test_scare_quotes_distance_in_every_style_of_mark(opening: str, closing: str) -> None:
    assert labels(f"The {opening}rescue{closing} cost two lives.") == ("certain", "distanced")
    assert labels(f"The {opening}rescue{closing} boat is new.") == ("certain", "asserted")
    assert labels(f"It is called the {opening}rescue{closing}.") == ("certain", "asserted")


def test_the_source_of_a_headline_and_a_negated_report_are_spans() -> None:
    (headline, negated) = load_lexicon().label(["Survey: renters move less often", "She has not confirmed the sale."])
    found = [(span.text, str(span.type)) for span in headline.spans]
    assert found == [("Survey", "source_named"), ("often", "approximator")]
    assert ("has not confirmed", "condition") in [(span.text, str(span.type)) for span in negated.spans]
