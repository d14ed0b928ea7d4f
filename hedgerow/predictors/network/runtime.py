"""A network at run time: a tokenizer, an ONNX graph and its heads, without torch.

The sentences of a call are sorted by length, run in batches of equal padded length (see `batches`), and put back in
order. Each core runs a batch of its own: ONNX Runtime releases Python's lock while it works, and two batches side by
side leave less idle than one that is shared. The number of threads is chosen once, when the network is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from hedgerow.errors import ModelError
from hedgerow.predictors.base import Reloadable
from hedgerow.predictors.network.batches import Ints, by_length, pad, padded_length
from hedgerow.predictors.network.graph import prepare
from hedgerow.predictors.network.heads import Floats, Heads
from hedgerow.predictors.network.word_tokenizer import WordEncoding, WordTokenizer, unpack
from hedgerow.results import Prediction


class NetworkModel(Reloadable):
    """A trained network; `threads` batches run side by side."""

    preferred_batch_size = 2048  # sentences to sort by length
    prefetch = 1  # one batch is tokenised while the other is in the graph

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
        self.decoder = Heads(heads)  # as the manifest has them
        self.heads = self.decoder.described()
        self._threads = threads
        self._pools: dict[int, ThreadPoolExecutor] = {}  # by process: a forked one has none of its parent's threads

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, in order; none depends on the other texts."""
        encodings, rows = self.tokenise(texts)
        batches = by_length([len(row) for row in rows])

        def work(places: Sequence[int]) -> list[Prediction]:
            logits, mask = self.infer([rows[at] for at in places])
            return self.decoder.predictions(
                logits, mask, [texts[at] for at in places], [encodings[at] for at in places]
            )

        found: dict[int, Prediction] = {}
        for places, predictions in zip(batches, self._map(work, batches), strict=True):
            found.update(zip(places, predictions, strict=True))
        return [found[at] for at in range(len(texts))]

    def tokenise(self, texts: Sequence[str]) -> tuple[list[Any], list[list[int]]]:
        """Return encodings, and their rows: one number per token (a word piece's id, or a word's four, packed)."""
        encodings = self._tokenizer.encode_batch(list(texts))
        return encodings, [one.packed if isinstance(one, WordEncoding) else one.ids for one in encodings]

    def infer(self, rows: Sequence[Sequence[int]]) -> tuple[dict[str, Floats], Ints]:
        """Return logits by head, and the mask (sentences, tokens).

        A single sentence runs beside a copy of itself: a batch of one is summed by another kernel (see `batches`).
        """
        length = padded_length(max(map(len, rows)))
        numbers, mask = pad(rows if len(rows) > 1 else [rows[0], rows[0]], length)
        ids = unpack(numbers) if isinstance(self._tokenizer, WordTokenizer) else numbers
        outputs = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        logits = {name: output[: len(rows)] for name, output in zip(self.decoder.names, outputs, strict=True)}
        return logits, mask[: len(rows)]

    def label_together(self, texts: Sequence[str]) -> list[Prediction]:
        """Label in one batch, whatever the lengths; measurements use it."""
        encodings, rows = self.tokenise(texts)
        logits, mask = self.infer(rows)
        return self.decoder.predictions(logits, mask, texts, encodings)

    def logits(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Return the logits of the label heads, (sentences, labels) each, before temperature: for calibration."""
        _, rows = self.tokenise(texts)
        found: dict[str, list[Any]] = {name: [None] * len(texts) for name in self.decoder.label_heads}
        for batch in by_length([len(row) for row in rows]):
            logits, _ = self.infer([rows[at] for at in batch])
            for row, at in enumerate(batch):
                for name, values in found.items():
                    values[at] = logits[name][row]
        return {name: np.stack(values) for name, values in found.items()}

    def _map(self, work: Any, batches: Sequence[Sequence[int]]) -> Any:
        """Return `map(work, batches)`, in the threads that all calls share: calls that overlap do not get more."""
        pool = self._pools.get(os.getpid())
        if pool is None:  # a pool that another thread made meanwhile is taken
            new = ThreadPoolExecutor(self._threads, thread_name_prefix="hedgerow")
            pool = self._pools.setdefault(os.getpid(), new)
        return pool.map(work, batches)


def padded(rows: Sequence[Sequence[Any]]) -> dict[str, Ints]:
    """Return token ids (sentences, longest) and their mask, for training and measuring.

    If a token is several numbers (see word_tokenizer), the ids are (sentences, longest, numbers).
    """
    _, mask = pad([range(len(row)) for row in rows])
    ids = np.zeros((*mask.shape, *np.shape(rows[0][0])), dtype=np.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
    return {"input_ids": ids, "attention_mask": mask}


def usable_threads() -> int:
    """Return OMP_NUM_THREADS if it is set, else the number of cores that this process may use."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load_network(folder: Path, manifest: Mapping[str, Any], *, threads: int | None = None) -> NetworkModel:
    """Load the network in `folder`, whose hedgerow.json is `manifest`.

    `threads` batches run side by side, by default one per core. Raises ModelError if the files do not fit.
    """
    try:
        return _load(folder, manifest, usable_threads() if threads is None else threads)
    except Exception as error:  # both libraries raise bare Exceptions for files they cannot read
        raise ModelError(f"{folder}: not a network ({error}); train or copy the model again") from None


def _load(folder: Path, manifest: Mapping[str, Any], threads: int) -> NetworkModel:
    path = folder / "tokenizer.json"
    tokenizer: Any = WordTokenizer.load(path) if manifest.get("tokenizer") == "word" else Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(manifest["max_tokens"])
    session = _open_session(folder / "model.onnx")
    return NetworkModel(folder.name, session, tokenizer, manifest["heads"], threads)


def _open_session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors; its warnings are about itself
    options.intra_op_num_threads = 1  # of one batch; batches run side by side
    graph, weights = prepare(path.read_bytes())
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
    options.add_external_initializers([*weights], values)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
