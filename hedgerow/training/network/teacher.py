"""Open one teacher: a trained network in single precision, or a model folder such as the shipped ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from hedgerow.errors import RecipeError
from hedgerow.predictors.folder import MANIFEST, read_manifest
from hedgerow.predictors.network.runtime import padded
from hedgerow.predictors.network.word_tokenizer import WordTokenizer
from hedgerow.training.network.backbone import most_tokens
from hedgerow.training.network.dev import collate
from hedgerow.training.network.module import TrainingHead
from hedgerow.training.network.rebuilding import kept_heads, manifest_heads
from hedgerow.training.network.saving import has_word_encoder, load, saved_heads

TEACHER_MAX_TOKENS = 256  # tokens of a sentence that a teacher reads
Floats = NDArray[np.floating[Any]]
Logits = Callable[[Sequence[Any]], dict[str, Floats]]


@dataclass(frozen=True, slots=True)
class Teacher:
    """A trained network that is ready to score.

    `logits` takes encodings of `tokenizer`, and returns by head (sentences, labels) or (sentences, tokens, tags). It
    reads at most `max_tokens` of a sentence.
    """

    logits: Logits
    tokenizer: Any
    max_tokens: int


def teacher_file(teacher: Path) -> Path:
    """Return the file whose hash identifies the teacher: its weights, or `teacher` itself if it is a file of scores.

    Raises RecipeError if it is neither a file nor the folder of a trained network.
    """
    if teacher.is_file():
        return teacher
    for name in ("model.safetensors", "model.onnx"):
        if (teacher / name).is_file() and (teacher / "tokenizer.json").is_file():
            return teacher / name
    raise RecipeError(
        f"{teacher}: no trained network; name NAME.run/network, a model folder (model/base), or a file of scores"
    )


def shared_heads(teacher: Path, heads: Sequence[TrainingHead]) -> list[TrainingHead]:
    """Return those of the student's `heads` that the teacher in a folder has with the same labels.

    Raises RecipeError if it has none of them.
    """
    has_manifest = (teacher / MANIFEST).is_file()
    known = manifest_heads(read_manifest(teacher)) if has_manifest else saved_heads(teacher)
    if not (shared := kept_heads(known, heads)):
        names = ", ".join(head.name for head in known)
        raise RecipeError(
            f"{teacher}: has no head of the student's with its labels, and teaches nothing (it has {names}); name "
            "another teacher"
        )
    return shared


def open_teacher(teacher: Path, *, bfloat16: bool) -> Teacher:
    """Return the teacher in the folder `teacher`."""
    opened = _open_model_folder(teacher) if (teacher / MANIFEST).is_file() else _open_network(teacher, bfloat16)
    opened.tokenizer.enable_truncation(min(TEACHER_MAX_TOKENS, opened.max_tokens))
    return opened


def _open_network(teacher: Path, bfloat16: bool) -> Teacher:
    network = load(teacher)

    @torch.no_grad()
    def logits(encodings: Sequence[Any]) -> dict[str, Floats]:
        inputs = collate([{"input_ids": encoding.ids} for encoding in encodings])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            outputs = network(**inputs)["logits"]
        return {name: values.float().numpy() for name, values in outputs.items()}

    tokenizer = _load_tokenizer(teacher, words=has_word_encoder(teacher))
    return Teacher(logits, tokenizer, most_tokens(network.encoder))


def _open_model_folder(teacher: Path) -> Teacher:
    manifest = read_manifest(teacher)
    names = [head["name"] for head in manifest["heads"]]
    session = onnxruntime.InferenceSession(str(teacher / "model.onnx"), providers=["CPUExecutionProvider"])

    def logits(encodings: Sequence[Any]) -> dict[str, Floats]:
        outputs = session.run(None, padded([encoding.ids for encoding in encodings]))
        return dict(zip(names, outputs, strict=True))

    tokenizer = _load_tokenizer(teacher, words=manifest.get("tokenizer") == "word")
    return Teacher(logits, tokenizer, manifest["max_tokens"])


def _load_tokenizer(teacher: Path, *, words: bool) -> Any:
    path = teacher / "tokenizer.json"
    if words:
        return WordTokenizer.load(path)
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    return tokenizer
