"""Round numbers for integer kernels: weights, embeddings and activations, without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

HIGHEST_WEIGHT = 64  # of -64..64: with activations to 255, sums of two products fit in 16 bits
HIGHEST_ACTIVATION = 255
LEAST_TABLE = 100_000  # numbers of an embedding table; smaller ones stay in single precision
SMALLEST = 1e-9  # in place of the largest number of a row of zeros
_FRACTIONS = [at / 20 for at in range(6, 21)]  # of the observed range, tried for a scale

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Scale:
    """The rounding of activations: `size` is between neighbouring values, the integer `zero` (0..255) stands for 0."""

    size: float
    zero: int


def round_rows(weights: Floats) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return weights (outputs, inputs) as integers -64..64, and the scale of each output (outputs,)."""
    scales = (np.maximum(np.abs(weights).max(axis=1), SMALLEST) / HIGHEST_WEIGHT).astype(np.float32)
    integers = np.clip(np.round(weights / scales[:, None]), -HIGHEST_WEIGHT, HIGHEST_WEIGHT).astype(np.int8)
    return integers, scales


def round_table(table: Floats) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return embeddings (rows, width) as integers -127..127, and the scale of each row (rows, 1)."""
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), SMALLEST).astype(np.float32) / 127
    return np.clip(np.round(table / scales), -127, 127).astype(np.int8), scales


def round_activations(values: Floats, scale: Scale) -> NDArray[np.uint8]:
    """Return activations as integers 0..255, as ONNX's QuantizeLinear rounds them."""
    integers = np.round(values.astype(np.float32) / np.float32(scale.size)) + scale.zero
    rounded: NDArray[np.uint8] = np.clip(integers, 0, HIGHEST_ACTIVATION).astype(np.uint8)
    return rounded


def fit_scale(values: Floats) -> Scale:
    """Return the scale with the least squared error on observed `values`, over fractions of their range."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    scales = [_scale_of(low * fraction, high * fraction) for fraction in _FRACTIONS]
    return min(scales, key=lambda scale: _squared_error(values, scale))


def _scale_of(low: float, high: float) -> Scale:
    size = max(high - low, SMALLEST) / HIGHEST_ACTIVATION
    return Scale(size, min(max(round(-low / size), 0), HIGHEST_ACTIVATION))


def _squared_error(values: Floats, scale: Scale) -> float:
    back = (round_activations(values, scale).astype(np.float32) - scale.zero) * np.float32(scale.size)
    return float(np.square(back - values).mean())
