"""Cross-validation: judge every row of a corpus by a linear model that did not learn from it."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hedgerow.corpus.duplicates import plain_text
from hedgerow.errors import CorpusError
from hedgerow.head import Head
from hedgerow.labels import AXES, Example
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
    parts = split_rows(examples, folds, seed=recipe.seed, heads=[head.name for head in heads])
    for fold, (train, held_out) in enumerate(parts, 1):
        logger.info("fold %s of %s: %s rows to train on, %s to judge", fold, folds, _count(train), _count(held_out))
        with tempfile.TemporaryDirectory() as folder:
            classifier = fit_linear(recipe, [examples[at] for at in train], Path(folder)).classifier
        predictions = classifier.predict(examples[at].text for at in held_out)
        for at, prediction in zip(held_out, predictions, strict=True):
            for head in heads:
                probabilities[head.name][at] = list(prediction.scores(head.name).values())
    return probabilities


def split_rows(
    examples: Sequence[Example], folds: int, *, seed: int, heads: Sequence[str] = tuple(AXES)
) -> Iterator[tuple[Ints, Ints]]:
    """Yield the rows to train on and the rows to judge, by place, fold by fold.

    Folds are whole groups, and copies of a text are one group, with the combinations of labels of the label heads
    `heads` in proportion. Raises CorpusError if there are fewer groups than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    groups = _joined_groups(examples)
    if len(set(groups)) < folds:
        raise CorpusError(f"{len(set(groups))} groups are too few for {folds} folds; add rows, or use fewer folds")
    combinations = ["+".join(str(label_of(example, head)) for head in heads) for example in examples]
    codes = np.unique(combinations, return_inverse=True)[1]
    counts = np.bincount(codes)
    # They are only to be spread evenly: one with too few rows must not raise an error, nor all such together.
    rare = counts[codes] < folds
    strata = np.where(rare, -1 if rare.sum() >= folds else counts.argmax(), codes)
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    yield from splitter.split(np.zeros(len(examples)), strata, groups=groups)


def _joined_groups(examples: Sequence[Example]) -> list[str]:
    """Return the group of each row; groups that share a text, but for case, quotes and the like, are one."""
    parent: dict[str, str] = {}

    def root(group: str) -> str:
        while (above := parent.setdefault(group, group)) != group:
            group = above
        return group

    first: dict[str, str] = {}
    for example in examples:
        parent[root(example.group_key)] = root(first.setdefault(plain_text(example.text), example.group_key))
    return [root(example.group_key) for example in examples]


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
