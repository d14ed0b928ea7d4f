"""The runtime: streams, texts, and models that cannot be loaded."""

import itertools
import json
import shutil
from pathlib import Path

import pytest

import hedgerow
from hedgerow import InputError, ModelError


def test_predictions_stream_from_an_endless_iterable(tiny_model: Path) -> None:
    classifier = hedgerow.load(tiny_model)
    endless = (f"Sentence {number} may be true." for number in itertools.count())
    first = list(itertools.islice(classifier.predict(endless), 3))
    assert [prediction.text[9] for prediction in first] == ["0", "1", "2"]


def test_scores_cover_every_label_and_sum_to_one(tiny_model: Path) -> None:
    (prediction,) = hedgerow.load(tiny_model).predict(["He may go."])
    assert set(prediction.certainty_scores) == set(hedgerow.Certainty)
    assert set(prediction.stance_scores) == set(hedgerow.Stance)
    assert sum(prediction.certainty_scores.values()) == pytest.approx(1)
    assert prediction.certainty_scores[prediction.certainty] == max(prediction.certainty_scores.values())


def test_a_text_is_read_with_offsets_into_it(tiny_model: Path) -> None:
    text = "A headline\n\n  He may go. “She said 😀 so.”\n"
    document = hedgerow.load(tiny_model).read(text, name="a.txt")
    assert [text[p.start : p.end] for p in document] == [p.text for p in document]
    assert [p.text for p in document] == ["A headline", "He may go.", "“She said 😀 so.”"]
    assert document.name == "a.txt"


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_text_without_words_is_an_empty_document(tiny_model: Path, text: str) -> None:
    assert len(hedgerow.load(tiny_model).read(text)) == 0


def test_an_empty_and_a_very_long_sentence_are_labelled(tiny_model: Path) -> None:
    for model in (tiny_model, "lexicon"):
        assert len(list(hedgerow.load(model).predict(["", "word " * 20_000]))) == 2


def test_what_is_no_sentence_is_refused(tiny_model: Path) -> None:
    classifier = hedgerow.load(tiny_model)
    with pytest.raises(InputError, match="not one string"):
        classifier.predict("He may go.")
    with pytest.raises(InputError, match="sentence 1 is int"):
        list(classifier.predict(["Fine.", 3]))  # type: ignore[list-item]
    with pytest.raises(InputError, match=r"sentence 0: lone surrogate U\+D83D"):
        list(classifier.predict(["cut \ud83d"]))
    with pytest.raises(InputError, match="lone surrogate"):
        classifier.read("cut \ud83d")
    with pytest.raises(InputError, match="not bytes"):
        classifier.read(b"He may go.")  # type: ignore[arg-type]


def test_a_name_that_is_no_model_is_refused_with_those_there_are() -> None:
    with pytest.raises(ModelError, match=r"nope: no model .* shipped are lexicon, linear"):
        hedgerow.load("nope")


def test_a_model_whose_files_changed_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    for damage, message in (
        (lambda folder: (folder / "weights.npz").write_bytes(b"x"), "weights.npz: missing or changed"),
        (lambda folder: (folder / "vocabulary.json").unlink(), "vocabulary.json: missing or changed"),
        (lambda folder: (folder / "hedgerow.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "hedgerow.json").write_text('{"schema": 99}'), "not a model of schema 1"),
        (lambda folder: edit(folder, labels={"certainty": ["sure"]}), "not those of this version's codebook"),
        (lambda folder: (folder / "hedgerow.json").write_text('{"schema": 1}'), "not those of this version's"),
        (lambda folder: edit(folder, files=[]), "incomplete"),
        (without_weights, "has no weights.npz"),
        (lambda folder: edit(folder, kind="oracle"), "kind 'oracle', which this version cannot run"),
    ):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(tiny_model, folder)
        damage(folder)
        with pytest.raises(ModelError, match=message.replace(".", r"\.")):
            hedgerow.load(folder)


def without_weights(folder: Path) -> None:
    edit(folder, files={})
    (folder / "weights.npz").unlink()


def edit(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "hedgerow.json").read_text())
    (folder / "hedgerow.json").write_text(json.dumps(manifest | changes))


def test_the_shipped_model_labels_the_sentence_of_the_readme() -> None:
    (prediction,) = hedgerow.load().predict(["He reportedly may resign."])
    assert (prediction.certainty, prediction.stance) == ("possible", "distanced")
    assert [span.text for span in prediction.spans] == ["reportedly", "may"]


def test_the_seed_article_is_labelled_where_it_is_present(shared: Path) -> None:
    document = hedgerow.load().read((shared / "seed" / "article.txt").read_text("utf-8"))
    assert len(document) == 26
    assert {prediction.stance for prediction in document} >= {"asserted", "attributed", "distanced"}
    assert {"possible", "probable", "certain"} <= {prediction.certainty for prediction in document}
    cues = {span.text.lower() for prediction in document for span in prediction.spans}
    assert {"reportedly", "according to", "could", "pointed out"} <= cues


def test_the_majority_gives_the_most_frequent_labels() -> None:
    from hedgerow import Certainty, Stance
    from hedgerow.baselines import Majority
    from hedgerow.labels import Example

    rows = [
        Example("a", "One.", Certainty.CERTAIN, Stance.ATTRIBUTED),
        Example("b", "Two.", Certainty.CERTAIN, Stance.ATTRIBUTED),
        Example("c", "Three.", Certainty.POSSIBLE, Stance.ASSERTED),
    ]
    (prediction,) = Majority.fit(rows).label(["Anything?"])
    assert (prediction.certainty, prediction.stance) == (Certainty.CERTAIN, Stance.ATTRIBUTED)
    assert prediction.certainty_scores[Certainty.POSSIBLE] == pytest.approx(1 / 3)
