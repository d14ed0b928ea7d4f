"""Label a Hugging Face dataset with `Dataset.map`, so that a second run is read from the cache.

    label = labeller("small")
    labelled = dataset.map(label, batched=True, features=label.features(dataset.features))

`datasets` caches by a fingerprint of the function. That of a labeller is the model's name (or its folder, however that
was written), the model's hash, the column and the version of hedgerow: the same model gives the same fingerprint in
every process, a changed model another. So does a copy of the model elsewhere: worker processes need the folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError, ModelError
from hedgerow.head import LEVEL
from hedgerow.integrations.reading import shared_classifier
from hedgerow.io.optional import library
from hedgerow.labels import SPANS
from hedgerow.predictors.folder import find, model_hash, shipped
from hedgerow.results import Prediction
from hedgerow.version import __version__


@dataclass(frozen=True, slots=True)
class Labeller:
    """A function for `Dataset.map`, of rows or of batches; each text is one sentence.

    It adds the fields of a labelled sentence: `certainty`, `certainty_scores`, `stance`, `stance_scores`, `spans`, and
    those of heads of the user's own (of an ordered one NAME_level too). A text that cannot be labelled (missing, blank)
    has None in each.

    Attributes
    ----------
    model : str
        A shipped model's name, or the path of its folder.
    text : str
        The column with the sentences.
    sha256, version : str
        The hash of the model, and the version of hedgerow.

    Examples
    --------
    >>> from hedgerow.integrations.datasets import labeller
    >>> sorted(labeller("lexicon")({"text": "It may rain."}))
    ['certainty', 'certainty_scores', 'spans', 'stance', 'stance_scores']
    """

    model: str
    text: str
    sha256: str
    version: str

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """Return the new columns of a batch, or the new fields of a row.

        Raises InputError if the column is not there or has no texts, and ModelError if the model has changed.
        """
        if self.text not in batch:
            raise InputError(f"no column {self.text!r}; the columns are {', '.join(batch)}: give labeller(text=NAME)")
        texts = batch[self.text]
        if texts is None or isinstance(texts, str):
            (row,) = self._label([texts])
            return row
        rows = self._label(list(texts))
        return {name: [row[name] for row in rows] for name in self._names()}

    def features(self, features: Mapping[str, Any]) -> Any:
        """Return a dataset's features with those of the new columns, so that the first rows do not decide the types.

        Parameters
        ----------
        features : mapping
            Those of the dataset.

        Returns
        -------
        datasets.Features
            Those of the dataset after `map`.

        Raises
        ------
        InputError
            If datasets is not installed, or the dataset already has a column of a new name.
        """
        datasets = library("datasets", needed_for="a labeller's features", extra="train")
        text, whole, number = datasets.Value("string"), datasets.Value("int64"), datasets.Value("float64")
        span = {"start": whole, "end": whole, "type": text, "text": text, "score": number}
        new: dict[str, Any] = {}
        for head in self._heads():
            if head.kind == "label":
                new |= {head.name: text, f"{head.name}_scores": dict.fromkeys(head.labels, number)}
                new |= {f"{head.name}_{LEVEL}": number} if head.is_ordered else {}
            else:
                new[head.name] = datasets.List(span)
        if taken := [name for name in new if name in features]:
            raise InputError(
                f"the dataset has a column {taken[0]!r} already; rename it (rename_column) before labelling"
            )
        return datasets.Features({**features, **new})

    def _label(self, texts: list[Any]) -> list[dict[str, Any]]:
        for number, text in enumerate(texts):
            if text is not None and not isinstance(text, str):
                raise InputError(f"column {self.text!r}: row {number} of a batch is {type(text).__name__}, not a text")
        names = self._names()
        predictions = self._classifier().predict(texts, errors="skip")
        return [dict.fromkeys(names) if one is None else _fields(one, names) for one in predictions]

    def _names(self) -> list[str]:
        """Return the names of the new columns."""
        names = []
        for head in self._heads():
            scores = [f"{head.name}_scores"] if head.kind == "label" else []
            names += [head.name, *scores, *([f"{head.name}_{LEVEL}"] if head.is_ordered else [])]
        return names

    def _heads(self) -> Any:
        return self._classifier().heads

    def _classifier(self) -> Any:
        if model_hash(find(self.model)) != self.sha256:
            raise ModelError(f"{self.model}: changed since labeller({self.model!r}) was called; call it again")
        return shared_classifier(self.model)


def labeller(model: str | Path = "base", *, text: str = "text") -> Labeller:
    """Return a function for `Dataset.map` that labels each row's text as one sentence.

    Parameters
    ----------
    model : str or Path
        A shipped model's name, or a model folder.
    text : str
        The column with the sentences.

    Returns
    -------
    Labeller
        The function; `label.features(dataset.features)` says the types of its columns.

    Raises
    ------
    ModelError
        If there is no such model.

    Examples
    --------
    >>> from hedgerow.integrations.datasets import labeller
    >>> label = labeller("lexicon")
    >>> label({"text": ["It may rain.", None]})["certainty"]
    ['possible', None]
    """
    folder = find(model)
    name = str(model) if str(model) in shipped() else str(folder.resolve())
    return Labeller(name, text, model_hash(folder), __version__)


def _fields(prediction: Prediction, names: list[str]) -> dict[str, Any]:
    row = prediction.to_dict()
    return {name: row.get(name, [] if name == SPANS else None) for name in names}
