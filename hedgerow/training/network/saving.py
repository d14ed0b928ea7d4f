"""Save a network in single precision, and load it: the encoder as Hugging Face keeps it, the heads beside it.

There is no pickle in the folder.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModel

from hedgerow.io.strict_json import write_json
from hedgerow.training.network.encoder_config import without_pooler
from hedgerow.training.network.module import Network, TrainingHead
from hedgerow.training.network.word_encoder import WordConfig, WordEncoder

_HEADS, _HEAD_WEIGHTS = "heads.json", "heads.safetensors"
_WORD_CONFIG, _ENCODER_WEIGHTS = "words.json", "model.safetensors"


def save(network: Network, folder: Path) -> None:
    """Write `network` to `folder`: an encoder that `AutoModel` loads (or a WordEncoder), and its heads."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(network.encoder, WordEncoder):
        write_json(folder / _WORD_CONFIG, network.encoder.config.to_dict())
        save_file(network.encoder.state_dict(), folder / _ENCODER_WEIGHTS)
    else:
        network.encoder.save_pretrained(folder)  # type: ignore[operator]
    write_json(folder / _HEADS, [asdict(head) for head in network.heads])
    save_file(network.outputs.state_dict(), folder / _HEAD_WEIGHTS)


def load(folder: Path) -> Network:
    """Return the network that `save` wrote to `folder`, in evaluation mode."""
    network = Network(load_encoder(str(folder)), saved_heads(folder))
    network.outputs.load_state_dict(load_file(folder / _HEAD_WEIGHTS))
    return network.eval()


def saved_heads(folder: Path) -> list[TrainingHead]:
    """Return the heads of the network in `folder`."""
    rows = json.loads((folder / _HEADS).read_text("utf-8"))
    return [TrainingHead(**{**row, "labels": tuple(row["labels"])}) for row in rows]


def has_word_encoder(folder: Path) -> bool:
    """Return whether the network in `folder` has a WordEncoder, and not one of Hugging Face's."""
    return (folder / _WORD_CONFIG).is_file()


def load_encoder(name: str) -> Any:
    """Return a trained encoder by name or folder, without its own pooler, which would get no gradient."""
    folder = Path(name)
    if has_word_encoder(folder):
        config = json.loads((folder / _WORD_CONFIG).read_text("utf-8"))
        encoder = WordEncoder(WordConfig(**{**config, "dilations": tuple(config["dilations"])}))
        encoder.load_state_dict(load_file(folder / _ENCODER_WEIGHTS))
        return encoder
    kind = AutoConfig.from_pretrained(name, trust_remote_code=False).model_type
    return AutoModel.from_pretrained(name, trust_remote_code=False, **without_pooler(kind))
