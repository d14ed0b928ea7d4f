"""The runtime: streams, texts, and models that cannot be loaded."""

import hashlib
import io
import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hedgerow
from hedgerow import InputError, ModelError
from hedgerow.predictors import folder


def _pickled() -> bytes:
    file = io.BytesIO()
    np.savez(file, word_idf=np.array([{"code": "would run"}], dtype=object))
    return file.getvalue()


PICKLED = _pickled()


def test_predictions_stream_from_an_endless_iterable(tiny_model: Path) -> None:
    classifier = hedgerow.load(tiny_model)
    endless = (f"Sentence {number} may be true." for number in itertools.count())
    first = list(itertools.islice(classifier.stream(endless), 3))
    assert [prediction.text[9] for prediction in first] == ["0", "1", "2"]


def test_scores_cover_every_label_and_sum_to_one(tiny_model: Path) -> None:
    (prediction,) = hedgerow.load(tiny_model).predict(["He may go."])
    assert set(prediction.certainty_scores) == set(hedgerow.Certainty)
    assert set(prediction.stance_scores) == set(hedgerow.Stance)
    assert sum(prediction.certainty_scores.values()) == pytest.approx(1)
    assert prediction.certainty == max(prediction.certainty_scores, key=prediction.certainty_scores.__getitem__)


def test_a_text_is_read_with_offsets_into_it(tiny_model: Path) -> None:
    text = "A headline\n\n  He may go. “She said 😀 so.”\n"
    document = hedgerow.load(tiny_model).read(text, name="a.txt")
    assert [text[p.start : p.end] for p in document] == [p.text for p in document]
    assert [p.text for p in document] == ["A headline", "He may go.", "“She said 😀 so.”"]
    assert document.name == "a.txt"


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_blank_text_is_rejected_as_on_the_command_line(tiny_model: Path, text: str) -> None:
    classifier = hedgerow.load(tiny_model)
    with pytest.raises(InputError, match="read: text is empty"):
        classifier.read(text)
    with pytest.raises(InputError, match="sentence 0 is empty"):
        classifier(text)
    with pytest.raises(InputError, match="sentence 1 is empty"):
        classifier.predict(["Fine.", text])


def test_a_very_long_sentence_is_labelled(tiny_model: Path) -> None:
    for model in (tiny_model, "lexicon"):
        assert len(hedgerow.load(model).predict(["word " * 20_000])) == 1


def test_items_that_cannot_be_labelled_can_be_skipped(tiny_model: Path) -> None:
    items: list[Any] = ["Fine.", "", None, "cut \ud83d", "a\0b", 3, "Fine.", "He may go."]
    for cache_size in (0, 10):
        classifier = hedgerow.load(tiny_model, cache_size=cache_size)
        predictions = classifier.predict(items, errors="skip")
        texts = [prediction and prediction.text for prediction in predictions]
        assert texts == ["Fine.", None, None, None, None, None, "Fine.", "He may go."]
    with pytest.raises(InputError, match="errors='ignore' is not one of"):
        classifier.predict(["Fine."], errors="ignore")  # type: ignore[call-overload]


def test_what_was_labelled_before_an_error_is_yielded_first(tiny_model: Path) -> None:
    stream = hedgerow.load(tiny_model).stream(["One."] * 100 + [""])
    for _ in range(64):
        assert next(stream).text == "One."
    with pytest.raises(InputError, match="sentence 100 is empty"):
        list(stream)


def test_one_sentence_is_labelled_by_a_call(tiny_model: Path) -> None:
    classifier = hedgerow.load(tiny_model)
    assert classifier("He may go.") == classifier.predict(["He may go."])[0]
    with pytest.raises(InputError, match="one sentence, not list; use predict"):
        classifier(["He may go."])  # type: ignore[arg-type]


@pytest.mark.parametrize("setting", [{"threads": 0}, {"cache_size": -1}])
def test_settings_out_of_range_are_rejected(setting: dict[str, int]) -> None:
    with pytest.raises(InputError, match="or more"):
        hedgerow.load("lexicon", **setting)


def test_what_is_no_sentence_is_rejected(tiny_model: Path) -> None:
    classifier = hedgerow.load(tiny_model)
    with pytest.raises(InputError, match="not one string; use classifier"):
        classifier.predict("He may go.")
    with pytest.raises(InputError, match="iterable of sentences, not NoneType"):
        classifier.predict(None)  # type: ignore[call-overload]
    with pytest.raises(InputError, match="sentence 1 is int"):
        list(classifier.predict(["Fine.", 3]))  # type: ignore[list-item]
    with pytest.raises(InputError, match=r"sentence 0: lone surrogate U\+D83D"):
        list(classifier.predict(["cut \ud83d"]))
    with pytest.raises(InputError, match="lone surrogate"):
        classifier.read("cut \ud83d")
    with pytest.raises(InputError, match="text is bytes, not text"):
        classifier.read(b"He may go.")  # type: ignore[arg-type]


def test_a_name_that_is_no_model_is_rejected_with_those_there_are() -> None:
    with pytest.raises(
        ModelError, match=r"nope: no shipped model has this name.* shipped are base, linear, small, lexicon"
    ):
        hedgerow.load("nope")


def test_a_model_whose_files_changed_is_rejected(tiny_model: Path, tmp_path: Path) -> None:
    for damage, message in (
        (lambda folder: (folder / "weights.npz").write_bytes(b"x"), "weights.npz: missing or changed"),
        (lambda folder: (folder / "vocabulary.json").unlink(), "vocabulary.json: missing or changed"),
        (lambda folder: (folder / "hedgerow.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "hedgerow.json").write_text('{"schema": 99}'), "not a model of schema 1"),
        (lambda folder: edit(folder, labels={"certainty": ["sure"]}), "not those of this version's codebook"),
        (lambda folder: (folder / "hedgerow.json").write_text('{"schema": 1}'), "not those of this version's"),
        (
            lambda folder: edit(folder, files={}),
            "a linear model has recipe.toml, metrics.json, vocabulary.json, weights",
        ),
        (lambda folder: forge(folder, "weights.npz", PICKLED), "not a linear model"),
        (lambda folder: forge(folder, "vocabulary.json", b"[]"), "not a linear model"),
        (lambda folder: forge(folder, "vocabulary.json", b"[" * 100_000), "not a linear model"),
        (lambda folder: edit(folder, features={}), "not a linear model"),
        (lambda folder: edit(folder, kind="oracle"), "kind 'oracle', which this version cannot run"),
    ):
        copy = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(tiny_model, copy)
        damage(copy)
        with pytest.raises(ModelError, match=message.replace(".", r"\.")):
            hedgerow.load(copy)


def forge(folder: Path, name: str, content: bytes) -> None:
    """Another content whose hash the manifest vouches for."""
    (folder / name).write_bytes(content)
    files = json.loads((folder / "hedgerow.json").read_text())["files"]
    edit(folder, files=files | {name: hashlib.sha256(content).hexdigest()})


def edit(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "hedgerow.json").read_text())
    (folder / "hedgerow.json").write_text(json.dumps(manifest | changes))


def test_the_shipped_model_labels_the_sentence_of_the_readme() -> None:
    (prediction,) = hedgerow.load().predict(["He reportedly may resign."])
    assert (prediction.certainty, prediction.stance) == ("possible", "distanced")
    assert [span.text for span in prediction.spans] == ["reportedly", "may"]


@pytest.mark.parametrize(
    ("text", "model", "codebook"),
    [
        ("It could not possibly be true.", ("possible", "asserted"), ("certain", "asserted")),
        ("He could swim.", ("possible", "asserted"), ("certain", "asserted")),
        ("Nobody disputes the figures.", ("certain", "disputed"), ("certain", "asserted")),
        ("There is no doubt that he lied.", ("certain", "disputed"), ("certain", "asserted")),
    ],
)
def test_what_the_model_card_says_it_fails(text: str, model: tuple[str, str], codebook: tuple[str, str]) -> None:
    """Known faults of the shipped model: mend the card when one is gone."""
    (shipped,) = hedgerow.load("linear").predict([text])
    (rules,) = hedgerow.load("lexicon").predict([text])
    assert (shipped.certainty, shipped.stance) == model
    assert (rules.certainty, rules.stance) == codebook
    assert text.rstrip(".") in (Path(__file__).parents[1] / "model" / "README.md").read_text("utf-8").replace(
        "\n  ", " "
    )


def test_an_installed_package_finds_its_own_models_whatever_lies_beside_it(tmp_path: Path) -> None:
    package = tmp_path / "hedgerow"
    for place in (package / "model" / "mine", tmp_path / "model" / "theirs"):
        place.mkdir(parents=True)
        (place / "hedgerow.json").touch()
    (tmp_path / "train.py").touch()
    assert list(folder.trained(package)) == ["mine"]


def test_the_seed_article_is_labelled_where_it_is_present(shared: Path) -> None:
    document = hedgerow.load().read((shared / "seed" / "article.txt").read_text("utf-8"))
    assert len(document) == 26
    assert {prediction.stance for prediction in document} >= {"asserted", "attributed", "distanced"}
    assert {"possible", "probable", "certain"} <= {prediction.certainty for prediction in document}
    cues = {span.text.lower() for prediction in document for span in prediction.spans}
    assert {"reportedly", "according to", "could", "pointed out"} <= cues


def test_the_majority_gives_the_most_frequent_labels() -> None:
    from hedgerow import Certainty, Stance
    from hedgerow.labels import Example
    from hedgerow.predictors.majority import Majority

    rows = [
        Example("a", "One.", Certainty.CERTAIN, Stance.ATTRIBUTED),
        Example("b", "Two.", Certainty.CERTAIN, Stance.ATTRIBUTED),
        Example("c", "Three.", Certainty.POSSIBLE, Stance.ASSERTED),
    ]
    (prediction,) = Majority.fit(rows).label(["Anything?"])
    assert (prediction.certainty, prediction.stance) == (Certainty.CERTAIN, Stance.ATTRIBUTED)
    assert prediction.certainty_scores[Certainty.POSSIBLE] == pytest.approx(1 / 3)
