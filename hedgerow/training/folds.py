"""Cross-validation: judge every row of a corpus by a linear model that did not learn from it."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import CorpusError
from hedgerow.labels import Example, Head
from hedgerow.training.heads import label_of
from hedgerow.training.linear import fit_linear, linear_heads
from hedgerow.training.recipe import LinearRecipe

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

logger = logging.getLogger(__name__)


def out_of_fold(recipe: LinearRecipe, examples: Sequence[Example], *, folds: int = 5) -> dict[str, Floats]:
    """Return by head the probabilities of its labels, (rows, labels), each row from a model of the other folds.

    The heads are the recipe's, by default the axes that rows are labelled on. Folds are whole groups, with the
    combinations of labels in proportion (scikit-learn's StratifiedGroupKFold). Raises CorpusError if a label has fewer
    groups than there are folds.
    """
    heads = linear_heads(recipe, examples)
    _reject_rare_labels(examples, heads, folds)
    probabilities = {head.name: np.zeros((len(examples), len(head.labels))) for head in heads}
    for fold, (train, held_out) in enumerate(_folds(recipe, examples, heads, folds), 1):
        logger.info("fold %s of %s: %s rows to train on, %s to judge", fold, folds, _count(train), _count(held_out))
        with tempfile.TemporaryDirectory() as folder:
            classifier = fit_linear(recipe, [examples[at] for at in train], Path(folder)).classifier
        predictions = classifier.predict(examples[at].text for at in held_out)
        for at, prediction in zip(held_out, predictions, strict=True):
            for head in heads:
                probabilities[head.name][at] = list(prediction.scores(head.name).values())
    return probabilities


def _folds(
    recipe: LinearRecipe, examples: Sequence[Example], heads: Sequence[Head], folds: int
) -> Iterator[tuple[Ints, Ints]]:
    """Yield the rows to train on and the rows to judge, by place, fold by fold."""
    from sklearn.model_selection import StratifiedGroupKFold

    combinations = ["+".join(str(label_of(example, head.name)) for head in heads) for example in examples]
    codes = np.unique(combinations, return_inverse=True)[1]
    # They are only to be spread evenly: one with too few rows must not raise an error.
    strata = np.where(np.bincount(codes)[codes] >= folds, codes, -1)
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=recipe.seed)
    groups = [example.group_key for example in examples]
    yield from splitter.split(np.zeros(len(examples)), strata, groups=groups)


def _count(rows: Ints) -> str:
    return f"{len(rows):,}"


def _reject_rare_labels(examples: Sequence[Example], heads: Sequence[Head], folds: int) -> None:
    for head in heads:
        pairs = {(label_of(example, head.name), example.group_key) for example in examples}
        groups = Counter(label for label, _ in pairs)
        for label in head.labels:
            if groups[label] < folds:
                raise CorpusError(
                    f"{head.name} {label!r} is in {groups[label]} groups, too few for {folds} folds; "
                    "add rows, or use fewer folds"
                )
