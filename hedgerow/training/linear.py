"""Fit the linear model with scikit-learn, and write it so that numpy alone can run it.

TF-IDF of word and character n-grams, and one logistic regression per head. An ordered head is fitted like another one.
"""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.classifier import Classifier
from hedgerow.errors import CorpusError, RecipeError
from hedgerow.head import CODEBOOK_HEADS, Head
from hedgerow.io.optional import library
from hedgerow.io.strict_json import write_json
from hedgerow.labels import Example, labelled_axes
from hedgerow.predictors.linear import WORD, load_linear
from hedgerow.training.heads import NO_AXIS, describe_head, label_of, to_heads
from hedgerow.training.model_folder import Fitted
from hedgerow.training.recipe import LinearRecipe

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

logger = logging.getLogger(__name__)


def fit_linear(recipe: LinearRecipe, examples: Sequence[Example], folder: Path) -> Fitted:
    """Fit `recipe` on `examples`, write the arrays to `folder`, and load them from there.

    It has the recipe's heads, by default one for each axis that rows are labelled on, and each is fitted on the rows
    that are labelled on it. Raises InputError if scikit-learn is not installed, RecipeError if the settings do not fit
    the data, CorpusError if no row is labelled on a head.
    """
    heads = linear_heads(recipe, examples)
    library("sklearn", needed_for="training a linear model", extra="eval")
    vectorizers = _vectorizers(recipe)
    features = _features(recipe, vectorizers, [example.text for example in examples])
    arrays = {f"{kind}_idf": vectorizer.idf_ for kind, vectorizer in vectorizers.items()}
    for head in heads:
        logger.info("fitting %s on %s features", head.name, f"{features.shape[1]:,}")
        arrays |= _fit_head(recipe, head, features, examples)
    _write(folder, arrays, vectorizers)
    manifest: dict[str, Any] = {
        "features": {
            "word_ngrams": recipe.features.word_ngrams,
            "character_ngrams": recipe.features.character_ngrams,
        }
    }
    if any(head.is_own for head in heads):
        manifest["heads"] = [describe_head(head) for head in heads]
    labels = {head.name: list(head.labels) for head in heads if not head.is_own}
    return Fitted(Classifier(load_linear(folder, {"labels": labels, **manifest})), manifest)


def linear_heads(recipe: LinearRecipe, examples: Sequence[Example]) -> tuple[Head, ...]:
    """Return the recipe's heads, by default one for each axis that rows are labelled on. Raises CorpusError."""
    axes = labelled_axes(examples)
    heads = to_heads(recipe.heads) or tuple(head for head in CODEBOOK_HEADS if head.name in axes)
    if not heads:
        raise CorpusError(f"no row is labelled on certainty or stance; {NO_AXIS}")
    return heads


def _fit_head(recipe: LinearRecipe, head: Head, features: Any, examples: Sequence[Example]) -> dict[str, Any]:
    """Return the weights of a head, (labels, features), and its bias, (labels,)."""
    rows = [at for at, example in enumerate(examples) if example.is_labelled_on(head.name)]
    if not rows:
        raise CorpusError(f"no row is labelled on {head.name!r}; a model cannot learn it, add some")
    labels = np.array([head.labels.index(str(label_of(examples[at], head.name))) for at in rows])
    regression = _regress(recipe, features if len(rows) == len(examples) else features[rows], labels)
    arrays = {"weights": regression.coef_, "bias": regression.intercept_}
    return {f"{head.name}_{name}": _of_each_label(array) for name, array in arrays.items()}


def _of_each_label(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights by label: of two labels, scikit-learn fits the second one's alone."""
    return np.concatenate([-weights, weights]) / 2 if len(weights) == 1 else weights


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


def _features(recipe: LinearRecipe, vectorizers: Mapping[str, Any], texts: Sequence[str]) -> Any:
    """Fit the vectorizers, and return the sparse matrix (sentences, features)."""
    from scipy.sparse import hstack

    logger.info("counting n-grams in %s sentences", f"{len(texts):,}")
    try:
        return hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers.values()]).tocsr()
    except ValueError as error:  # scikit-learn found no n-gram in so many sentences
        raise RecipeError(f"setting 'features.min_sentences' = {recipe.features.min_sentences}: {error}") from None


def _regress(recipe: LinearRecipe, features: Any, labels: NDArray[np.int64]) -> LogisticRegression:
    """Fit one head; `labels` are the places of the rows' labels among the head's."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    settings = recipe.regression
    counts = Counter(labels.tolist())
    power = settings.class_weight_power
    weights = {label: (len(labels) / (len(counts) * count)) ** power for label, count in counts.items()}
    regression = LogisticRegression(
        C=settings.C, class_weight=weights, max_iter=settings.max_iter, random_state=recipe.seed
    )
    # One thread: the sums come in the same order on any number of cores, and on two it is no slower.
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            regression.fit(features, labels)
        except ConvergenceWarning:
            raise RecipeError(f"setting 'regression.max_iter' = {settings.max_iter}: not converged; raise it") from None
    return regression


def _write(folder: Path, arrays: Mapping[str, Any], vectorizers: Mapping[str, Any]) -> None:
    # scikit-learn returns some arrays in Fortran order; on disk they are all in C order.
    in_order: dict[str, Any] = {name: np.ascontiguousarray(array.astype(np.float32)) for name, array in arrays.items()}
    np.savez_compressed(folder / "weights.npz", **in_order)
    vocabulary = {kind: vectorizer.get_feature_names_out().tolist() for kind, vectorizer in vectorizers.items()}
    write_json(folder / "vocabulary.json", vocabulary)
