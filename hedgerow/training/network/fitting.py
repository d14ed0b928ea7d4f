"""Train a network, export it, and calibrate it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import onnx
from transformers.utils import logging as transformers_logging

from hedgerow.classifier import Classifier
from hedgerow.corpus.text_hashes import read_hashes, text_hash, write_hashes
from hedgerow.head import Head
from hedgerow.io.atomic import sha256
from hedgerow.labels import Example
from hedgerow.predictors.folder import CALIBRATION_TEXTS, TRAINING_TEXTS, read_manifest
from hedgerow.predictors.network.runtime import load_network
from hedgerow.training.heads import describe_head, label_of, to_heads
from hedgerow.training.inputs import LabelledData, TrainingFiles, calibration_part
from hedgerow.training.model_folder import Fitted, describe_files
from hedgerow.training.network.backbone import Backbone, load_backbone, most_tokens
from hedgerow.training.network.calibration import cross_fitted
from hedgerow.training.network.data import TrainingData, build_heads, to_training_row
from hedgerow.training.network.dev import dev_scores
from hedgerow.training.network.distillation import Teachers, soft_targets
from hedgerow.training.network.encoder_config import describe_encoder
from hedgerow.training.network.export import write_onnx
from hedgerow.training.network.integer_fitting import fit_integers
from hedgerow.training.network.integer_graph import write_integer_graph
from hedgerow.training.network.loading import load_training_data, quantisation_texts
from hedgerow.training.network.module import Network, TrainingHead
from hedgerow.training.network.parameters import parameter_names
from hedgerow.training.network.quantisation_aware import IntegerNetwork
from hedgerow.training.network.quantise import quantise
from hedgerow.training.network.retention import own_answers
from hedgerow.training.network.run_folder import RunFolder
from hedgerow.training.network.soft_targets import SoftTargets
from hedgerow.training.network.teacher import teacher_file
from hedgerow.training.network.trainer import fit_network
from hedgerow.training.processes import is_first_process
from hedgerow.training.recipe import NetworkRecipe

logger = logging.getLogger(__name__)


def train_network(
    recipe: NetworkRecipe, files: TrainingFiles, labelled: LabelledData, folder: Path, run: RunFolder
) -> Fitted | None:
    """Train, export and calibrate a network; write the model's files to `folder`.

    If `run` is finished, its network is used. Returns None in a process that is not the first one.
    """
    _silence_libraries()
    heads = build_heads(recipe.heads)
    part = calibration_part(recipe, labelled.held_out)
    data = load_training_data(recipe, files, labelled, heads)
    backbone = load_backbone(recipe, files.recipe.parent, data.texts)
    earlier_texts = _earlier_texts(backbone)
    seen = _count_seen(earlier_texts, backbone, labelled.held_out)
    if is_first_process():
        run.claim(_identity(recipe, backbone, files, labelled.held_out["dev"]) | {"texts": _hash(data.texts)})
    if not run.is_finished:
        _fit(recipe, backbone, files, data, run)
    if not is_first_process():
        return None
    run.remove_checkpoints()
    network = run.load_network()
    logger.info("exporting")
    write_onnx(network, run.single_onnx)
    trained_on = data.texts
    if recipe.export.quantisation is None:
        parameters = _write_8_bit(network, run, folder)
    else:
        texts = quantisation_texts(recipe, recipe.export.quantisation, files, labelled)
        trained_on = [*trained_on, *texts]
        parameters = _write_integer(fit_integers(recipe, network, backbone, texts, run), run.integer, folder)
    entries = _head_entries(backbone, to_heads(recipe.heads))
    exported = {**_export(network, backbone, folder), "parameters": parameters, "heads": entries}
    calibrated = _calibrate(folder, exported, heads, part, labelled.held_out[part])
    manifest = {**exported, **calibrated, **_describe_start(backbone, seen), **_describe_teachers(files)}
    for name, examples in labelled.held_out.items():
        rows = [to_training_row(example.to_dict(), heads) for example in examples]
        figures = [f"{head} {score:.4f}" for head, score in dev_scores(network, rows, backbone.tokenizer).items()]
        logger.info("single precision on %s: %s", name, ", ".join(figures))
    other_texts = earlier_texts.union(map(text_hash, trained_on))
    return Fitted(Classifier(load_network(folder, manifest)), manifest, other_texts)


def _silence_libraries() -> None:
    datasets.disable_progress_bars()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # It would report that the pooler is left out, which is on purpose.
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]


def _earlier_texts(backbone: Backbone) -> frozenset[bytes]:
    """Return the hashes of what the model that the training starts from learnt from; none if its folder has none."""
    path = backbone.model_folder and backbone.model_folder / TRAINING_TEXTS
    return read_hashes(path) if path and path.is_file() else frozenset()


def _count_seen(
    texts: frozenset[bytes], backbone: Backbone, held_out: Mapping[str, Sequence[Example]]
) -> dict[str, int]:
    """Return by name how many held-out rows are of `texts`, and warn of them: scores on them are too high."""
    counts = {}
    for name, rows in held_out.items():
        seen = [row.id for row in rows if text_hash(row.text) in texts]
        if seen:
            counts[name] = len(seen)
            logger.warning(
                "%s: %s has learnt from %s of %s rows, such as %r; scores on them are too high",
                *(name, backbone.name, f"{len(seen):,}", f"{len(rows):,}", seen[0]),
            )
    return counts


def _identity(
    recipe: NetworkRecipe, backbone: Backbone, files: TrainingFiles, dev: Sequence[Example]
) -> dict[str, Any]:
    """Return everything that decides the weights, without paths: settings, and hashes of the data and the backbone."""
    settings = asdict(recipe)
    for name in ("calibrate_on", "backbone", "start_from", "corpora", "export"):
        del settings[name]
    for name in ("retention", "replay"):  # a run of before they existed has the same identity
        if settings[name] is None:
            del settings[name]
    for head in settings["heads"]:
        if not head["map"]:  # as before there were maps
            del head["map"]
    if recipe.replay:
        del settings["replay"]["corpora"]
    if settings["encoder"]:
        del settings["encoder"]["vectors"]
    auxiliary = [file.path for file in files.auxiliary]
    scored = files.texts if files.teachers else ()
    data = [*files.train, *auxiliary, *files.replay, *scored, *map(teacher_file, files.teachers)]
    return {
        "recipe": json.loads(json.dumps(settings)),  # lists for tuples, as they are read back
        "backbone": backbone.fingerprint,
        "data": [sha256(path) for path in data],
        "dev": _hash([example.to_dict() for example in dev]),
    }


def _hash(values: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _fit(recipe: NetworkRecipe, backbone: Backbone, files: TrainingFiles, data: TrainingData, run: RunFolder) -> None:
    """Train to the end, and save the network in `run`."""
    if files.teachers:
        data = replace(data, soft_targets=_soft_targets(recipe, backbone, files, data, run))
    elif recipe.retention:
        data = replace(data, soft_targets=own_answers(recipe.retention, backbone, data, run.score_cache))
    network = fit_network(recipe, backbone, data, run)
    if is_first_process():
        run.save_network(network, backbone)


def _soft_targets(
    recipe: NetworkRecipe, backbone: Backbone, files: TrainingFiles, data: TrainingData, run: RunFolder
) -> SoftTargets:
    assert recipe.distillation is not None  # resolve_files rejects teachers without it
    teachers = Teachers(
        paths=files.teachers,
        heads=data.heads,
        temperature=recipe.distillation.temperature,
        cache=run.score_cache,
        bfloat16=recipe.optimisation.bfloat16,
    )
    logger.info("%s teachers, %s sentences", len(files.teachers), f"{len(data.rows):,}")
    return soft_targets(teachers, data.texts, backbone.tokenizer.encode_batch(data.texts))


def _write_8_bit(network: Network, run: RunFolder, folder: Path) -> dict[str, str]:
    """Write the graph with 8-bit weights to `folder`; return the parameters by initializer."""
    quantise(run.single_onnx, folder / "model.onnx")
    return parameter_names(network, onnx.load(str(run.single_onnx)).graph)


def _write_integer(trained: IntegerNetwork, stage: RunFolder, folder: Path) -> dict[str, str]:
    """Write the graph with integer products to `folder`; return the parameters by initializer."""
    write_onnx(trained.network, stage.single_onnx)
    parameters = parameter_names(trained.network, onnx.load(str(stage.single_onnx)).graph)
    write_integer_graph(stage.single_onnx, folder / "model.onnx", parameters, trained.scales)
    return parameters


def _export(network: Network, backbone: Backbone, folder: Path) -> dict[str, Any]:
    """Write the tokenizer to `folder`; return the entries of the manifest for it and the encoder."""
    backbone.tokenizer.no_truncation()
    backbone.tokenizer.save(str(folder / "tokenizer.json"))
    max_tokens = most_tokens(network.encoder)
    backbone.tokenizer.enable_truncation(max_tokens)
    return {
        "max_tokens": max_tokens,
        "tokenizer": backbone.tokenizer_kind,
        "backbone": backbone.name,
        "encoder": describe_encoder(network.encoder),
    }


def _head_entries(backbone: Backbone, heads: Sequence[Head]) -> list[dict[str, Any]]:
    """Return the manifest's heads; those that go on from the start have its temperature."""
    known = read_manifest(backbone.model_folder)["heads"] if backbone.model_folder else []
    temperatures = {(head["name"], head["kind"], *head["labels"]): head["temperature"] for head in known}
    entries = [describe_head(head) for head in heads]
    return [
        entry | {"temperature": temperatures.get((entry["name"], entry["kind"], *entry["labels"]), 1.0)}
        for entry in entries
    ]


def _calibrate(
    folder: Path, exported: Mapping[str, Any], heads: Sequence[TrainingHead], part: str, examples: Sequence[Example]
) -> dict[str, Any]:
    """Return the manifest's heads and calibration: a temperature for each label head that `examples` of `part` have.

    A head without labels there keeps the temperature that it starts with. The calibration error is cross-fitted, so
    that it is not measured where a temperature was fitted. The hashes of the texts of `examples` are written to
    `folder`.
    """
    entries: Sequence[dict[str, Any]] = exported["heads"]
    model = load_network(folder, exported)
    write_hashes(folder / CALIBRATION_TEXTS, (example.text for example in examples))
    logits = model.logits([example.text for example in examples])
    groups = [example.group_key for example in examples]
    calibration = {}
    for head in heads:
        rows = [at for at, example in enumerate(examples) if example.is_labelled_on(head.name)]
        if head.kind == "label" and rows:
            gold = np.array([head.labels.index(str(label_of(examples[at], head.name))) for at in rows])
            calibration[head.name] = cross_fitted(logits[head.name][rows], gold, [groups[at] for at in rows])
    calibrated = [
        entry | {"temperature": calibration[head.name]["temperature"]} if head.name in calibration else entry
        for head, entry in zip(heads, entries, strict=True)
    ]
    return {"heads": calibrated, "calibration": {"on": part, **calibration}}


def _describe_start(backbone: Backbone, seen: Mapping[str, int]) -> dict[str, Any]:
    """Return the hash of the trained model that the training started from, and its data; nothing without one.

    `seen` counts the held-out rows that it has learnt from.
    """
    if backbone.model_folder is None:
        return {}
    start = {"sha256": backbone.fingerprint, "data": read_manifest(backbone.model_folder)["data"]}
    return {"start": {**start, **({"seen": dict(seen)} if seen else {})}}


def _describe_teachers(files: TrainingFiles) -> dict[str, Any]:
    """Return the hashes of teachers and unlabelled texts, for the manifest; nothing without them."""
    teachers = [sha256(teacher_file(teacher)) for teacher in files.teachers]
    described = {"teachers": teachers, "texts": describe_files(files.texts)}
    return {name: entries for name, entries in described.items() if entries}
