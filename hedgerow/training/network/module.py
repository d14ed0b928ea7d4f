"""One encoder, several heads: label heads read the pooled sentence, span heads read each token.

A head learns only from the rows that have its field: a target of IGNORED has no loss. So corpora labelled for different
things train one encoder together (hard parameter sharing, Caruana 1997).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

IGNORED = -100
_SHARPNESS = 2.0  # of soft ordinal labels: a label has 1 / e^2 of the weight of the one before it


@dataclass(frozen=True, slots=True)
class TrainingHead:
    """A head to train: `kind` "label" predicts one of `labels` per sentence, "span" one of them (a tag) per token.

    `weight` multiplies its loss, and its score on dev. If it `is_ordered`, a label near the right one is half right.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    weight: float = 1.0
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class LossSettings:
    """The settings of the loss.

    `focal_gamma` is the focus of the focal loss (Lin et al. 2017) of label heads; 0 is cross-entropy. `label_smoothing`
    is the probability that is spread over all labels of a label head (Szegedy et al. 2016). `soft_weight` multiplies
    the loss of teachers' soft targets. `class_weights` has one number per label of a label head; a head
    without an entry has equal weights.
    """

    focal_gamma: float = 0.0
    label_smoothing: float = 0.0
    soft_weight: float = 1.0
    class_weights: Mapping[str, Sequence[float]] = field(default_factory=dict)


class Network(nn.Module):
    """An encoder with heads.

    Parameters
    ----------
    encoder
        Any Hugging Face encoder, or a WordEncoder.
    heads
        The heads, in the order of the outputs.
    dropout
        The dropout before every head.
    loss
        The settings of the loss.

    """

    def __init__(
        self,
        encoder: nn.Module,
        heads: Sequence[TrainingHead],
        *,
        dropout: float = 0.1,
        loss: LossSettings | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = tuple(heads)
        self.loss = loss or LossSettings()
        width: int = encoder.config.hidden_size  # type: ignore[union-attr, assignment]
        self.dropout = nn.Dropout(dropout)
        self.outputs = nn.ModuleDict(
            {
                _key(head.name): nn.Linear(width if head.kind == "span" else 2 * width, len(head.labels))
                for head in self.heads
            }
        )
        for head in self.heads:
            weights = self.loss.class_weights.get(head.name, [1.0] * len(head.labels))
            self.register_buffer(f"class_weights_{head.name}", torch.tensor(weights), persistent=False)

    def output(self, head: str) -> nn.Linear:
        """Return the last layer of a head."""
        layer: nn.Linear = self.outputs[_key(head)]  # type: ignore[assignment]
        return layer

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **targets: Tensor) -> dict[str, Any]:
        """Return the logits by head, or the loss if there are targets.

        Logits are (sentences, labels) or (sentences, tokens, tags). Targets have the name of their head; those of
        teachers, which are probabilities, NAME_soft.
        """
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        pooled = pool(hidden, attention_mask)
        logits = {
            head.name: self.output(head.name)(self.dropout(hidden if head.kind == "span" else pooled))
            for head in self.heads
        }
        if not targets:
            return {"logits": logits}
        losses = []
        for head in self.heads:
            if head.name in targets:
                losses.append(self._loss(head, logits[head.name], targets[head.name]))
            if (soft := targets.get(f"{head.name}_soft")) is not None:
                losses.append(self.loss.soft_weight * head.weight * soft_loss(logits[head.name], soft))
        return {"loss": sum(losses)}

    def _loss(self, head: TrainingHead, logits: Tensor, target: Tensor) -> Tensor:
        """Return the mean weighted cross-entropy over the targets; with gamma > 0, the focal loss of label heads."""
        weights: Tensor = getattr(self, f"class_weights_{head.name}")
        flat = logits.reshape(-1, logits.shape[-1])
        gold = target.reshape(-1)
        counted = weights[gold.clamp(min=0)] * (gold != IGNORED)
        if head.is_ordered:
            return head.weight * (counted * ordered_loss(flat, gold)).sum() / counted.sum().clamp(min=1e-6)
        losses = nn.functional.cross_entropy(
            flat,
            gold,
            weight=weights,
            ignore_index=IGNORED,
            reduction="none",
            label_smoothing=self.loss.label_smoothing if head.kind == "label" else 0.0,
        )
        if self.loss.focal_gamma and head.kind == "label":
            gold_probs = torch.exp(-nn.functional.cross_entropy(flat, gold, ignore_index=IGNORED, reduction="none"))
            losses = losses * (1 - gold_probs) ** self.loss.focal_gamma
        return head.weight * losses.sum() / counted.sum().clamp(min=1e-6)


def _key(head: str) -> str:
    """Return the name of a head's layer: no layer may be called like an attribute of torch's, "values", "training"."""
    return f"{head}-" if hasattr(nn.ModuleDict(), head) else head


def ordered_loss(logits: Tensor, gold: Tensor) -> Tensor:
    """Return the cross-entropy with soft ordinal labels (Diaz & Marathe 2019).

    `logits` are (items, labels), `gold` and the losses (items,).
    The target of a label is softmax(-2 d), d its distance from the gold label in steps: with four labels and the second
    one right .10, .77, .10, .01. Label smoothing and the focal loss do not apply.
    """
    levels = torch.arange(logits.shape[-1], device=logits.device)
    distance = (levels[None, :] - gold.clamp(min=0)[:, None]).abs()
    soft = torch.softmax(-_SHARPNESS * distance.to(logits.dtype), -1)
    return -(soft * nn.functional.log_softmax(logits, -1)).sum(-1)


def soft_loss(logits: Tensor, probs: Tensor) -> Tensor:
    """Return the cross-entropy with teachers' probabilities (Hinton et al. 2015), both (..., labels).

    It is the mean over the items that have probabilities; all zeros is none.
    """
    losses = -(probs * nn.functional.log_softmax(logits.float(), -1)).sum(-1)
    return losses.sum() / probs.sum().clamp(min=1e-6)


def pool(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    """Return the mean and the maximum over the tokens that are not padding: (sentences, 2 x width)."""
    mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
    mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1)
    highest = hidden.masked_fill(mask == 0, torch.finfo(hidden.dtype).min).max(1).values
    return torch.cat([mean, highest], dim=-1)
