"""Out of fold: what a linear model says of rows that it has not learnt from, for every row of a corpus."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import CorpusError
from hedgerow.labels import AXES, Example
from hedgerow.training.linear import fit_and_load
from hedgerow.training.recipe import LinearRecipe

Floats = NDArray[np.float64]


def out_of_fold(
    recipe: LinearRecipe, examples: Sequence[Example], *, folds: int = 5, say: Callable[[str], None] = lambda _: None
) -> dict[str, Floats]:
    """By axis the chances of its labels, (rows, labels), each row's from a model that learnt from the other folds.

    Folds are whole groups, with the pairs of labels in proportion (scikit-learn's StratifiedGroupKFold). Raises
    CorpusError where a label has fewer groups than there are folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    _reject_rare_labels(examples, folds)
    pairs = [f"{example.certainty}+{example.stance}" for example in examples]
    chances = {axis: np.zeros((len(examples), len(enum))) for axis, enum in AXES.items()}
    cut = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=recipe.seed)
    # The joint labels are only to be spread evenly: a pair with a single row is no fault.
    codes = np.unique(pairs, return_inverse=True)[1]
    common = np.where(np.bincount(codes)[codes] >= folds, codes, -1)
    parts = cut.split(np.zeros(len(pairs)), common, groups=[example.group_key for example in examples])
    for number, (learnt, asked) in enumerate(parts, 1):
        say(f"fold {number} of {folds}: {len(learnt):,} rows to learn from, {len(asked):,} to judge")
        with tempfile.TemporaryDirectory() as folder:
            classifier = fit_and_load(recipe, [examples[at] for at in learnt], Path(folder), {})
        for at, prediction in zip(asked, classifier.predict(examples[at].text for at in asked), strict=True):
            for axis in AXES:
                chances[axis][at] = list(getattr(prediction, f"{axis}_scores").values())
    return chances


def _reject_rare_labels(examples: Sequence[Example], folds: int) -> None:
    for axis, enum in AXES.items():
        groups = Counter(label for label, _ in {(getattr(example, axis), example.group_key) for example in examples})
        for label in enum:
            if groups[label] < folds:
                raise CorpusError(
                    f"{axis} {str(label)!r} stands in {groups[label]} groups, too few for {folds} folds; "
                    "add rows, or take fewer folds"
                )
