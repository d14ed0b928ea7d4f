"""Train a network for integer arithmetic: it learns to give the same answers with rounded weights and activations.

Quantisation-aware training (Jacob et al. 2018): in training, the products of the encoder get the numbers that an
integer kernel will see. The network in single precision is its teacher: the loss is the cross-entropy with the
teacher's probabilities, of labels and of tags, on text that needs no labels.

- Weights: 7 bits, -64 to 64, symmetric, one scale per output. The sum of two products is at most 2 x 255 x 64 = 32,640,
  so that the 16-bit sums of processors without VNNI (AVX2's vpmaddubsw) cannot saturate.
- Activations: unsigned 8 bits with a zero point, one static scale per product, so that a sentence's answer does not
  depend on its batch. Products of the same input share a scale, and so the rounding. A scale begins where the squared
  error on observed activations is least, and is learnt (LSQ, Esser et al. 2020) as a logarithm (Jain et al. 2020).
- Embeddings are rounded as the graph stores them, and not trained. Everything else is in single precision.

It runs on the CPU, for minutes.
"""

from __future__ import annotations

import copy
import io
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import parametrize

from hedgerow.io.atomic import publish
from hedgerow.training.network.dev import collate
from hedgerow.training.network.integers import (
    HIGHEST_ACTIVATION,
    HIGHEST_WEIGHT,
    LEAST_TABLE,
    SMALLEST,
    Scale,
    fit_scale,
    round_table,
)
from hedgerow.training.network.module import Network, soft_loss
from hedgerow.training.recipe import Quantisation
from hedgerow.training.stopping import diverged

OBSERVED = 512  # sentences that the first scales are fitted on
SAMPLE = 2048  # activations per sentence and product that they are fitted on
LEAST_PRODUCT = 1_000  # weights; smaller products take no time and stay in single precision
WINDOW = 32  # batches that are sorted by length together, so that a batch has little padding
WARMUP_RATIO = 0.1
SAVED_EVERY = 50  # steps

logger = logging.getLogger(__name__)


class _RoundedWeights(nn.Module):
    """The parametrisation of a weight matrix: its rounded values; gradients pass as if they were not rounded."""

    def forward(self, weights: Tensor) -> Tensor:
        """Round weights (outputs, inputs), with one scale per output."""
        scales = weights.detach().abs().amax(1, keepdim=True).clamp(min=SMALLEST) / HIGHEST_WEIGHT
        return weights + ((weights / scales).round() * scales - weights).detach()


class _RoundedActivations(nn.Module):
    """The rounding of activations to 0..255 with a learnt scale."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self.log_size = nn.Parameter(torch.tensor(math.log(scale.size)))
        self.zero = scale.zero

    def forward(self, values: Tensor) -> Tensor:
        """Round values of any shape; the gradient of the scale is that of LSQ."""
        size = self.log_size.exp()
        scaled = (values / size).clamp(-self.zero, HIGHEST_ACTIVATION - self.zero)
        return (scaled + (scaled.round() - scaled).detach()) * size

    def fixed(self) -> Scale:
        """Return the scale as it is now."""
        return Scale(float(self.log_size.detach().exp()), self.zero)


def integer_products(network: Network) -> dict[str, nn.Linear]:
    """Return the products of the encoder that become integer, by the name of their module."""
    return {
        f"encoder.{name}": module
        for name, module in network.encoder.named_modules()
        if isinstance(module, nn.Linear) and module.weight.numel() >= LEAST_PRODUCT
    }


@dataclass(frozen=True, slots=True)
class IntegerNetwork:
    """A network for integer arithmetic: its weights have rounded values, and `scales` round the input of each product.

    Names in `scales` are those of modules. Products of one input have the same scale.
    """

    network: Network
    scales: Mapping[str, Scale]


def train_for_integers(
    network: Network, rows: Sequence[Sequence[Any]], settings: Quantisation, checkpoint: Path, *, seed: int
) -> IntegerNetwork:
    """Return `network` trained for integer arithmetic on `rows` of token ids; `network` does not change.

    The state is kept in the file `checkpoint`; if it exists, the training resumes there.
    """
    student = copy.deepcopy(network).eval()  # without dropout: the teacher's answers are the target
    rounding = _Rounding.of(student, rows[:: max(1, len(rows) // OBSERVED)])
    optimizer = _optimizer(student, rounding, settings)
    done = _resume(checkpoint, student, rounding, optimizer) if checkpoint.is_file() else 0
    losses: list[float] = []
    for number, batch in enumerate(_batches(rows, settings, seed)):
        if number < done:
            continue
        _set_rates(optimizer, number, settings)
        loss = _loss(network, student, collate([{"input_ids": row} for row in batch]))
        if not torch.isfinite(loss):
            rates = {"weight_lr": settings.weight_lr, "scale_lr": settings.scale_lr}
            raise diverged(
                f"quantisation-aware training: the loss is {float(loss.detach())} in step {number + 1:,}",
                {f"export.quantisation.{name}": rate for name, rate in rates.items()},
            )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
        if (number + 1) % SAVED_EVERY == 0:
            logger.info("step %s of %s: loss %.4f", f"{number + 1:,}", f"{settings.steps:,}", np.mean(losses))
            losses.clear()
            _save(checkpoint, student, rounding, optimizer, number + 1)
    return IntegerNetwork(student, rounding.finish())


class _Rounding:
    """The rounding that is put on the products of a network, and taken off at the end."""

    def __init__(
        self, products: Mapping[str, nn.Linear], leaders: Mapping[str, str], scales: Mapping[str, Scale]
    ) -> None:
        """Put the rounding on; `leaders` names for each product the one whose scale it shares."""
        by_leader = {name: _RoundedActivations(scale) for name, scale in scales.items()}
        self.scales = nn.ModuleList(by_leader.values())
        self._products = products
        self._by_product = {name: by_leader[leaders[name]] for name in products}
        self._hooks = [
            module.register_forward_pre_hook(_rounded_by(self._by_product[name])) for name, module in products.items()
        ]
        for module in products.values():
            parametrize.register_parametrization(module, "weight", _RoundedWeights())

    @classmethod
    def of(cls, network: Network, rows: Sequence[Sequence[Any]]) -> _Rounding:
        """Round the products of `network`, with scales that fit what it does on `rows`, and its embeddings."""
        round_embeddings(network)
        products = integer_products(network)
        leaders = _leaders(network, products, rows[0])
        observed = _observe(network, {name: products[name] for name in dict.fromkeys(leaders.values())}, rows)
        return cls(products, leaders, {name: fit_scale(values) for name, values in observed.items()})

    def finish(self) -> dict[str, Scale]:
        """Take the rounding off, leave the rounded weights, and return the scale of each product."""
        for hook in self._hooks:
            hook.remove()
        for module in self._products.values():
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
        return {name: rounded.fixed() for name, rounded in self._by_product.items()}


def _rounded_by(rounded: nn.Module) -> Any:
    return lambda _, inputs: (rounded(inputs[0]),)


@torch.no_grad()
def round_embeddings(network: Network) -> None:
    """Give the embeddings of `network` the values that the graph stores, and keep them from training."""
    for module in network.encoder.modules():
        if isinstance(module, nn.Embedding):
            module.weight.requires_grad_(False)
            table: Tensor = module.weight
            if table.numel() >= LEAST_TABLE:
                integers, scales = round_table(table.numpy())
                table.copy_(torch.from_numpy(integers * scales))


@torch.no_grad()
def _leaders(network: Network, products: Mapping[str, nn.Linear], row: Sequence[Any]) -> dict[str, str]:
    """Return for each product the first one that has the same input."""
    inputs: dict[int, str] = {}
    leaders: dict[str, str] = {}
    kept = []  # as long as a tensor is kept, no other has its id

    def note(name: str) -> Any:
        def hook(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            kept.append(arguments[0])
            leaders[name] = inputs.setdefault(id(arguments[0]), name)

        return hook

    hooks = [module.register_forward_pre_hook(note(name)) for name, module in products.items()]
    network(**collate([{"input_ids": row}]))
    for hook in hooks:
        hook.remove()
    return leaders


@torch.no_grad()
def _observe(
    network: Network, products: Mapping[str, nn.Linear], rows: Sequence[Sequence[Any]]
) -> dict[str, NDArray[np.float32]]:
    """Return a sample of the inputs of each product on `rows`, each read alone, so that there is no padding."""
    samples: dict[str, list[NDArray[np.float32]]] = {name: [] for name in products}

    def sample(name: str) -> Any:
        def hook(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            values = arguments[0].flatten().numpy()
            samples[name].append(values[:: max(1, len(values) // SAMPLE)].copy())

        return hook

    hooks = [module.register_forward_pre_hook(sample(name)) for name, module in products.items()]
    for row in rows:
        network(**collate([{"input_ids": row}]))
    for hook in hooks:
        hook.remove()
    return {name: np.concatenate(values) for name, values in samples.items()}


def _optimizer(student: Network, rounding: _Rounding, settings: Quantisation) -> torch.optim.Optimizer:
    weights = [parameter for parameter in student.parameters() if parameter.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": weights, "lr": settings.weight_lr, "full_lr": settings.weight_lr},
            {"params": list(rounding.scales.parameters()), "lr": settings.scale_lr, "full_lr": settings.scale_lr},
        ],
        weight_decay=0.0,
        fused=True,
    )


def _set_rates(optimizer: torch.optim.Optimizer, number: int, settings: Quantisation) -> None:
    """Set the learning rates of a step: they rise during the warm-up, and then fall to 0."""
    warmup = max(1, round(WARMUP_RATIO * settings.steps))
    left = (settings.steps - number) / max(1, settings.steps - warmup)
    for group in optimizer.param_groups:
        group["lr"] = group["full_lr"] * min((number + 1) / warmup, left, 1.0)


def _batches(rows: Sequence[Sequence[Any]], settings: Quantisation, seed: int) -> Iterator[list[Sequence[Any]]]:
    """Yield the batches of all steps in an order that `seed` decides, each of rows of similar length."""
    generator = np.random.default_rng(seed)
    yielded = 0
    while True:
        order = generator.permutation(len(rows))
        for start in range(0, len(order), WINDOW * settings.batch_size):
            window = sorted(order[start : start + WINDOW * settings.batch_size], key=lambda at: len(rows[at]))
            starts = range(0, len(window), settings.batch_size)
            for at in generator.permutation(starts):
                if yielded == settings.steps:
                    return
                yield [rows[row] for row in window[at : at + settings.batch_size]]
                yielded += 1


def _loss(teacher: Network, student: Network, batch: Mapping[str, Tensor]) -> Tensor:
    """Return the mean cross-entropy with the teacher's probabilities, summed over the heads."""
    with torch.no_grad():
        taught = teacher(**batch)["logits"]
    logits = student(**batch)["logits"]
    losses = []
    for head in student.heads:
        probs = taught[head.name].softmax(-1)
        if head.kind == "span":
            probs = probs * batch["attention_mask"].unsqueeze(-1)
        losses.append(head.weight * soft_loss(logits[head.name], probs))
    return torch.stack(losses).sum()


def _save(checkpoint: Path, student: Network, rounding: _Rounding, optimizer: torch.optim.Optimizer, done: int) -> None:
    state = {
        "done": done,
        "student": student.state_dict(),
        "scales": rounding.scales.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    content = io.BytesIO()
    torch.save(state, content)
    publish(content.getvalue(), checkpoint.with_suffix(".tmp"), checkpoint)


def _resume(checkpoint: Path, student: Network, rounding: _Rounding, optimizer: torch.optim.Optimizer) -> int:
    """Load the state of `checkpoint`; return the number of steps that are done."""
    state = torch.load(checkpoint, weights_only=True)
    student.load_state_dict(state["student"])
    rounding.scales.load_state_dict(state["scales"])
    optimizer.load_state_dict(state["optimizer"])
    logger.info("resuming from step %s", f"{state['done']:,}")
    return int(state["done"])
