"""Shares corrected for the classifier's known error: what was counted is what is there, seen through the mistakes.

A classifier that takes one attributed sentence in ten for asserted counts too few attributed ones wherever it is used.
How often it takes which label for which stands in a report's confusion matrix; the shares that best explain what was
counted are the adjusted count (Forman 2008), here its maximum-likelihood form, which cannot leave 0..1 (the EM
algorithm of Saerens et al. 2002, over counted labels). It holds where the classifier errs on this text as it did on
that of the report; the intervals draw the matrix anew as well as the documents.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import InputError
from hedgerow.labels import AXES

ROUNDS = 500
PRECISION = 1e-6  # of a share
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Confusion:
    """The matrix of one axis: (labels, labels), rows gold, columns predicted; counts of sentences."""

    counts: NDArray[np.int64]

    def rates(self) -> Floats:
        """How often each gold label (row) is given each label (column); rows sum to 1."""
        rates: Floats = self.counts / self.counts.sum(axis=1, keepdims=True)
        return rates

    def drawn(self, draws: int, seed: int) -> Floats:
        """`draws` matrices of rates (draws, labels, labels), as other samples of as many sentences would give them."""
        rng = np.random.default_rng(seed)
        rows = zip(self.counts.sum(axis=1), self.rates(), strict=True)
        return np.stack([rng.multinomial(total, rate, size=draws) / total for total, rate in rows], axis=1)


def adjusted_shares(counted: Floats, rates: Floats) -> Floats:
    """The true shares (..., labels) that make `counted` (..., labels) likeliest, given `rates` (..., gold, predicted).

    Where the inverse of `rates` gives shares within 0..1 they are these; only the others need EM.
    """
    counted = np.atleast_2d(counted / np.maximum(counted.sum(axis=-1, keepdims=True), 1e-12))
    rates = np.broadcast_to(rates, (len(counted), *rates.shape[-2:]))
    shares = (counted[:, None, :] @ np.linalg.pinv(rates))[:, 0, :]
    outside = (shares < 0).any(axis=1) | (np.abs(shares.sum(axis=1) - 1) > PRECISION)
    shares[outside] = _likeliest(counted[outside], rates[outside])
    return shares


def _likeliest(counted: Floats, rates: Floats) -> Floats:
    """By EM from equal shares; (cases, labels) and (cases, gold, predicted)."""
    shares = np.full(counted.shape, 1 / counted.shape[-1])
    for _ in range(ROUNDS if len(counted) else 0):
        expected = (shares[:, None, :] @ rates)[:, 0, :]
        ratio = counted / np.maximum(expected, 1e-12)
        better = shares * (rates @ ratio[..., None])[..., 0]
        better /= np.maximum(better.sum(axis=-1, keepdims=True), 1e-12)
        step = float(np.abs(better - shares).max())
        shares = better
        if step < PRECISION:
            break
    return shares


def read_report(path: Path) -> dict[str, Confusion]:
    """The confusion matrix of each axis, from a `report.json` of evaluation.run. Raises InputError without one."""
    try:
        report = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; name a report.json that evaluation.run wrote") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error}); name a report.json that evaluation.run wrote") from None
    return {axis: _confusion(path, report, axis) for axis in AXES}


def _confusion(path: Path, report: Any, axis: str) -> Confusion:
    labels = [str(label) for label in AXES[axis]]
    try:
        found: Mapping[str, Any] = report["scores"][axis]["confusion"]
        counts = np.array(found["counts"], dtype=np.int64)
    except (KeyError, TypeError, ValueError):
        raise InputError(
            f"{path}: no confusion matrix of {axis}; name a report.json that evaluation.run wrote"
        ) from None
    if found.get("labels") != labels or counts.shape != (len(labels), len(labels)) or (counts < 0).any():
        raise InputError(f"{path}: the matrix of {axis} is not one of {', '.join(labels)}; measure with this version")
    for label, support in zip(labels, counts.sum(axis=1), strict=True):
        if not support:
            raise InputError(f"{path}: no sentence whose {axis} is {label}, so its error is not known; measure on more")
    return Confusion(counts)
