"""One encoder, several heads: label heads read the pooled sentence, span heads each token.

A head learns only from the examples that carry its field: a target of IGNORED costs nothing, so that corpora labelled
for different things can train one encoder side by side (hard parameter sharing, Caruana 1997).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Head:
    """What a head predicts: one of `labels` for a sentence, or one of them (tags) for each token."""

    name: str
    kind: str
    labels: tuple[str, ...]
    weight: float = 1.0


class Network(nn.Module):
    """`encoder` is any Hugging Face encoder, or ours; `class_weights` has a tensor (labels,) for each label head.

    Targets are named as the heads, and those of teachers (probabilities, counted `soft_weight` times) NAME_soft.
    """

    def __init__(
        self,
        encoder: nn.Module,
        heads: Sequence[Head],
        *,
        dropout: float = 0.1,
        focus: float = 0.0,
        soft_weight: float = 1.0,
        class_weights: Mapping[str, Tensor] | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = tuple(heads)
        self.focus = focus
        self.soft_weight = soft_weight
        width: int = encoder.config.hidden_size  # type: ignore[union-attr, assignment]
        self.dropout = nn.Dropout(dropout)
        self.outputs = nn.ModuleDict(
            {head.name: nn.Linear(width if head.kind == "span" else 2 * width, len(head.labels)) for head in self.heads}
        )
        for head in self.heads:
            weights = (class_weights or {}).get(head.name, torch.ones(len(head.labels)))
            self.register_buffer(f"class_weights_{head.name}", weights, persistent=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **targets: Tensor) -> dict[str, Any]:
        """Logits by head: (sentences, labels) or (sentences, tokens, tags); and the loss where there are targets."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        pooled = pool(hidden, attention_mask)
        logits = {
            head.name: self.outputs[head.name](self.dropout(hidden if head.kind == "span" else pooled))
            for head in self.heads
        }
        if not targets:
            return {"logits": logits}
        losses = []
        for head in self.heads:
            if head.name in targets:
                losses.append(self._loss(head, logits[head.name], targets[head.name]))
            if (soft := targets.get(f"{head.name}_soft")) is not None:
                losses.append(self.soft_weight * head.weight * soft_loss(logits[head.name], soft))
        return {"loss": sum(losses)}

    def _loss(self, head: Head, logits: Tensor, target: Tensor) -> Tensor:
        """Weighted cross-entropy, mean over what has a target; with focus > 0 the focal loss of Lin et al. (2017)."""
        weights: Tensor = getattr(self, f"class_weights_{head.name}")
        flat, wanted = logits.reshape(-1, logits.shape[-1]), target.reshape(-1)
        losses = nn.functional.cross_entropy(flat, wanted, weight=weights, ignore_index=IGNORED, reduction="none")
        if self.focus and head.kind == "label":
            sure = torch.exp(-nn.functional.cross_entropy(flat, wanted, ignore_index=IGNORED, reduction="none"))
            losses = losses * (1 - sure) ** self.focus
        counted = weights[wanted.clamp(min=0)] * (wanted != IGNORED)
        return head.weight * losses.sum() / counted.sum().clamp(min=1e-6)


def soft_loss(logits: Tensor, chances: Tensor) -> Tensor:
    """Cross-entropy with teachers' probabilities (Hinton et al. 2015), both (..., labels), mean over what has some."""
    each = -(chances * nn.functional.log_softmax(logits.float(), -1)).sum(-1)
    return each.sum() / chances.sum().clamp(min=1e-6)


def pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean and maximum over the tokens that are there, side by side: (sentences, 2 x width)."""
    there = mask.unsqueeze(-1).to(hidden.dtype)
    mean = (hidden * there).sum(1) / there.sum(1).clamp(min=1)
    highest = hidden.masked_fill(there == 0, torch.finfo(hidden.dtype).min).max(1).values
    return torch.cat([mean, highest], dim=-1)
