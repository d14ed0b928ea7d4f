"""A network in single precision on disk: the encoder as Hugging Face keeps it, the heads beside it, no pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModel

from hedgerow.files import write_json
from hedgerow.network.module import Head, Network

_HEADS, _WEIGHTS = "heads.json", "heads.safetensors"


def save(network: Network, folder: Path) -> None:
    """Write `network` to `folder`: an encoder that `AutoModel` reads, and what hedgerow adds to it."""
    network.encoder.save_pretrained(folder)  # type: ignore[operator]
    write_json(folder / _HEADS, [asdict(head) for head in network.heads])
    save_file(network.outputs.state_dict(), folder / _WEIGHTS)


def load(folder: Path) -> Network:
    """The network that `save` wrote to `folder`, ready to read with."""
    heads = [Head(**{**head, "labels": tuple(head["labels"])}) for head in json.loads((folder / _HEADS).read_text())]
    network = Network(encoder(str(folder)), heads)
    network.outputs.load_state_dict(load_file(folder / _WEIGHTS))
    return network.eval()


def encoder(name: str) -> Any:
    """A pre-trained encoder by name or folder, without the pooler of its own: it would have no gradient."""
    kind = AutoConfig.from_pretrained(name).model_type
    pooler = {"add_pooling_layer": False} if kind in {"bert", "roberta", "mpnet", "xlm-roberta"} else {}
    return AutoModel.from_pretrained(name, **pooler)
