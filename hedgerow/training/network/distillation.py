"""Teachers: trained networks that say of each sentence how likely every label is, for another one to learn from.

Knowledge distillation (Hinton et al. 2015): the student learns the teachers' mean probabilities, of sentences and of
words, on labelled and on unlabelled text. What a teacher says is kept on disk in parts, each named by the hash of its
sentences, so that a run that was killed goes on and another student finds it there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hedgerow.io.atomic import sha256
from hedgerow.training.network.module import Head
from hedgerow.training.network.teacher import Teacher, open_teacher, weights_file

PART = 2048  # sentences a file
BATCH = 32
Floats = NDArray[np.floating[Any]]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SoftTargets:
    """For every row: probabilities (rows, labels) by label head, and by span head one array (tokens, tags) a row.

    A token of all zeros has no target: it goes on with a word that began before it, or lies in no word.
    """

    labels: dict[str, Floats]
    tags: dict[str, list[Floats]]

    def batch(self, rows: Sequence[int], longest: int) -> dict[str, Tensor]:
        """Targets of `rows`, padded to `longest` tokens, named as the network takes them."""
        targets = {
            f"{name}_soft": torch.from_numpy(found[rows].astype(np.float32)) for name, found in self.labels.items()
        }
        for name, found in self.tags.items():
            padded = np.zeros((len(rows), longest, found[rows[0]].shape[1]), dtype=np.float32)
            for at, row in enumerate(rows):
                padded[at, : len(found[row])] = found[row]
            targets[f"{name}_soft"] = torch.from_numpy(padded)
        return targets


def soft_targets(
    teachers: Sequence[Path],
    texts: Sequence[str],
    heads: Sequence[Head],
    encodings: Sequence[Any],
    *,
    temperature: float,
    bfloat16: bool,
    cache: Path,
    say: Say,
) -> SoftTargets:
    """What `teachers` say of `texts` on the mean, for the tokens of a student (`encodings`).

    `teachers` are folders of networks in single precision (`NAME.run/network`) or model folders, with the student's
    heads; `temperature` divides the logits of their label heads. Raises RecipeError where a teacher lacks a head.
    """
    said = [_say_all(teacher, texts, heads, bfloat16=bfloat16, cache=cache, say=say) for teacher in teachers]
    labels, tags = {}, {}
    for head in heads:
        if head.kind == "label":
            logits = [np.concatenate([part[head.name] for part in parts]).astype(np.float32) for parts in said]
            labels[head.name] = np.mean([_softmax(found / temperature) for found in logits], axis=0)
        else:
            words = [_by_sentence(parts, head.name) for parts in said]
            tags[head.name] = [
                _align([found[at] for found in words], encoding) for at, encoding in enumerate(encodings)
            ]
    return SoftTargets(labels, tags)


def _say_all(
    teacher: Path, texts: Sequence[str], heads: Sequence[Head], *, bfloat16: bool, cache: Path, say: Say
) -> list[dict[str, Any]]:
    """One dictionary of arrays a part, from disk where it is there."""
    place = cache / sha256(weights_file(teacher))[:16]
    place.mkdir(parents=True, exist_ok=True)
    opened = None
    parts = []
    for start in range(0, len(texts), PART):
        part = list(texts[start : start + PART])
        path = place / f"{hashlib.sha256(chr(0).join(part).encode()).hexdigest()[:16]}.npz"
        if not path.exists():
            opened = opened or open_teacher(teacher, heads, bfloat16=bfloat16)
            arrays = _score(opened, part, heads)
            temporary = path.with_suffix(f".{os.getpid()}.tmp.npz")
            np.savez(temporary, **arrays)
            temporary.replace(path)
            say(f"{teacher}: {start + len(part):,} of {len(texts):,} sentences scored")
        with np.load(path, allow_pickle=False) as kept:
            parts.append(dict(kept))
    return parts


def _score(teacher: Teacher, texts: Sequence[str], heads: Sequence[Head]) -> dict[str, Any]:
    """Logits of label heads (sentences, labels); probabilities of tags by word (words, tags), and where words begin."""
    encodings = teacher.tokenizer.encode_batch(list(texts))
    order = sorted(range(len(texts)), key=lambda at: len(encodings[at].ids))
    labels: dict[str, list[Any]] = {head.name: [None] * len(texts) for head in heads if head.kind == "label"}
    tags: dict[str, list[Any]] = {head.name: [None] * len(texts) for head in heads if head.kind == "span"}
    firsts = [_first_tokens(encoding) for encoding in encodings]
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        logits = teacher.logits([encodings[at] for at in batch])
        for name, found in labels.items():
            for at, values in zip(batch, logits[name], strict=True):
                found[at] = values
        for name, found in tags.items():
            chances = _softmax(logits[name]).astype(np.float16)
            for row, at in enumerate(batch):
                found[at] = chances[row, firsts[at]]
    starts = [[encodings[at].offsets[token][0] for token in firsts[at]] for at in range(len(texts))]
    return {
        **{name: np.stack(found) for name, found in labels.items()},
        **{name: np.concatenate(found) for name, found in tags.items()},
        "starts": np.array([start for row in starts for start in row], dtype=np.int32),
        "words": np.array([len(row) for row in starts], dtype=np.int32),
    }


def _first_tokens(encoding: Any) -> list[int]:
    """The places of the tokens that begin a word."""
    words = encoding.word_ids
    return [at for at, word in enumerate(words) if word is not None and (at == 0 or words[at - 1] != word)]


def _by_sentence(parts: Sequence[dict[str, Any]], name: str) -> list[tuple[Any, Any]]:
    """For every sentence: where its words begin, and their tag probabilities."""
    found: list[tuple[Any, Any]] = []
    for part in parts:
        ends = np.cumsum(part["words"])[:-1]
        found += zip(np.split(part["starts"], ends), np.split(part[name], ends), strict=True)
    return found


def _align(said: Sequence[tuple[Any, Any]], encoding: Any) -> Floats:
    """The teachers' mean for each token of the student that begins where a word of every teacher does; else zeros."""
    places = [{int(start): at for at, start in enumerate(starts)} for starts, _ in said]
    tags = said[0][1].shape[1]
    aligned = np.zeros((len(encoding.ids), tags), dtype=np.float16)
    for token in _first_tokens(encoding):
        begins = encoding.offsets[token][0]
        if all(begins in place for place in places):
            aligned[token] = np.mean(
                [chances[place[begins]] for place, (_, chances) in zip(places, said, strict=True)], axis=0
            )
    return aligned


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares
