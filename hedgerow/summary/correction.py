"""Prevalence corrected for the classifier's known error (quantification).

A classifier that takes one attributed sentence in ten for asserted counts too few attributed ones wherever it is used.
A report's confusion matrix says how often it takes which label for which. The distribution that best explains the
counts is the adjusted count (Forman 2008), here its maximum-likelihood form, which cannot leave 0..1 (the EM algorithm
of Saerens et al. 2002, over counted labels). It is valid if the classifier errs on this text as it did on that of the
report. The intervals draw the matrix as well as the documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hedgerow.errors import InputError
from hedgerow.labels import AXES
from hedgerow.metrics.measures import SEED
from hedgerow.report.record import Report
from hedgerow.summary.origin import MANIFEST, Origin

SUMMARY_DRAWS = 1000  # of documents and of matrices; half of those of a report, for they are drawn for every group
MAX_ITERATIONS = 500  # of EM
PRECISION = 1e-5  # of a share
_HINT = "name a report.json of hedgerow evaluate or evaluation.run"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """The matrix of one axis: (labels, labels), rows gold, columns predicted; counts of sentences."""

    counts: NDArray[np.int64]

    @cached_property
    def rates(self) -> Floats:
        """The rate at which each gold label (row) is predicted as each label (column); rows sum to 1."""
        rates: Floats = self.counts / self.counts.sum(axis=1, keepdims=True)
        return rates

    @cached_property
    def drawn(self) -> Floats:
        """Rates (draws, labels, labels) of other samples of as many sentences, the same for all groups."""
        rng = np.random.default_rng(SEED)
        rows = zip(self.counts.sum(axis=1), self.rates, strict=True)
        return np.stack([rng.multinomial(total, rate, size=SUMMARY_DRAWS) / total for total, rate in rows], axis=1)

    def corrected(self, counted: Floats) -> Floats:
        """Return the label distribution behind the counts `counted` (labels,)."""
        (distribution,) = adjusted_distribution(counted[None], self.rates[None])
        return np.asarray(distribution)

    def corrected_draws(self, counted: Floats) -> Floats:
        """Return the distribution behind every draw of `counted` (draws, labels), each with a matrix of its own."""
        return adjusted_distribution(counted, self.drawn[: len(counted)], self._inverses[: len(counted)])

    @cached_property
    def _inverses(self) -> Floats:
        return np.linalg.pinv(self.drawn).astype(np.float64)


def adjusted_distribution(counted: Floats, rates: Floats, inverses: Floats | None = None) -> Floats:
    """Return the label distribution (cases, labels) that makes the counts most probable.

    `counted` is (cases, labels) and `rates` is (cases, gold, predicted), with their `inverses` if they are known. If
    the inverse gives shares within 0..1, they are the answer; only the other cases need EM.
    """
    counted = counted / np.maximum(counted.sum(axis=-1, keepdims=True), 1e-12)
    shares: Floats = (counted[:, None, :] @ (np.linalg.pinv(rates) if inverses is None else inverses))[:, 0, :]
    outside = (shares < 0).any(axis=1) | (np.abs(shares.sum(axis=1) - 1) > PRECISION)
    shares[outside] = _em(counted[outside], rates[outside])
    return shares


def _em(counted: Floats, rates: Floats) -> Floats:
    """Return the most probable shares by EM, which begins at equal ones; (cases, labels), (cases, gold, predicted)."""
    shares = np.full(counted.shape, 1 / counted.shape[-1])
    moving = np.arange(len(counted))  # the cases that have not converged
    for _ in range(MAX_ITERATIONS):
        before, matrices = shares[moving], rates[moving]
        expected = (before[:, None, :] @ matrices)[:, 0, :]
        ratio = counted[moving] / np.maximum(expected, 1e-12)
        better = before * (matrices @ ratio[..., None])[..., 0]
        better /= np.maximum(better.sum(axis=-1, keepdims=True), 1e-12)
        shares[moving] = better
        moving = moving[np.abs(better - before).max(axis=-1) >= PRECISION]
        if not len(moving):
            break
    return shares


def read_report(path: Path) -> dict[str, Confusion]:
    """Return the confusion matrix of each label head that a report has.

    Parameters
    ----------
    path : Path
        The `report.json` that `hedgerow evaluate` wrote.

    Returns
    -------
    dict of str to Confusion
        The matrices by head, for `summarise`.

    Raises
    ------
    InputError
        If the file cannot be read, or has no matrix.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow.corpus import CorpusPart
    >>> from hedgerow.measuring import evaluate_to_folder
    >>> from hedgerow.summary import read_report
    >>> part = CorpusPart([Path("data/corpus/dev.jsonl")])
    >>> printed = evaluate_to_folder("lexicon", part, Path("report"), command="hedgerow evaluate --model lexicon")
    >>> int(read_report(Path("report/report.json"))["stance"].counts.sum())
    410
    """
    scores = _scores(path, Report.read(path))
    heads = [name for name, found in scores.items() if _has_matrix(found)]
    return {head: _confusion(path, scores, head) for head in heads or AXES}


def _scores(path: Path, report: Report) -> Mapping[str, Any]:
    """Return the scores of a report by head; raise InputError if it has none."""
    scores = report.figures.get("scores")
    if not report.models or not isinstance(scores, Mapping):
        raise InputError(f"{path}: a report of the kind {report.kind!r}, which has no confusion matrix; {_HINT}")
    return scores


def _has_matrix(scores: object) -> bool:
    return isinstance(scores, Mapping) and "confusion" in scores


def reject_other_model(report: Path, labelled: Origin) -> None:
    """Raise InputError if another model than the one that `report` measured labelled the rows, or nobody knows."""
    measured = Report.read(report).model
    if labelled.model_hash is None:
        raise InputError(
            f"{labelled.path}: nothing says which model labelled it, so {report} may be of another one; label again "
            f"with --out, which writes {labelled.path.name}.{MANIFEST} beside it, or leave --report out"
        )
    if labelled.model_hash != measured.sha256:
        raise InputError(
            f"{report}: measures {measured.name!r}, but {labelled.path} was labelled by {labelled.model!r} (or "
            "by another version); name a report of the model that labelled it"
        )


def _confusion(path: Path, scores: Mapping[str, Any], axis: str) -> Confusion:
    try:
        confusion: Mapping[str, Any] = scores[axis]["confusion"]
        labels = [str(label) for label in AXES[axis]] if axis in AXES else list(confusion["labels"])
        counts = np.array(confusion["counts"], dtype=np.int64)
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{path}: no confusion matrix of {axis}; {_HINT}") from None
    if confusion.get("labels") != labels or counts.shape != (len(labels), len(labels)) or (counts < 0).any():
        raise InputError(
            f"{path}: the matrix of {axis} is not over the labels {', '.join(labels)}; measure with this version"
        )
    for label, support in zip(labels, counts.sum(axis=1), strict=True):
        if not support:
            raise InputError(f"{path}: no sentence whose {axis} is {label}, so its error is unknown; measure on more")
    return Confusion(counts)
