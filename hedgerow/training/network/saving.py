"""A network in single precision on disk: the encoder as Hugging Face keeps it, the heads beside it, no pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModel

from hedgerow.io.strict_json import write_json
from hedgerow.training.network.module import Head, Network
from hedgerow.training.network.word_encoder import WordConfig, WordEncoder

_HEADS, _WEIGHTS = "heads.json", "heads.safetensors"
_WORDS, _ENCODER = "words.json", "model.safetensors"


def save(network: Network, folder: Path) -> None:
    """Write `network` to `folder`: an encoder that `AutoModel` reads (or one of ours), and what hedgerow adds to it."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(network.encoder, WordEncoder):
        write_json(folder / _WORDS, network.encoder.config.to_dict())
        save_file(network.encoder.state_dict(), folder / _ENCODER)
    else:
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
    """A trained encoder by name or folder, without the pooler of its own: it would have no gradient."""
    folder = Path(name)
    if (folder / _WORDS).is_file():
        config = json.loads((folder / _WORDS).read_text("utf-8"))
        ours = WordEncoder(WordConfig(**{**config, "dilations": tuple(config["dilations"])}))
        ours.load_state_dict(load_file(folder / _ENCODER))
        return ours
    kind = AutoConfig.from_pretrained(name).model_type
    pooler = {"add_pooling_layer": False} if kind in {"bert", "roberta", "mpnet", "xlm-roberta"} else {}
    return AutoModel.from_pretrained(name, **pooler)
