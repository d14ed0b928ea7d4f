"""Training the linear model with scikit-learn, and writing it so that numpy alone can run it."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hedgerow.errors import RecipeError
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES
from hedgerow.predictors.linear import WORD
from hedgerow.training.recipe import LinearRecipe

if TYPE_CHECKING:
    from datasets import Dataset
    from sklearn.linear_model import LogisticRegression


def fit_linear(recipe: LinearRecipe, dataset: Dataset, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Fit `recipe` on `dataset` (hedgerow.corpus.to_dataset) and write the arrays to `folder`.

    Returns what the manifest must know to run them. TF-IDF and logistic regression are scikit-learn's.
    """
    from scipy.sparse import hstack

    texts: Sequence[str] = dataset["text"][:]
    say(f"counting n-grams in {len(texts):,} sentences")
    vectorizers = _vectorizers(recipe)
    try:
        features = hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers.values()]).tocsr()
    except ValueError as error:  # scikit-learn found no n-gram in so many sentences
        raise RecipeError(f"setting 'features.min_sentences' = {recipe.features.min_sentences}: {error}") from None
    arrays = {f"{kind}_idf": vectorizer.idf_.astype(np.float32) for kind, vectorizer in vectorizers.items()}
    for axis in AXES:
        say(f"fitting {axis} on {features.shape[1]:,} features")
        regression = _regress(recipe, features, np.asarray(dataset[axis]))
        arrays[f"{axis}_weights"] = regression.coef_.astype(np.float32)
        arrays[f"{axis}_bias"] = regression.intercept_.astype(np.float32)
    # In memory numpy keeps arrays in Fortran order where scikit-learn did; on disk the order is ours.
    in_order: dict[str, Any] = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    np.savez_compressed(folder / "weights.npz", **in_order)
    write_json(
        folder / "vocabulary.json",
        {kind: vectorizer.get_feature_names_out().tolist() for kind, vectorizer in vectorizers.items()},
    )
    return {"features": {f"{kind}_ngrams": asdict(recipe.features)[f"{kind}_ngrams"] for kind in vectorizers}}


def _vectorizers(recipe: LinearRecipe) -> dict[str, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared = {
        "min_df": recipe.features.min_sentences,
        "max_features": recipe.features.max_features,
        "sublinear_tf": True,
    }
    return {
        "word": TfidfVectorizer(token_pattern=WORD, ngram_range=recipe.features.word_ngrams, **shared),
        "character": TfidfVectorizer(analyzer="char_wb", ngram_range=recipe.features.character_ngrams, **shared),
    }


def _regress(recipe: LinearRecipe, features: Any, labels: Any) -> LogisticRegression:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    counts = Counter(labels.tolist())
    power = recipe.regression.class_weight_power
    weights = {label: (len(labels) / (len(counts) * count)) ** power for label, count in counts.items()}
    regression = LogisticRegression(
        C=recipe.regression.C,
        class_weight=weights,
        max_iter=recipe.regression.max_iter,
        random_state=recipe.seed,
    )
    # One thread: the sums come in the same order on any number of cores, and on two it is no slower.
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            regression.fit(features, labels)
        except ConvergenceWarning:
            limit = recipe.regression.max_iter
            raise RecipeError(f"setting 'regression.max_iter' = {limit}: not converged; raise it") from None
    return regression
