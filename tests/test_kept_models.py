"""Kept models: one is trained again if anything that it was made from has changed."""

import json
from pathlib import Path
from typing import Any

from evaluation.kept_models import Job, is_finished
from hedgerow.io.atomic import sha256
from hedgerow.predictors import folder
from hedgerow.predictors.folder import SCHEMA, recipes
from hedgerow.training import TrainingInputs
from hedgerow.training.inputs import resolve_files
from hedgerow.training.model_folder import describe_files, describe_others
from hedgerow.training.recipe import read_recipe
from hedgerow.version import __version__

FILES = ("train.jsonl", "dev.jsonl", "moods.jsonl", "old.jsonl")


def write_recipe(at: Path) -> Path:
    """Write a recipe that starts from the folder "start", with an auxiliary corpus and one to replay, and the files."""
    text = recipes()["finetune"].read_text("utf-8").replace('start_from = "base"', 'start_from = "start"')
    text = text.replace("[corpora]", '[corpora]\nauxiliary = [{file = "moods.jsonl", reader = "plain"}]')
    path = at / "recipe.toml"
    path.write_text(text, "utf-8")
    (at / "start").mkdir()
    (at / "start" / "hedgerow.json").write_text("{}", "utf-8")
    (at / "start" / "model.onnx").write_text("weights", "utf-8")
    for name in FILES:
        (at / name).write_text(f"{name}\n", "utf-8")
    return path


def test_a_kept_model_is_of_its_start_its_files_and_this_version(tmp_path: Path) -> None:
    path = write_recipe(tmp_path)
    inputs = TrainingInputs(corpora=[tmp_path / "train.jsonl"], dev=[tmp_path / "dev.jsonl"])
    files = resolve_files(read_recipe(path), path, inputs)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "recipe.toml").write_bytes(path.read_bytes())
    parts = folder.FILES["network"]
    for name in parts:
        if name != "recipe.toml":
            (kept / name).write_text(name, "utf-8")
    data = {"train": describe_files(files.train), "dev": describe_files(files.dev), "measured": []}
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "network",
        "hedgerow": __version__,
        "start": {"sha256": sha256(tmp_path / "start" / "model.onnx")},
        "data": data | describe_others(files),
        "labels": {},
        "files": {name: sha256(kept / name) for name in ("recipe.toml", *parts)},
    }
    (kept / "hedgerow.json").write_text(json.dumps(manifest), "utf-8")
    job = Job(path, inputs)
    assert is_finished(job, kept)
    for name in ("start/model.onnx", "moods.jsonl", "train.jsonl", "dev.jsonl", "recipe.toml"):
        changed = tmp_path / name
        before = changed.read_bytes()
        changed.write_bytes(before + b"\n")
        assert not is_finished(job, kept), name
        changed.write_bytes(before)
    assert is_finished(job, kept)
    (kept / "hedgerow.json").write_text(json.dumps(manifest | {"hedgerow": "0.0.1"}), "utf-8")
    assert not is_finished(job, kept)
