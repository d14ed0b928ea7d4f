"""The network at run time: a tokenizer, an ONNX graph, and what is read off its heads. No torch.

Sentences are sorted by length within what is handed over at once, run in batches of like length, and put back in order.
Only weights are quantised (hedgerow.export), so an answer does not hang on its batch neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from hedgerow import tags
from hedgerow.errors import ModelError
from hedgerow.labels import AXES, Prediction, Span, SpanType
from hedgerow.words import WordTokenizer

TOKENS_AT_ONCE = 2048  # of a batch, padding included: more is no faster on two cores and takes memory

Floats = NDArray[np.floating[Any]]


class NetworkModel:
    """A trained network. Scores are those of softmax over logits / temperature (Guo et al. 2017), by head."""

    window = 512  # sentences that it likes to be handed at once, to sort by length

    def __init__(
        self, name: str, session: onnxruntime.InferenceSession, tokenizer: Any, heads: Sequence[Mapping[str, Any]]
    ) -> None:
        self.name = name
        self._session = session
        self._tokenizer = tokenizer
        self._heads = tuple(heads)
        # Labels as what a user gets, made once and not for every sentence.
        self._labels: dict[str, list[Any]] = {
            head["name"]: [AXES.get(head["name"], str)(label) for label in head["labels"]] for head in heads
        }
        self._types = [
            SpanType(label.removeprefix("B-"))
            for head in heads
            if head["kind"] == "span" and head["name"] == "spans"
            for label in head["labels"]
            if label.startswith("B-")
        ]

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        encodings = self._tokenizer.encode_batch(list(texts))
        found: dict[int, Prediction] = {}
        for batch in _batches(encodings):
            found |= zip(batch, self._label([texts[at] for at in batch], [encodings[at] for at in batch]), strict=True)
        return [found[at] for at in range(len(texts))]

    def label_together(self, texts: Sequence[str]) -> list[Prediction]:
        """As `label`, but in one batch, whatever the lengths: what measuring needs."""
        return self._label(texts, self._tokenizer.encode_batch(list(texts)))

    def _label(self, texts: Sequence[str], encodings: Sequence[Any]) -> list[Prediction]:
        logits = self._run(encodings)
        scores = {
            head["name"]: softmax(logits[head["name"]] / head["temperature"]).tolist()
            for head in self._heads
            if head["kind"] == "label"
        }
        chances = softmax(logits["spans"]) if self._types else None
        predictions = []
        for row, (text, encoding) in enumerate(zip(texts, encodings, strict=True)):
            spans = () if chances is None else self._spans(text, encoding, chances[row, : len(encoding.ids)])
            by_head = {name: dict(zip(self._labels[name], found[row], strict=True)) for name, found in scores.items()}
            predictions.append(_prediction(text, by_head, spans, _read_to(encoding)))
        return predictions

    def _spans(self, text: str, encoding: Any, scores: Floats) -> tuple[Span, ...]:
        found = tags.decode(scores, encoding.offsets, encoding.word_ids)
        return tuple(
            Span(start, end, self._types[kind], text[start:end], round(score, 4)) for start, end, kind, score in found
        )

    def logits(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Logits of the label heads, (sentences, labels) each, not divided by their temperatures: for calibration."""
        encodings = self._tokenizer.encode_batch(list(texts))
        found: dict[str, list[Any]] = {
            head["name"]: [None] * len(texts) for head in self._heads if head["kind"] == "label"
        }
        for batch in _batches(encodings):
            logits = self._run([encodings[at] for at in batch])
            for row, at in enumerate(batch):
                for name, values in found.items():
                    values[at] = logits[name][row]
        return {name: np.stack(values) for name, values in found.items()}

    def _run(self, encodings: Sequence[Any]) -> dict[str, Floats]:
        outputs = self._session.run(None, padded([encoding.ids for encoding in encodings]))
        return {head["name"]: output for head, output in zip(self._heads, outputs, strict=True)}


def _prediction(
    text: str, scores: Mapping[str, Mapping[Any, float]], spans: tuple[Span, ...], read_to: int | None
) -> Prediction:
    certainty, stance = scores["certainty"], scores["stance"]
    return Prediction(
        text=text,
        certainty=max(certainty, key=certainty.__getitem__),
        stance=max(stance, key=stance.__getitem__),
        certainty_scores=certainty,
        stance_scores=stance,
        spans=spans,
        other_scores={name: found for name, found in scores.items() if name not in AXES},
        read_to=read_to,
    )


def padded(rows: Sequence[Sequence[Any]]) -> dict[str, NDArray[np.int64]]:
    """Token ids of several sentences as a network takes them: (sentences, longest), and a mask of what is there.

    Where a token is several numbers (hedgerow.words) the ids are (sentences, longest, numbers).
    """
    mask = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    ids = np.zeros((*mask.shape, *np.shape(rows[0][0])), dtype=np.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
        mask[at, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def softmax(logits: Floats) -> Floats:
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def load_network(folder: Path, manifest: Mapping[str, Any], *, threads: int | None = None) -> NetworkModel:
    """The network in `folder`, whose hedgerow.json is `manifest`. Raises ModelError where the files do not fit.

    `threads` are those of one batch's sums; by default as many as there are cores.
    """
    try:
        return _load(folder, manifest, threads)
    except Exception as error:  # both libraries raise bare Exceptions for files they cannot read
        raise ModelError(f"{folder}: not a network ({error}); train or copy the model again") from None


def _load(folder: Path, manifest: Mapping[str, Any], threads: int | None) -> NetworkModel:
    path = folder / "tokenizer.json"
    tokenizer: Any = WordTokenizer.load(path) if manifest.get("reads") == "words" else Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(manifest["max_tokens"])
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; its warnings are about itself
    if threads is not None:
        options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    return NetworkModel(folder.name, session, tokenizer, manifest["heads"])


def _batches(encodings: Sequence[Any]) -> list[list[int]]:
    """Places of like length together, at most TOKENS_AT_ONCE tokens a batch."""
    batches: list[list[int]] = []
    for at in sorted(range(len(encodings)), key=lambda at: len(encodings[at].ids)):
        # Sorted, so the new one is the longest and decides what the padded batch takes.
        if batches and (len(batches[-1]) + 1) * len(encodings[at].ids) <= TOKENS_AT_ONCE:
            batches[-1].append(at)
        else:
            batches.append([at])
    return batches


def _read_to(encoding: Any) -> int | None:
    """Where reading stopped when the sentence was too long, in code points; None when all of it was read."""
    if not encoding.overflowing:
        return None
    return int(max(end for _, end in encoding.offsets))
