"""The linear model at run time gives what scikit-learn gave in training."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from hedgerow import Certainty, ModelError, Stance, corpus
from hedgerow.predictors.folder import read_manifest
from hedgerow.predictors.linear import WORD, character_ngrams, load_linear, whitespace_words, word_ngrams
from hedgerow.training.linear import fit_linear
from hedgerow.training.recipe import LinearRecipe, read_recipe

TEXTS = st.text(st.sampled_from("abAB '’?.,“”  \n\té😀İß1"), max_size=60) | st.text(max_size=60)


@given(TEXTS)
@settings(deadline=None)
def test_ngrams_are_those_of_scikit_learn(text: str) -> None:
    words = TfidfVectorizer(token_pattern=WORD, ngram_range=(1, 3)).build_analyzer()
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()
    assert Counter(word_ngrams(text, (1, 3))) == Counter(words(text))
    ours = (gram for word in whitespace_words(text) for gram in character_ngrams(word, (2, 5)))
    assert Counter(ours) == Counter(characters(text))


def test_scores_are_those_of_scikit_learn(recipe: Path, tmp_path: Path) -> None:
    settings_ = read_recipe(recipe)
    assert isinstance(settings_, LinearRecipe)
    examples = corpus.load([recipe.parent / "train.jsonl"])
    texts = [example.text for example in examples]
    folder = tmp_path / "model"
    folder.mkdir()
    model = fit_linear(settings_, examples, folder).classifier.model

    shared = {"min_df": 1, "max_features": 500, "sublinear_tf": True}
    vectorizers = [
        TfidfVectorizer(token_pattern=WORD, ngram_range=(1, 2), **shared),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), **shared),
    ]
    features = hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers])
    unseen = ["He may, or may not, go.", "Zzz!", "", "IT IS UNCLEAR\nwhether she SAID so."]
    tested = hstack([vectorizer.transform(unseen) for vectorizer in vectorizers])
    predictions = model.label(unseen)
    for axis, enum in (("certainty", Certainty), ("stance", Stance)):
        gold = [list(enum).index(getattr(example, axis)) for example in examples]
        oracle = LogisticRegression(C=4.0, class_weight="balanced", max_iter=100).fit(features, gold)
        for prediction, scores in zip(predictions, oracle.predict_proba(tested), strict=True):
            ours = [getattr(prediction, f"{axis}_scores")[label] for label in enum]
            assert ours == pytest.approx(scores, abs=1e-4)
            assert getattr(prediction, axis) is list(enum)[int(np.argmax(scores))]


def test_a_prediction_does_not_depend_on_the_other_sentences(tiny_model: Path) -> None:
    model = load_linear(tiny_model, read_manifest(tiny_model))
    texts = ["He may go.", "", "She denied it. " * 400]
    assert model.label(texts) == [model.label([text])[0] for text in texts]


def test_a_vocabulary_that_does_not_fit_the_weights_is_rejected(tiny_model: Path, tmp_path: Path) -> None:
    manifest = read_manifest(tiny_model)
    (tmp_path / "weights.npz").write_bytes((tiny_model / "weights.npz").read_bytes())
    (tmp_path / "vocabulary.json").write_text(json.dumps({"word": ["a"], "character": []}))
    with pytest.raises(ModelError, match="weights of shape"):
        load_linear(tmp_path, manifest)
