"""Quantisation-aware training as a stage of a run: from the trained network to one for integer arithmetic."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import asdict

from hedgerow.io.atomic import sha256
from hedgerow.io.strict_json import write_json
from hedgerow.training.network.backbone import Backbone
from hedgerow.training.network.integers import Scale
from hedgerow.training.network.module import Network
from hedgerow.training.network.quantisation_aware import IntegerNetwork, train_for_integers
from hedgerow.training.network.run_folder import RunFolder
from hedgerow.training.recipe import NetworkRecipe
from hedgerow.training.stopping import DivergedError

logger = logging.getLogger(__name__)


def fit_integers(
    recipe: NetworkRecipe, network: Network, backbone: Backbone, texts: Sequence[str], run: RunFolder
) -> IntegerNetwork:
    """Return `network`, that of the finished `run`, trained for integer arithmetic on `texts`.

    The training is kept in the folder "integer" of the run: one that was killed resumes, and one that is finished is
    used. Raises RecipeError if the folder is of other settings, another network or other texts.
    """
    settings = recipe.export.quantisation
    assert settings is not None  # the caller has looked
    stage = run.integer
    stage.claim(
        {
            "seed": recipe.seed,
            "max_tokens": recipe.max_tokens,
            "quantisation": asdict(settings),
            "network": sha256(run.network / "model.safetensors"),
            "texts": hashlib.sha256(json.dumps(texts).encode()).hexdigest(),
        }
    )
    if not stage.is_finished:
        logger.info("quantisation-aware training on %s sentences", f"{len(texts):,}")
        stage.checkpoints.mkdir(exist_ok=True)
        rows = [encoding.ids for encoding in backbone.tokenizer.encode_batch(texts)]
        try:
            trained = train_for_integers(network, rows, settings, stage.checkpoints / "state.pt", seed=recipe.seed)
        except DivergedError:
            shutil.rmtree(stage.path)  # so that other rates are no other run
            raise
        write_json(stage.scales, {name: asdict(scale) for name, scale in trained.scales.items()})
        stage.save_network(trained.network, backbone)
    stage.remove_checkpoints()
    scales = json.loads(stage.scales.read_text("utf-8"))
    return IntegerNetwork(stage.load_network(), {name: Scale(**scale) for name, scale in scales.items()})
