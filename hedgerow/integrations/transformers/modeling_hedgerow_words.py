"""A hedgerow network for transformers whose encoder is of words and gated convolutions."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from hedgerow.integrations.transformers.modeling_hedgerow import HedgerowConfig, HedgerowModel
from hedgerow.predictors.network.word_tokenizer import unpack
from hedgerow.training.network.word_encoder import WordConfig, WordEncoder

__all__ = ["HedgerowWordsConfig", "HedgerowWordsModel"]


class HedgerowWordsConfig(HedgerowConfig):
    """The architecture and the heads; transformers finds the model by this class, so it is not HedgerowConfig."""

    model_type = "hedgerow_words"


class HedgerowWordsModel(HedgerowModel):
    """The network; a token's four ids come packed in one number, from HedgerowTokenizer."""

    config_class = HedgerowWordsConfig

    def build_encoder(self, description: Mapping[str, Any]) -> Any:
        """Return the encoder with random weights."""
        settings = {name: value for name, value in description.items() if name != "model_type"}
        return WordEncoder(WordConfig(**{**settings, "dilations": tuple(settings["dilations"])}))

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None, **_: Any) -> dict[str, Tensor]:
        """Return the logits by head; `input_ids` is (sentences, tokens)."""
        ids = torch.from_numpy(unpack(input_ids.cpu().numpy())).to(input_ids.device)
        return super().forward(ids, attention_mask)
