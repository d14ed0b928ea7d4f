"""Keep what a model knows when a training goes on from it: its own answers as targets, and rows to replay."""

from __future__ import annotations

import logging
import random
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from hedgerow.corpus.checking import load_rows, reject
from hedgerow.corpus.duplicates import plain_text
from hedgerow.corpus.own_labels import apply_heads
from hedgerow.training.heads import to_heads
from hedgerow.training.inputs import TrainingFiles
from hedgerow.training.network.backbone import Backbone
from hedgerow.training.network.data import TrainingData, TrainingRow, to_training_row
from hedgerow.training.network.distillation import Teachers, soft_targets
from hedgerow.training.network.module import TrainingHead
from hedgerow.training.network.rebuilding import kept_heads
from hedgerow.training.network.soft_targets import SoftTargets
from hedgerow.training.recipe import NetworkRecipe, Retention

logger = logging.getLogger(__name__)


def own_answers(settings: Retention, backbone: Backbone, data: TrainingData, cache: Path) -> SoftTargets | None:
    """Return the probabilities of the model in `backbone` for each row and head that the row has no label for.

    They are targets of learning without forgetting (Li & Hoiem 2016); None if no head goes on from the model. `cache`
    is the folder for the scores.
    """
    assert backbone.model_folder is not None  # retention needs a start
    kept = kept_heads(backbone.heads, data.heads)
    if not kept:
        logger.warning("retention: no head goes on from %s, so that nothing is retained", backbone.name)
        return None
    teachers = Teachers([backbone.model_folder], kept, settings.temperature, cache)
    targets = soft_targets(teachers, data.texts, backbone.tokenizer.encode_batch(data.texts))
    for at, row in enumerate(data.rows):
        for name in row.labels.keys() & targets.labels.keys():
            targets.labels[name][at] = 0
        for name in row.spans.keys() & targets.tags.keys():
            targets.tags[name][at] = np.zeros_like(targets.tags[name][at])
    names = ", ".join(head.name for head in kept)
    logger.info("retention: %s learns %s from its own answers too", backbone.name, names)
    return targets


def replayed_rows(
    recipe: NetworkRecipe,
    files: TrainingFiles,
    rows: Sequence[TrainingRow],
    heads: Sequence[TrainingHead],
    held_out: Collection[str],
) -> list[TrainingRow]:
    """Return rows of the corpora to replay, a share of the number of `rows`, drawn with the seed.

    Texts of `rows` and `held_out` ones (plain) are left out. Raises CorpusError if a file is invalid.
    """
    if recipe.replay is None:
        return []
    known = {*held_out, *(plain_text(row.text) for row in rows)}
    applied, faults = apply_heads(load_rows(files.replay), to_heads(recipe.heads))
    reject(faults)
    pool = [row.example for row in applied if plain_text(row.example.text) not in known]
    wanted = min(len(pool), round(recipe.replay.share * len(rows)))
    logger.info("replaying %s of %s rows", f"{wanted:,}", f"{len(pool):,}")
    drawn = sorted(random.Random(recipe.seed).sample(range(len(pool)), wanted))
    return [to_training_row(pool[at].to_dict(), heads) for at in drawn]
