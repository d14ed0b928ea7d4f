"""Load the training data of a network: the codebook's rows, those of auxiliary corpora, and unlabelled sentences."""

from __future__ import annotations

from collections.abc import Sequence

from hedgerow.corpus.duplicates import plain_text
from hedgerow.training.inputs import LabelledData, TrainingFiles
from hedgerow.training.network.data import (
    TrainingData,
    TrainingRow,
    class_weights,
    to_training_row,
)
from hedgerow.training.network.module import TrainingHead
from hedgerow.training.network.retention import replayed_rows
from hedgerow.training.network.unlabelled import draw, scored_texts, unlabelled_texts
from hedgerow.training.recipe import NetworkRecipe, Quantisation


def load_training_data(
    recipe: NetworkRecipe, files: TrainingFiles, labelled: LabelledData, heads: Sequence[TrainingHead]
) -> TrainingData:
    """Return the rows to train on, in order: labelled, auxiliary, replayed, unlabelled.

    Replayed and unlabelled sentences that are measured on are left out. Raises CorpusError if a file is invalid.
    """
    held_out = {plain_text(text) for text in _held_out_texts(labelled)}
    rows = [to_training_row(example.to_dict(), heads) for example in (*labelled.train, *labelled.auxiliary)]
    rows += replayed_rows(recipe, files, rows, heads, held_out)
    texts = scored_texts(_unlabelled(files, labelled), files.teachers) if files.teachers else []
    if recipe.distillation and recipe.distillation.max_texts:
        texts = draw(texts, recipe.distillation.max_texts, seed=recipe.seed)
    unlabelled = [TrainingRow(text, {}, {}) for text in texts]
    return TrainingData(
        heads=tuple(heads),
        rows=rows + unlabelled,
        dev=[to_training_row(example.to_dict(), heads) for example in labelled.held_out["dev"]],
        class_weights=class_weights(rows, heads, recipe.optimisation.class_weight_power),
    )


def quantisation_texts(
    recipe: NetworkRecipe, settings: Quantisation, files: TrainingFiles, labelled: LabelledData
) -> list[str]:
    """Return the texts of quantisation-aware training: the labelled ones, and unlabelled ones drawn with the seed."""
    unlabelled = draw(_unlabelled(files, labelled), settings.max_texts, seed=recipe.seed)
    return [*(example.text for example in labelled.train), *unlabelled]


def _unlabelled(files: TrainingFiles, labelled: LabelledData) -> list[str]:
    """Return the unlabelled sentences, without those that are labelled or measured on."""
    return unlabelled_texts(files.texts, [*(example.text for example in labelled.labelled), *_held_out_texts(labelled)])


def _held_out_texts(labelled: LabelledData) -> list[str]:
    return [example.text for examples in labelled.held_out.values() for example in examples]
