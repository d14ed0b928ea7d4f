"""A scikit-learn transformer: documents to the shares and mean scores of their labels.

>>> from hedgerow.integrations.sklearn import HedgerowFeatures
>>> features = HedgerowFeatures("lexicon", features=("shares",)).fit(["It may rain. It rained."])
>>> features.transform(["It may rain. It rained."])[0, :4]  # certain, probable, possible, uncommitted
array([0.5, 0. , 0.5, 0. ])
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import InputError
from hedgerow.head import LEVEL, Head
from hedgerow.integrations.reading import read_together, shared_classifier
from hedgerow.io.optional import library
from hedgerow.io.text_checks import text_error
from hedgerow.labels import SPANS
from hedgerow.results import Prediction
from hedgerow.sentences import Sentence
from hedgerow.sentences import stream as split

_base: Any = library("sklearn.base", needed_for="HedgerowFeatures", extra="eval")
_validation: Any = library("sklearn.utils.validation", needed_for="HedgerowFeatures", extra="eval")

KINDS = ("shares", "scores", "spans")
DOCUMENTS_AT_ONCE = 256  # labelled in one call


class HedgerowFeatures(_base.TransformerMixin, _base.BaseEstimator):  # type: ignore[misc]
    """Turn documents (strings) into features, one row per document, for all heads of the model.

    Parameters
    ----------
    model : str or Path
        A shipped model's name, or a model folder. All estimators of a process share one that is loaded, with its cache
        of predictions, so that folds of a cross-validation do not label a document again.
    features : collection of "shares", "scores", "spans"
        Which features: HEAD_share_LABEL, the share of sentences with the label; HEAD_score_LABEL, its mean score, and
        HEAD_level, the mean level of an ordered head of the user's own, 0 (its first label) to 1;
        HEAD_per_sentence_TYPE, how many spans of the type a sentence has on average.
    lines : bool
        Whether every line of a document is a paragraph.
    blank : "error" or "nan"
        For a document that is missing or has no sentence: raise an error, or put NaN in its features.
    threads : int, optional
        How many batches a network runs at the same time; by default one per core.

    Attributes
    ----------
    classifier_ : Classifier
        The loaded model.

    Examples
    --------
    >>> from hedgerow.integrations.sklearn import HedgerowFeatures
    >>> features = HedgerowFeatures("lexicon", features=("shares",)).fit(["It may rain. It rained."])
    >>> str(features.get_feature_names_out()[2])
    'certainty_share_possible'
    >>> features.transform(["It may rain. It rained."])[0, :4].tolist()
    [0.5, 0.0, 0.5, 0.0]
    """

    def __init__(
        self,
        model: str | Path = "base",
        *,
        features: Collection[str] = KINDS,
        lines: bool = False,
        blank: str = "error",
        threads: int | None = None,
    ) -> None:
        self.model = model
        self.features = features
        self.lines = lines
        self.blank = blank
        self.threads = threads

    def fit(self, X: Any, y: Any = None) -> HedgerowFeatures:  # noqa: N803, ARG002  # scikit-learn's names
        """Load the model; nothing is learnt from the documents.

        Parameters
        ----------
        X : sequence of str
            The documents.
        y : ignored
            For scikit-learn's pipelines.

        Returns
        -------
        HedgerowFeatures
            The transformer itself.

        Raises
        ------
        InputError
            For a parameter or documents that cannot be used.
        ModelError
            If there is no such model.
        """
        self._check_parameters()
        _documents(X)
        self.classifier_ = shared_classifier(self.model, threads=self.threads)
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the features of documents.

        Parameters
        ----------
        X : sequence of str
            The documents.

        Returns
        -------
        array of float
            The features, (documents, features), named by `get_feature_names_out`.

        Raises
        ------
        InputError
            For a document that is no string, or that is blank unless `blank` is "nan".
        """
        _validation.check_is_fitted(self)
        documents = _documents(X)
        texts = [self._split(document, number) for number, document in enumerate(documents)]
        rows = [
            self._features(sentences)
            for start in range(0, len(texts), DOCUMENTS_AT_ONCE)
            for sentences in read_together(self.classifier_, texts[start : start + DOCUMENTS_AT_ONCE])
        ]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self._names()))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002  # its interface
        """Return the names of the features, in order."""
        _validation.check_is_fitted(self)
        return np.array(self._names(), dtype=object)

    def __sklearn_tags__(self) -> Any:
        """Say that the input is strings, and that nothing depends on the data of `fit`."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.allow_nan = self.blank == "nan"
        return tags

    def _check_parameters(self) -> None:
        if isinstance(self.features, str) or not isinstance(self.features, Collection) or not self.features:
            raise InputError(f"features={self.features!r}: give several of {', '.join(KINDS)}, such as ('shares',)")
        if unknown := [kind for kind in self.features if kind not in KINDS]:
            raise InputError(f"features: {unknown[0]!r} is not one of {', '.join(KINDS)}")
        if self.blank not in ("error", "nan"):
            raise InputError(f"blank={self.blank!r} is not one of 'error', 'nan'")
        if not isinstance(self.lines, bool):
            raise InputError(f"lines={self.lines!r}: give True or False")
        if not isinstance(self.model, str | Path):
            raise InputError(f"model={self.model!r}: give a shipped model's name, or a folder")
        if self.threads is not None and (type(self.threads) is not int or self.threads < 1):  # True is an int too
            raise InputError(f"threads={self.threads!r}: give 1 or more, or None for one per core")

    def _split(self, document: Any, number: int) -> list[Sentence]:
        if self.blank == "nan" and (_is_missing(document) or not document.strip()):
            return []
        if _is_missing(document) or (isinstance(document, str) and not document.strip()):
            raise InputError(f"document {number} is blank; leave it out, or use HedgerowFeatures(blank='nan')")
        if (error := text_error(document, "text")) is not None:
            raise InputError(f"document {number}: {error}")
        return list(split([document], lines=self.lines))

    def _heads(self) -> list[Head]:
        """Return the heads in the order of the features."""
        return list(self.classifier_.heads)

    def _names(self) -> list[str]:
        words = {"shares": "share", "scores": "score", "spans": "per_sentence"}
        names = []
        for head in self._heads():
            kinds = [kind for kind in KINDS if kind in self.features and (kind == "spans") == (head.kind == "span")]
            names += [f"{head.name}_{words[kind]}_{label}" for kind in kinds for label in head.labels]
            names += [f"{head.name}_{LEVEL}"] if head.is_ordered and "scores" in kinds else []
        return names

    def _features(self, sentences: Sequence[Prediction]) -> list[float]:
        """Return the features of one document, in the order of `_names`."""
        if not sentences:
            return [np.nan] * len(self._names())
        values: list[float] = []
        for head in self._heads():
            if head.kind == "span":
                values += _span_rates(sentences, head) if "spans" in self.features else []
                continue
            scores = np.array([[one.scores(head.name)[label] for label in head.labels] for one in sentences])
            if "shares" in self.features:
                values += _shares(sentences, head)
            if "scores" in self.features:
                values += scores.mean(axis=0).tolist()
                values += [float(np.mean([one.levels[head.name] for one in sentences]))] if head.is_ordered else []
        return values


def _shares(sentences: Sequence[Prediction], head: Head) -> list[float]:
    labels = [getattr(one, head.name) if not head.is_own else _best(one.scores(head.name)) for one in sentences]
    return [labels.count(label) / len(labels) for label in head.labels]


def _best(scores: Mapping[str, float]) -> str:
    return max(scores, key=scores.__getitem__)


def _span_rates(sentences: Sequence[Prediction], head: Head) -> list[float]:
    found = [
        span.type for one in sentences for span in (one.spans if head.name == SPANS else one.other_spans[head.name])
    ]
    return [found.count(label) / len(sentences) for label in head.labels]


def _documents(documents: Any) -> list[Any]:
    """Return the documents as a list; raise InputError if they are not one column of texts."""
    if isinstance(documents, str):
        raise InputError("HedgerowFeatures takes a list of documents, not one string")
    if getattr(documents, "ndim", 1) != 1:
        raise InputError(
            f"HedgerowFeatures takes one column of documents, not an array of shape {documents.shape}; name the column "
            "itself, not a list of columns"
        )
    if isinstance(documents, Mapping | Set | Iterator) or not isinstance(documents, Iterable):
        raise InputError(f"HedgerowFeatures takes a list of documents, not {type(documents).__name__}; give a list")
    found = list(documents)
    for number, document in enumerate(found):
        if not isinstance(document, str) and not _is_missing(document):
            raise InputError(f"document {number} is {type(document).__name__}, not a string")
    return found


def _is_missing(document: Any) -> bool:
    """Return whether this is None, NaN or pandas' NA."""
    return document is None or type(document).__name__ in ("NAType", "NaTType") or document != document
