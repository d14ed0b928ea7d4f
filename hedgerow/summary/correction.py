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
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import InputError
from hedgerow.labels import AXES
from hedgerow.summary.rows import MANIFEST

DRAWS = 1000
SEED = 13
ROUNDS = 500
PRECISION = 1e-5  # of a share
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """The matrix of one axis: (labels, labels), rows gold, columns predicted; counts of sentences."""

    counts: NDArray[np.int64]

    @cached_property
    def rates(self) -> Floats:
        """How often each gold label (row) is given each label (column); rows sum to 1."""
        rates: Floats = self.counts / self.counts.sum(axis=1, keepdims=True)
        return rates

    @cached_property
    def drawn(self) -> Floats:
        """Rates (draws, labels, labels) as other samples of as many sentences would give them; the same in all groups,
        whose classifier is the same."""
        rng = np.random.default_rng(SEED)
        rows = zip(self.counts.sum(axis=1), self.rates, strict=True)
        return np.stack([rng.multinomial(total, rate, size=DRAWS) / total for total, rate in rows], axis=1)

    def corrected(self, counted: Floats) -> Floats:
        """The true shares behind `counted` (labels,)."""
        (shares,) = adjusted_shares(counted[None], self.rates[None])
        return np.asarray(shares)

    def corrected_draws(self, counted: Floats) -> Floats:
        """As `corrected` for every draw, `counted` (draws, labels), each with a matrix of its own."""
        return adjusted_shares(counted, self.drawn[: len(counted)], self._inverses[: len(counted)])

    @cached_property
    def _inverses(self) -> Floats:
        return np.linalg.pinv(self.drawn).astype(np.float64)


def adjusted_shares(counted: Floats, rates: Floats, inverses: Floats | None = None) -> Floats:
    """The true shares (cases, labels) that make `counted` (cases, labels) likeliest, given `rates` (cases, gold,
    predicted), and their inverses where they are at hand.

    Where the inverse of `rates` gives shares within 0..1 they are these; only the others need EM.
    """
    counted = counted / np.maximum(counted.sum(axis=-1, keepdims=True), 1e-12)
    shares: Floats = (counted[:, None, :] @ (np.linalg.pinv(rates) if inverses is None else inverses))[:, 0, :]
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


def reject_other_model(report: Path, run: Path) -> None:
    """Raise InputError where a run's folder was labelled by another model than the one that `report` measured."""
    if not (run / MANIFEST).is_file():  # a file does not say who labelled it
        return
    settings = json.loads((run / MANIFEST).read_text("utf-8"))["settings"]
    measured = json.loads(report.read_text("utf-8")).get("model") or {}
    same = (
        settings["model"] == "lexicon"
        if measured.get("sha256") is None
        else (settings["model_hash"] == measured["sha256"])
    )
    if not same:
        raise InputError(
            f"{report}: measures {measured.get('name')!r}, and {run} was labelled by {settings['model']!r} (or another "
            "version of it); name a report of the model that labelled it"
        )


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
