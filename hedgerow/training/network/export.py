"""Export a network as an ONNX graph: token ids and mask in, the logits of every head out."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from hedgerow.training.network.module import Network


class _Logits(nn.Module):
    """The network with a tuple for its dictionary: the outputs of an ONNX graph are in order."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, ...]:
        logits = self.network(input_ids, attention_mask)["logits"]
        return tuple(logits[head.name] for head in self.network.heads)


def write_onnx(network: Network, path: Path) -> None:
    """Write `network` in single precision; the numbers of sentences and of tokens are free dimensions."""
    # The word encoder takes several numbers per token: (sentences, tokens, numbers).
    numbers: tuple[int, ...] = getattr(network.encoder, "numbers", ())
    ids = torch.ones(2, 9, *numbers, dtype=torch.long)
    mask = torch.ones(2, 9, dtype=torch.long)
    free = {0: torch.export.Dim("sentences"), 1: torch.export.Dim("tokens")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns about its own internals
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            _Logits(network).eval(),
            (ids, mask),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=[head.name for head in network.heads],
            dynamic_shapes={"input_ids": free, "attention_mask": free},
            dynamo=True,
            external_data=False,
            verbose=False,
        )
