"""One teacher, ready to answer: a trained network in single precision, or a model folder such as the shipped ones."""

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
from hedgerow.training.network.dev import collate
from hedgerow.training.network.module import Head
from hedgerow.training.network.saving import load

TOKENS = 256  # a teacher reads no more of a sentence
Floats = NDArray[np.floating[Any]]
Logits = Callable[[Sequence[Any]], dict[str, Floats]]


@dataclass(frozen=True, slots=True)
class Teacher:
    """`logits` takes encodings of `tokenizer` and gives by head (sentences, labels) or (sentences, tokens, tags)."""

    logits: Logits
    tokenizer: Any


def weights_file(teacher: Path) -> Path:
    """The file that tells one teacher from another. Raises RecipeError where no trained network is."""
    for name in ("model.safetensors", "model.onnx"):
        if (teacher / name).is_file() and (teacher / "tokenizer.json").is_file():
            return teacher / name
    raise RecipeError(
        f"{teacher}: no trained network is here; name a NAME.run/network, or a model folder as model/base"
    )


def open_teacher(teacher: Path, heads: Sequence[Head], *, bfloat16: bool) -> Teacher:
    """The teacher in the folder `teacher`. Raises RecipeError where it lacks one of `heads`, with the same labels."""
    opened = _shipped(teacher, heads) if (teacher / MANIFEST).is_file() else _trained(teacher, heads, bfloat16)
    opened.tokenizer.enable_truncation(TOKENS)
    return opened


def _trained(teacher: Path, heads: Sequence[Head], bfloat16: bool) -> Teacher:
    network = load(teacher)
    _reject_other_heads(teacher, [(head.name, head.kind, head.labels) for head in network.heads], heads)

    @torch.no_grad()
    def logits(encodings: Sequence[Any]) -> dict[str, Floats]:
        inputs = collate([{"input_ids": encoding.ids} for encoding in encodings])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            found = network(**inputs)["logits"]
        return {name: values.float().numpy() for name, values in found.items()}

    return Teacher(logits, _tokenizer(teacher, words=(teacher / "words.json").is_file()))


def _shipped(teacher: Path, heads: Sequence[Head]) -> Teacher:
    manifest = read_manifest(teacher)
    known = [(head["name"], head["kind"], tuple(head["labels"])) for head in manifest["heads"]]
    _reject_other_heads(teacher, known, heads)
    session = onnxruntime.InferenceSession(str(teacher / "model.onnx"), providers=["CPUExecutionProvider"])

    def logits(encodings: Sequence[Any]) -> dict[str, Floats]:
        found = session.run(None, padded([encoding.ids for encoding in encodings]))
        return {name: values for (name, *_), values in zip(known, found, strict=True)}

    return Teacher(logits, _tokenizer(teacher, words=manifest.get("tokenizer") == "word"))


def _tokenizer(teacher: Path, *, words: bool) -> Any:
    path = teacher / "tokenizer.json"
    if words:
        return WordTokenizer.load(path)
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    return tokenizer


def _reject_other_heads(
    teacher: Path, known: Sequence[tuple[str, str, tuple[str, ...]]], heads: Sequence[Head]
) -> None:
    for head in heads:
        if (head.name, head.kind, head.labels) not in known:
            raise RecipeError(f"{teacher}: no head {head.name!r} with the student's labels; name another teacher")
