"""The scikit-learn transformer and the pandas table."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks

import hedgerow
from hedgerow import InputError, ModelError
from hedgerow.integrations.sklearn import HedgerowFeatures
from hedgerow.labels import Certainty, Span
from hedgerow.results import Prediction

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
HEDGED = ["It may rain. She left.", "Perhaps he went, officials said.", "It could be. It might be.", "It may close."]
PLAIN = ["It rained. She left.", "He went.", "The bridge opened on Monday.", "It closed. It was cold."]
DOCUMENTS, TARGETS = HEDGED + PLAIN, [1] * 4 + [0] * 4


def test_features_are_the_shares_mean_scores_and_span_rates_of_a_document() -> None:
    features = HedgerowFeatures("lexicon").set_output(transform="pandas")
    table = features.fit_transform(pd.Series(DOCUMENTS, index=range(10, 18)))
    assert list(table.columns) == list(features.get_feature_names_out())
    assert list(table.index) == list(range(10, 18))
    read = hedgerow.load("lexicon").read(DOCUMENTS[0])
    for label in Certainty:
        assert table.loc[10, f"certainty_share_{label}"] == sum(one.certainty == label for one in read) / len(read)
        mean = np.mean([one.certainty_scores[label] for one in read])
        assert table.loc[10, f"certainty_score_{label}"] == pytest.approx(mean)
    assert table.loc[10, "spans_per_sentence_modal"] == 0.5
    assert table.loc[11, "spans_per_sentence_source_unnamed"] == 1.0
    assert table.loc[10, "stance_share_asserted"] == 1.0


def test_it_works_in_pipelines_searches_and_columns() -> None:
    pipeline = make_pipeline(HedgerowFeatures("lexicon"), LogisticRegression())
    assert cross_val_score(pipeline, DOCUMENTS, TARGETS, cv=2).mean() > 0.7
    search = GridSearchCV(pipeline, {"hedgerowfeatures__features": [("scores",), ("shares", "spans")]}, cv=2)
    assert search.fit(DOCUMENTS, TARGETS).best_score_ > 0.7
    copy = pickle.loads(pickle.dumps(pipeline.fit(DOCUMENTS, TARGETS)))
    assert list(copy.predict(DOCUMENTS)) == TARGETS
    frame = pd.DataFrame({"text": DOCUMENTS, "n": range(8)})
    columns = make_column_transformer((HedgerowFeatures("lexicon", features=("shares",)), "text"))
    assert columns.fit_transform(frame).shape == (8, 9)
    wrong = make_column_transformer((HedgerowFeatures("lexicon"), ["text"]))
    with pytest.raises(InputError, match="one column of documents, not an array of shape"):
        wrong.fit(frame)


def test_folds_share_one_model_and_its_cache() -> None:
    first, second = (HedgerowFeatures("lexicon").fit(DOCUMENTS) for _ in range(2))
    assert first.classifier_ is second.classifier_


def test_it_follows_the_rules_of_scikit_learn_that_fit_text() -> None:
    estimator = HedgerowFeatures("lexicon")
    for name in (
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_valid_tag_types",
        "check_mixin_order",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
    ):
        getattr(estimator_checks, name)("HedgerowFeatures", clone(estimator))
    with pytest.raises(Exception, match="not fitted"):
        estimator.transform(DOCUMENTS)
    assert not estimator.__sklearn_tags__().input_tags.two_d_array


@pytest.mark.parametrize(
    ("parameters", "documents", "message"),
    [
        ({"features": ("share",)}, ["a"], "'share' is not one of shares, scores, spans"),
        ({"features": "shares"}, ["a"], r"give several of shares, scores, spans, such as \('shares',\)"),
        ({"features": ()}, ["a"], r"features=\(\): give several"),
        ({"blank": "drop"}, ["a"], "blank='drop' is not one of 'error', 'nan'"),
        ({"features": None}, ["a"], "features=None: give several of shares, scores, spans"),
        ({"threads": 0}, ["a"], "threads=0: give 1 or more"),
        ({"threads": True}, ["a"], "threads=True: give 1 or more"),
        ({"lines": 1}, ["a"], "lines=1: give True or False"),
        ({"model": 3}, ["a"], "model=3: give a shipped model's name"),
        ({}, "It may.", "a list of documents, not one string"),
        ({}, None, "a list of documents, not NoneType; give a list"),
        ({}, iter(["a"]), "a list of documents, not list_iterator"),  # it would be empty after `fit`
        ({}, 5, "a list of documents, not int"),
        ({}, {"It may.": 1}, "a list of documents, not dict"),
        ({}, {"It may."}, "a list of documents, not set"),
        ({}, ["It may.", 3], "document 1 is int, not a string"),
        ({}, ["It may.", " "], r"document 1 is blank; leave it out, or use HedgerowFeatures\(blank='nan'\)"),
        ({}, ["It may.", None], "document 1 is blank"),
        ({"blank": "nan"}, ["It may.", "a\0b"], "document 1: .*NUL"),
    ],
)
def test_parameters_and_documents_that_cannot_be_used_are_named(
    parameters: dict[str, Any], documents: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        HedgerowFeatures(**{"model": "lexicon", **parameters}).fit_transform(documents)


def test_blank_documents_are_nan_if_asked_for() -> None:
    with pytest.raises(ModelError, match="no shipped model"):
        HedgerowFeatures("none").fit(["It may."])
    features = HedgerowFeatures("lexicon", blank="nan").fit_transform(["It may rain.", "", None, float("nan"), pd.NA])
    assert np.isnan(features[1:]).all()
    assert not np.isnan(features[0]).any()
    assert HedgerowFeatures("lexicon").fit([]).transform([]).shape == (0, len(features[0]))


def test_a_frame_has_one_row_per_sentence() -> None:
    classifier = hedgerow.load("lexicon")
    named, unnamed = (
        classifier.read("It may rain, officials said. Will it?", name="a.txt"),
        classifier.read("It rained."),
    )
    frame = hedgerow.to_frame([named, unnamed])
    assert list(frame["doc"]) == ["a.txt", "a.txt", "1"]
    assert list(frame["index"]) == [0, 1, 0]
    assert list(frame["certainty"]) == ["possible", "uncommitted", "certain"]
    assert list(frame["certainty"].cat.categories) == ["uncommitted", "possible", "probable", "certain"]
    assert frame["certainty"].cat.ordered
    assert list(frame.loc[frame["certainty"] >= "possible", "text"]) == ["It may rain, officials said.", "It rained."]
    assert list(frame["certainty_score"].isna()) == [False, True, False]
    assert frame["certainty_possible"].tolist()[0] == named[0].to_dict()["certainty_scores"]["possible"]
    assert (frame["cues"][0], frame["sources"][0]) == (["may", "said"], ["officials"])
    assert frame["spans"][0] == [span.to_dict() for span in named[0].spans]
    assert frame["read_to"].isna().all()
    assert list(frame["stance"].cat.categories) == [str(label) for label in hedgerow.Stance]
    alone = hedgerow.to_frame(classifier.predict(["It may.", "It is."]))
    assert alone["doc"].isna().all()
    assert list(alone["index"]) == [0, 1]
    assert len(hedgerow.to_frame(named)) == 2
    assert len(hedgerow.to_frame(named[0])) == 1
    empty = hedgerow.to_frame([])
    assert (len(empty), list(empty.columns)) == (0, list(frame.columns))
    assert list(empty["certainty"].cat.categories) == list(frame["certainty"].cat.categories)


def test_a_frame_has_the_heads_of_ones_own_and_no_absent_axis() -> None:
    spans = {"names": (Span(0, 2, "place", "It", 0.9),)}
    own = Prediction("It is.", other_scores={"topic": {"sport": 0.2, "war": 0.8}}, other_spans=spans)
    frame = hedgerow.to_frame([own])
    assert "certainty" not in frame
    assert "stance" not in frame
    assert frame["certainty_score"].isna().all()
    assert (frame["topic"][0], frame["topic_war"][0]) == ("war", 0.8)
    assert list(frame["topic"].cat.categories) == ["sport", "war"]
    assert frame["names"][0][0]["type"] == "place"


def test_an_ordered_head_has_its_level_and_order(own_heads_model: Path) -> None:
    text = "It may rain. The bridge opened on Monday."
    read = hedgerow.load(own_heads_model).read(text)
    frame = hedgerow.to_frame(read)
    assert frame["urgency_level"].tolist() == [one.to_dict()["urgency_level"] for one in read]
    assert frame["urgency"].cat.ordered
    assert list(frame.loc[frame["urgency"] >= "low", "urgency"]) == [one.to_dict()["urgency"] for one in read]
    assert not frame["topic"].cat.ordered
    assert "topic_level" not in frame
    features = HedgerowFeatures(own_heads_model).set_output(transform="pandas")
    table = features.fit_transform([text])
    assert table.loc[0, "urgency_level"] == pytest.approx(np.mean([one.levels["urgency"] for one in read]))
    assert [name for name in table if name.endswith("_level")] == ["urgency_level"]
    assert "urgency_level" not in features.set_params(features=("shares",)).fit_transform([text])


def test_a_frame_of_something_else_is_an_error() -> None:
    for wrong, message in (("It may.", "not str"), (3, "not int"), ([None], "item 0 is NoneType")):
        with pytest.raises(InputError, match=message):
            hedgerow.to_frame(wrong)  # type: ignore[arg-type]


def test_without_its_library_each_integration_names_the_extra() -> None:
    code = """
import sys
sys.modules |= dict.fromkeys(["pandas", "sklearn", "spacy", "datasets"])
import hedgerow, hedgerow.integrations.datasets as datasets
def imported(name):
    return lambda: __import__(f"hedgerow.integrations.{name}")
features = lambda: datasets.labeller("lexicon").features({})
for run in (lambda: hedgerow.to_frame([]), imported("sklearn"), imported("spacy"), features):
    try:
        run()
    except hedgerow.InputError as error:
        print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    extras = [line.partition("pip install ")[2] for line in ran.stdout.splitlines()]
    assert extras == ["'hedgerow[pandas]'", "'hedgerow[eval]'", "'hedgerow[spacy]'", "'hedgerow[train]'"]
