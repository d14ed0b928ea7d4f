"""A network to an ONNX graph: token ids and mask in, the logits of every head out."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from hedgerow.training.network.module import Network


class _Logits(nn.Module):
    """The network without its dictionary: an ONNX graph has outputs in order."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, ...]:
        logits = self.network(input_ids, attention_mask)["logits"]
        return tuple(logits[head.name] for head in self.network.heads)


def write_onnx(network: Network, path: Path) -> None:
    """Write `network` in single precision; sentences and tokens are free dimensions."""
    numbers: tuple[int, ...] = getattr(network.encoder, "numbers", ())  # of a token, where it is more than one
    ids, mask = torch.ones(2, 9, *numbers, dtype=torch.long), torch.ones(2, 9, dtype=torch.long)
    free = {0: torch.export.Dim("sentences"), 1: torch.export.Dim("tokens")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own, about its internals
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
