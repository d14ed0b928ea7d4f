"""The architecture of an encoder as JSON: what a manifest needs so that the encoder can be built again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transformers import AutoConfig, AutoModel, PretrainedConfig

from hedgerow.training.network.word_encoder import WordConfig, WordEncoder

WORDS = "words"  # the `model_type` of a WordEncoder; the others are Hugging Face's
# The backbone "minilm", sentence-transformers/all-MiniLM-L6-v2, from its config.json. A model that was trained before
# manifests had `encoder` names only its backbone.
MINILM: Mapping[str, Any] = {
    "model_type": "bert",
    "vocab_size": 30522,
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "hidden_act": "gelu",
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
}
_NOT_ARCHITECTURE = ("_name_or_path", "architectures", "dtype", "transformers_version")
_WITH_POOLER = frozenset({"bert", "roberta", "mpnet", "xlm-roberta"})


def describe_encoder(encoder: Any) -> dict[str, Any]:
    """Return the architecture of `encoder` for a manifest: its `model_type` and sizes, without paths or versions."""
    if isinstance(encoder, WordEncoder):
        return {"model_type": WORDS, **encoder.config.to_dict(), "dilations": list(encoder.config.dilations)}
    everybody = PretrainedConfig().to_dict()
    settings = encoder.config.to_dict()
    return {
        name: value
        for name, value in sorted(settings.items())
        if name not in _NOT_ARCHITECTURE and (name not in everybody or everybody[name] != value)
    }


def build_encoder(description: Mapping[str, Any]) -> Any:
    """Return an encoder with random weights of the architecture that `describe_encoder` returned.

    Raises ValueError or TypeError if `description` is not one.
    """
    settings = dict(description)
    kind = settings.pop("model_type", None)
    if kind == WORDS:
        return WordEncoder(WordConfig(**{**settings, "dilations": tuple(settings["dilations"])}))
    config = AutoConfig.for_model(kind, **settings)
    return AutoModel.from_config(config, **without_pooler(kind))  # type: ignore[no-untyped-call]


def without_pooler(kind: str) -> dict[str, bool]:
    """Return the argument that leaves out the pooler of an encoder, which would get no gradient."""
    return {"add_pooling_layer": False} if kind in _WITH_POOLER else {}
