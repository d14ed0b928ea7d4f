"""Distillation: teachers, networks or files of their scores, score sentences for another network to learn from.

In knowledge distillation (Hinton et al. 2015) the student learns the teachers' mean probabilities, of the labels of
sentences and of the tags of words, on labelled and on unlabelled text. Teachers' scores are cached on disk in parts,
each named by the hash of its sentences, so that a killed run resumes and another student reuses them.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import RecipeError
from hedgerow.io.atomic import publish, sha256
from hedgerow.labels import AXES
from hedgerow.predictors.softmax import softmax
from hedgerow.training.network.module import TrainingHead
from hedgerow.training.network.score_file import read_scores
from hedgerow.training.network.soft_targets import SoftTargets
from hedgerow.training.network.teacher import Teacher, open_teacher, shared_heads, teacher_file

PART_SIZE = 2048  # sentences per cached file
BATCH_SIZE = 32
Floats = NDArray[np.floating[Any]]
Part = dict[str, Any]  # arrays by name, see `_score`

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Teachers:
    """Teachers, and how to use them.

    `paths` are networks in single precision (`NAME.run/network`) or model folders, with some of the student's `heads`,
    or files of a network's scores (`.npz`), which have axes only. `temperature` divides the logits of their label
    heads. `cache` is the folder for the scores of networks.
    """

    paths: Sequence[Path]
    heads: Sequence[TrainingHead]
    temperature: float
    cache: Path
    bfloat16: bool = False


def soft_targets(teachers: Teachers, texts: Sequence[str], encodings: Sequence[Any]) -> SoftTargets:
    """Return the teachers' mean probabilities for `texts`, aligned to the student's tokens (`encodings`).

    A teacher teaches the heads that it shares with the student. The mean is over the teachers that score a sentence;
    without any, it is zeros. Raises RecipeError if a teacher shares no head, or a file is not one of scores.
    """
    files = [_file_scores(path, teachers, texts) for path in teachers.paths if path.is_file()]
    networks = [_network_scores(path, teachers, texts) for path in teachers.paths if not path.is_file()]
    labels: dict[str, Floats] = {}
    tags: dict[str, list[Floats]] = {}
    for head in teachers.heads:
        having = [parts for parts in networks if head.name in parts[0]]
        if head.kind == "label":
            logits = [np.concatenate([part[head.name] for part in parts]).astype(np.float32) for parts in having]
            probs = [softmax(values / teachers.temperature) for values in logits]
            labels[head.name] = _mean([*probs, *(scores[head.name] for scores in files if head.name in scores)])
        elif having:
            words = [_by_sentence(parts, head.name) for parts in having]
            tags[head.name] = [_align([each[at] for each in words], encoding) for at, encoding in enumerate(encodings)]
    return SoftTargets({name: probs for name, probs in labels.items() if len(probs)}, tags)


def _file_scores(path: Path, teachers: Teachers, texts: Sequence[str]) -> dict[str, Floats]:
    for head in teachers.heads:
        if head.name in AXES and head.labels != tuple(map(str, AXES[head.name])):
            raise RecipeError(f"{path}: its {head.name} has the codebook's labels, and the student's has others")
    scores = read_scores(path, texts, teachers.temperature)
    if not scores.keys() & {head.name for head in teachers.heads}:
        raise RecipeError(f"{path}: has scores of {', '.join(scores)}, and the student has no such head; leave it out")
    return scores


def _mean(scores: Sequence[Floats]) -> Floats:
    """Return the mean of probabilities, each (sentences, labels), over those that are not all zeros."""
    if not scores:
        return np.empty((0, 0))
    total: Floats = np.sum(scores, axis=0)
    mean: Floats = total / np.maximum(total.sum(axis=1, keepdims=True), 1e-6)
    return mean


def _network_scores(folder: Path, teachers: Teachers, texts: Sequence[str]) -> list[Part]:
    """Return one teacher's scores part by part, from the cache if they are in it."""
    cache = teachers.cache / sha256(teacher_file(folder))[:16]
    heads = shared_heads(folder, teachers.heads)
    if len(heads) < len(teachers.heads):
        logger.info("%s teaches %s only", folder, ", ".join(head.name for head in heads))
    cache.mkdir(parents=True, exist_ok=True)
    teacher: Teacher | None = None  # opened only if a part is missing
    parts = []
    for start in range(0, len(texts), PART_SIZE):
        sentences = list(texts[start : start + PART_SIZE])
        path = cache / f"{hashlib.sha256(chr(0).join(sentences).encode()).hexdigest()[:16]}.npz"
        if not _has_scores(path, heads):
            teacher = teacher or open_teacher(folder, bfloat16=teachers.bfloat16)
            _save_part(path, _score(teacher, sentences, heads))
            logger.info("%s: %s of %s sentences scored", folder, f"{start + len(sentences):,}", f"{len(texts):,}")
        with np.load(path, allow_pickle=False) as arrays:
            parts.append({name: arrays[name] for name in ("starts", "words", *(head.name for head in heads))})
    return parts


def _has_scores(path: Path, heads: Sequence[TrainingHead]) -> bool:
    """Return whether a cached part has the scores of all `heads`: another student may have shared fewer of them."""
    if not path.exists():
        return False
    with np.load(path, allow_pickle=False) as arrays:
        return all(head.name in arrays for head in heads)


def _save_part(path: Path, part: Part) -> None:
    content = io.BytesIO()
    np.savez(content, **part)
    publish(content.getvalue(), path.with_suffix(f".{os.getpid()}.tmp"), path)


def _score(teacher: Teacher, texts: Sequence[str], heads: Sequence[TrainingHead]) -> Part:
    """Return a part.

    By label head: logits (sentences, labels). By span head: probabilities of tags by word (words, tags). `words`: the
    number of words of each sentence. `starts`: the code points at which the words begin.
    """
    encodings = teacher.tokenizer.encode_batch(list(texts))
    first_tokens = [_first_tokens(encoding) for encoding in encodings]
    values: dict[str, list[Any]] = {head.name: [None] * len(texts) for head in heads}
    order = sorted(range(len(texts)), key=lambda at: len(encodings[at].ids))
    for start in range(0, len(order), BATCH_SIZE):
        batch = order[start : start + BATCH_SIZE]
        logits = teacher.logits([encodings[at] for at in batch])
        for head in heads:
            is_label = head.kind == "label"
            scores = logits[head.name] if is_label else softmax(logits[head.name]).astype(np.float16)
            for row, at in enumerate(batch):
                values[head.name][at] = scores[row] if is_label else scores[row, first_tokens[at]]
    labels = {head.name: np.stack(values[head.name]) for head in heads if head.kind == "label"}
    tags = {head.name: np.concatenate(values[head.name]) for head in heads if head.kind == "span"}
    starts = [
        [encoding.offsets[at][0] for at in tokens] for encoding, tokens in zip(encodings, first_tokens, strict=True)
    ]
    return {
        **labels,
        **tags,
        "starts": np.array([start for row in starts for start in row], dtype=np.int32),
        "words": np.array([len(row) for row in starts], dtype=np.int32),
    }


def _first_tokens(encoding: Any) -> list[int]:
    """Return the places of the tokens that begin a word."""
    words = encoding.word_ids
    return [at for at, word in enumerate(words) if word is not None and (at == 0 or words[at - 1] != word)]


def _by_sentence(parts: Sequence[Part], name: str) -> list[tuple[Any, Any]]:
    """Return for every sentence the starts of its words, and their tag probabilities (words, tags)."""
    sentences: list[tuple[Any, Any]] = []
    for part in parts:
        ends = np.cumsum(part["words"])[:-1]
        sentences += zip(np.split(part["starts"], ends), np.split(part[name], ends), strict=True)
    return sentences


def _align(teachers: Sequence[tuple[Any, Any]], encoding: Any) -> Floats:
    """Return the teachers' mean for each token of the student, (tokens, tags).

    A token has zeros unless a word of every teacher begins where it begins.
    """
    places = [{int(start): at for at, start in enumerate(starts)} for starts, _ in teachers]
    tags = teachers[0][1].shape[1]
    aligned = np.zeros((len(encoding.ids), tags), dtype=np.float16)
    for token in _first_tokens(encoding):
        start = encoding.offsets[token][0]
        if all(start in place for place in places):
            words = [probs[place[start]] for place, (_, probs) in zip(places, teachers, strict=True)]
            aligned[token] = np.mean(words, axis=0)
    return aligned
