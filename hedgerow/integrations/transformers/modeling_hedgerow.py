"""A hedgerow network for transformers: one encoder, and a head for each thing that it says of a sentence.

    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=True)
    model = AutoModel.from_pretrained(folder, trust_remote_code=True)
    model.label(["He may resign."], tokenizer)

It needs torch and transformers, not hedgerow. `hedgerow export` wrote it; licence: Apache-2.0.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel

_WITH_POOLER = frozenset({"bert", "roberta", "mpnet", "xlm-roberta"})  # it has no weights here
_HIGHEST = 255  # of an activation that is rounded to 8 bits


class HedgerowConfig(PretrainedConfig):
    """The architecture of the encoder, and the heads.

    `heads` has for each its name, its kind ("label": one per sentence; "span": a BIO tag per token), its id2label and
    its temperature, and "ordered" if its labels are in order. `id2label` is that of the first label head.
    `activation_scales` has, for each product of integers in the model that was exported, the size of a step and the
    integer that stands for 0.
    """

    model_type = "hedgerow"

    def __init__(
        self,
        encoder: Mapping[str, Any] | None = None,
        heads: Sequence[Mapping[str, Any]] = (),
        activation_scales: Mapping[str, tuple[float, int]] | None = None,
        **settings: Any,
    ) -> None:
        self.encoder = dict(encoder or {})
        self.heads = list(heads)
        self.activation_scales = dict(activation_scales or {})
        self.hidden_size = self.encoder.get("hidden_size")
        super().__init__(**settings)


class HedgerowModel(PreTrainedModel):
    """The network."""

    config_class: type[HedgerowConfig] = HedgerowConfig

    def __init__(self, config: HedgerowConfig) -> None:
        super().__init__(config)
        self.encoder = self.build_encoder(config.encoder)
        width = config.encoder["hidden_size"]
        self.outputs = nn.ModuleDict(
            {
                head["name"]: nn.Linear(width if head["kind"] == "span" else 2 * width, len(head["id2label"]))
                for head in config.heads
            }
        )
        for name, (size, zero) in config.activation_scales.items():
            self.get_submodule(name).register_forward_pre_hook(_Rounding(size, zero))
        self.post_init()

    def build_encoder(self, description: Mapping[str, Any]) -> Any:
        """Return the encoder with random weights."""
        kind = description["model_type"]
        without_pooler = {"add_pooling_layer": False} if kind in _WITH_POOLER else {}
        settings = {name: value for name, value in description.items() if name != "model_type"}
        return AutoModel.from_config(AutoConfig.for_model(kind, **settings), **without_pooler)

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None, **_: Any) -> dict[str, Tensor]:
        """Return the logits by head, before temperature: (sentences, labels), or (sentences, tokens, tags).

        `attention_mask` is 1 for tokens and 0 for padding, by default all tokens.
        """
        if attention_mask is None:
            attention_mask = torch.ones(input_ids.shape[:2], dtype=torch.long, device=input_ids.device)
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        pooled = _pool(hidden, attention_mask)
        kinds = {head["name"]: head["kind"] for head in self.config.heads}
        return {name: head(hidden if kinds[name] == "span" else pooled) for name, head in self.outputs.items()}

    @torch.no_grad()
    def label(self, sentences: Sequence[str], tokenizer: Any) -> list[dict[str, Any]]:
        """Return for each sentence the label and the calibrated scores of every label head (NAME, NAME_scores).

        An ordered head has NAME_level too: the expected level, 0 (its first label) to 1 (its last). Raises ValueError
        for one string, and for a sentence that is blank or no string.
        """
        _check(sentences)
        if not sentences:
            return []
        composed = [unicodedata.normalize("NFC", sentence) for sentence in sentences]
        inputs = tokenizer(composed, padding=True, truncation=True, return_tensors="pt").to(self.device)
        logits = self(inputs["input_ids"], inputs["attention_mask"])
        rows: list[dict[str, Any]] = [{} for _ in sentences]
        for head in self.config.heads:
            if head["kind"] != "label":
                continue
            labels = list(head["id2label"].values())
            probabilities = torch.softmax(logits[head["name"]].float() / head["temperature"], dim=-1)
            for row, scores in zip(rows, probabilities.tolist(), strict=True):
                row[head["name"]] = labels[scores.index(max(scores))]
                row[f"{head['name']}_scores"] = dict(zip(labels, scores, strict=True))
                if head.get("ordered"):
                    row[f"{head['name']}_level"] = sum(at * score for at, score in enumerate(scores)) / (
                        len(labels) - 1
                    )
        return rows


def _check(sentences: Sequence[str]) -> None:
    if isinstance(sentences, str):
        raise ValueError("label takes a list of sentences, not one string; write model.label([sentence], tokenizer)")
    for number, sentence in enumerate(sentences):
        if not isinstance(sentence, str) or not sentence.strip():
            what = "blank" if isinstance(sentence, str) else f"{type(sentence).__name__}, not a string"
            raise ValueError(f"sentence {number} is {what}; leave it out")


class _Rounding:
    """Rounds the input of a product to 8 bits, as the exported model does; the gradient passes unchanged."""

    def __init__(self, size: float, zero: int) -> None:
        self.size, self.zero = size, zero

    def __call__(self, _: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor]:
        (values,) = inputs
        integers = (torch.round(values / self.size) + self.zero).clamp(0, _HIGHEST)
        return (values + ((integers - self.zero) * self.size - values).detach(),)


def _pool(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    """Return the mean and the maximum over the tokens that are not padding: (sentences, 2 x width)."""
    mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
    mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1)
    highest = hidden.masked_fill(mask == 0, torch.finfo(hidden.dtype).min).max(1).values
    return torch.cat([mean, highest], dim=-1)
