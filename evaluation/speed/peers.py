"""Fast classifiers of other kinds, trained on the same labels, to set beside our models.

TF-IDF of words and pairs of words with logistic regression, and static embeddings with a hidden layer (see
static_embeddings). They give the labels of both axes and no spans. None is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.speed.static_embeddings import train_static
from hedgerow.io.optional import library
from hedgerow.labels import AXES, Example

SEED = 13


@dataclass(frozen=True, slots=True)
class Peer:
    """A name, and a function from texts to labels by axis."""

    name: str
    label: Callable[[Sequence[str]], Mapping[str, Sequence[str]]]


def train_peers(examples: Sequence[Example], encoder: Path | None) -> list[Peer]:
    """Return the peers, fitted on `examples`; static embeddings need an `encoder` folder."""
    library("sklearn", needed_for="training peers", extra="eval")
    peers = [train_tfidf(examples)]
    if encoder is not None:
        peers.append(Peer("static embeddings, hidden layer", train_static(examples, encoder, seed=SEED).label))
    return peers


def train_tfidf(examples: Sequence[Example]) -> Peer:
    """Return TF-IDF of words and pairs of words, and one logistic regression per axis."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    matrix = vectorizer.fit_transform([example.text for example in examples])
    # Balanced weights are better than none on the pooled parts (.764 / .728, .752 / .719).
    regressions = {
        axis: LogisticRegression(C=10, class_weight="balanced", max_iter=1000, random_state=SEED).fit(
            matrix, [str(getattr(example, axis)) for example in examples]
        )
        for axis in AXES
    }

    def label(texts: Sequence[str]) -> dict[str, list[str]]:
        features = vectorizer.transform(texts)
        return {axis: regression.predict(features).tolist() for axis, regression in regressions.items()}

    return Peer("TF-IDF, logistic regression", label)
