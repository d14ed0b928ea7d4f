"""The network at run time: a tokenizer, an ONNX graph, and what is read off its heads. No torch.

Sentences are sorted by length within what is handed over at once, run in batches of like length (`batches`), and put
back in order. Each core runs a batch of its own: ONNX Runtime lets go of Python's lock while it works, and two batches
side by side leave less idle than one that is shared. The number of threads is chosen once, when a network is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from hedgerow.errors import ModelError
from hedgerow.labels import Prediction
from hedgerow.models.network.batches import Ints, by_length, pad, padded_length
from hedgerow.models.network.heads import Floats, Heads
from hedgerow.models.network.word_tokenizer import WordEncoding, WordTokenizer, unpack


class NetworkModel:
    """A trained network; `threads` batches run side by side."""

    window = 2048  # sentences that it likes to be handed at once, to sort by length
    ahead = 1  # windows that may be handed over before the first is asked for: tokens of one, sums of the other

    def __init__(
        self,
        name: str,
        session: onnxruntime.InferenceSession,
        tokenizer: Any,
        heads: Sequence[Mapping[str, Any]],
        threads: int = 1,
    ) -> None:
        self.name = name
        self._session = session
        self._tokenizer = tokenizer
        self.heads = Heads(heads)  # as the manifest has them
        self._threads = threads

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        encodings, rows = self.tokenise(texts)
        batches = by_length([len(row) for row in rows])

        def work(places: Sequence[int]) -> list[Prediction]:
            logits, mask = self.infer([rows[at] for at in places])
            return self.heads.predictions(logits, mask, [texts[at] for at in places], [encodings[at] for at in places])

        found: dict[int, Prediction] = {}
        for places, predictions in zip(batches, self._map(work, batches), strict=True):
            found.update(zip(places, predictions, strict=True))
        return [found[at] for at in range(len(texts))]

    def tokenise(self, texts: Sequence[str]) -> tuple[list[Any], list[list[int]]]:
        """Encodings, and their rows: one number a token, of a word piece its own, of a word its four packed."""
        encodings = self._tokenizer.encode_batch(list(texts))
        return encodings, [one.packed if isinstance(one, WordEncoding) else one.ids for one in encodings]

    def infer(self, rows: Sequence[Sequence[int]]) -> tuple[dict[str, Floats], Ints]:
        """Logits by head, and the mask of what is there, (sentences, tokens). One sentence runs beside itself: see
        batches, whose rows are padded alike."""
        length = padded_length(max(map(len, rows)))
        numbers, mask = pad(rows if len(rows) > 1 else [rows[0], rows[0]], length)
        ids = unpack(numbers) if isinstance(self._tokenizer, WordTokenizer) else numbers
        outputs = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        logits = {name: output[: len(rows)] for name, output in zip(self.heads.names, outputs, strict=True)}
        return logits, mask[: len(rows)]

    def label_together(self, texts: Sequence[str]) -> list[Prediction]:
        """As `label`, but in one batch, whatever the lengths: what measuring needs."""
        encodings, rows = self.tokenise(texts)
        logits, mask = self.infer(rows)
        return self.heads.predictions(logits, mask, texts, encodings)

    def logits(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Logits of the label heads, (sentences, labels) each, not divided by their temperatures: for calibration."""
        _, rows = self.tokenise(texts)
        found: dict[str, list[Any]] = {name: [None] * len(texts) for name in self.heads.of_labels}
        for batch in by_length([len(row) for row in rows]):
            logits, _ = self.infer([rows[at] for at in batch])
            for row, at in enumerate(batch):
                for name, values in found.items():
                    values[at] = logits[name][row]
        return {name: np.stack(values) for name, values in found.items()}

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        """Made when it is first needed, so that a process that was forked before has its own."""
        return ThreadPoolExecutor(self._threads, thread_name_prefix="hedgerow")

    def _map(self, work: Any, batches: Sequence[Sequence[int]]) -> Any:
        return map(work, batches) if self._threads == 1 or len(batches) == 1 else self._pool.map(work, batches)


def padded(rows: Sequence[Sequence[Any]]) -> dict[str, Ints]:
    """Token ids as a network takes them: (sentences, longest), and a mask of what is there: for training and measuring.

    Where a token is several numbers (hedgerow.models.network.word_tokenizer) the ids are (sentences, longest, numbers).
    """
    _, mask = pad([range(len(row)) for row in rows])
    ids = np.zeros((*mask.shape, *np.shape(rows[0][0])), dtype=np.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
    return {"input_ids": ids, "attention_mask": mask}


def usable_threads() -> int:
    """As many as there are cores that this process may use, or as OMP_NUM_THREADS says."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load_network(folder: Path, manifest: Mapping[str, Any], *, threads: int | None = None) -> NetworkModel:
    """The network in `folder`, whose hedgerow.json is `manifest`. Raises ModelError where the files do not fit.

    `threads` batches run side by side; by default as many as there are cores.
    """
    try:
        return _load(folder, manifest, usable_threads() if threads is None else threads)
    except Exception as error:  # both libraries raise bare Exceptions for files they cannot read
        raise ModelError(f"{folder}: not a network ({error}); train or copy the model again") from None


def _load(folder: Path, manifest: Mapping[str, Any], threads: int) -> NetworkModel:
    path = folder / "tokenizer.json"
    tokenizer: Any = WordTokenizer.load(path) if manifest.get("reads") == "words" else Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(manifest["max_tokens"])
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; its warnings are about itself
    options.intra_op_num_threads = 1  # of one batch; batches run side by side
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    return NetworkModel(folder.name, session, tokenizer, manifest["heads"], threads)
