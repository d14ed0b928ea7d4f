"""Measure a cascade: a small model answers where it is sure, and base answers the rest.

    python -m evaluation.components.cascade --rates 2000 200 --part dev=dev.jsonl new_sources=new_sources.jsonl

In a cascade (Viola & Jones 2001; Varshney & Baral 2022) the small model labels every sentence. It is sure of one if the
best score of both axes is at least a threshold; base labels the others. The threshold is cross-fitted: that of each
fold of whole groups is the lowest one that costs no more than .005 macro-F1, the mean of both axes, on the other folds.
Everything is measured on held-out folds. Parts are named and pooled as in `evaluation.parts`.

The speed is computed, not measured: each sentence costs one of the small model, and each one sent one of base. Longer
sentences cost more and are sent more often, so the share of characters is given too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.command import guarded, make_parser
from evaluation.parts import parts_to_pool, union
from evaluation.parts_page import POOLED
from hedgerow.classifier import load
from hedgerow.corpus.selecting import parse_parts
from hedgerow.errors import CorpusError, InputError
from hedgerow.labels import AXES, SPANS, Example, labelled_on
from hedgerow.metrics import SEED, measures
from hedgerow.metrics.paired import compare_by_label, compare_spans
from hedgerow.report import difference, markdown_table
from hedgerow.results import Prediction
from hedgerow.training.network.calibration import deal_folds

FOLDS = 5
LOSS = 0.005  # of mean macro-F1 that a threshold may cost where it is chosen

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """Labelled sentences, and what both models answer, in the same order."""

    gold: Sequence[Example]
    small: Sequence[Prediction]
    base: Sequence[Prediction]

    def where(self, kept: Bools) -> Answers:
        """Return the answers on the rows that are `kept`, (sentences,)."""
        rows: list[int] = np.flatnonzero(kept).tolist()
        gold, small, base = self.gold, self.small, self.base
        return Answers([gold[row] for row in rows], [small[row] for row in rows], [base[row] for row in rows])


@dataclass(frozen=True, slots=True)
class Routing:
    """The sentences that are sent to base, (sentences,), and the threshold of each fold."""

    sent: Bools
    thresholds: Sequence[float]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("components.cascade", __doc__)
    parser.add_argument("--small", default="small", help="the model that labels every sentence: a name or a folder")
    parser.add_argument("--base", default="base", help="the model that labels those the small one is not sure of")
    parser.add_argument("--rates", metavar=("SMALL", "BASE"), nargs=2, type=_rate, required=True, help="sentences/s")
    parser.add_argument("--part", metavar="NAME=FILE", nargs="+", action="extend", required=True, help="labelled files")
    parser.add_argument("--pool", metavar="NAME", nargs="+", help="parts to pool (default: those with two labellings)")
    return guarded("components.cascade", lambda: _run(parser.parse_args(arguments)))


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of sentences a second above 0")
    return rate


def _run(options: argparse.Namespace) -> None:
    gold = _load_parts(options.part, options.pool)
    texts = list(dict.fromkeys(example.text for rows in gold.values() for example in rows))
    small, base = (dict(zip(texts, load(name).predict(texts), strict=True)) for name in (options.small, options.base))
    sizes, scores = [], []
    for name, rows in gold.items():
        answers = Answers(rows, [small[row.text] for row in rows], [base[row.text] for row in rows])
        routing = route(answers)
        sizes.append([name, *_size_cells(answers, routing, options.rates)])
        scores += [[name, *cells] for cells in _score_rows(answers, routing.sent)]
    print(markdown_table(["part", "sentences", "groups", "thresholds", "sent", "of characters", "speed"], sizes) + "\n")
    print(markdown_table(["part", "figure", "base", "cascade", "difference"], scores))


def _load_parts(files: Sequence[str], pool: Sequence[str] | None) -> dict[str, Sequence[Example]]:
    """Return the rows of the pooled parts as one, and of each other part; reject one with too few groups."""
    parts = parse_parts(files, (), option="--part")
    if POOLED in parts:
        raise InputError(f"--part {POOLED}=FILE: {POOLED!r} is the name of the parts together; give another name")
    pooled = parts_to_pool(parts, pool)
    gold: dict[str, Sequence[Example]] = {POOLED: union(parts[name].load() for name in pooled)} if pooled else {}
    gold |= {name: part.load() for name, part in parts.items() if name not in pooled}
    for name, rows in gold.items():
        groups = len({example.group_key for example in rows})
        if groups < FOLDS:
            raise CorpusError(f"part {name}: {groups} groups of sentences; {FOLDS} folds need at least {FOLDS}")
    return gold


def confidence(predicted: Sequence[Prediction]) -> Floats:
    """Return how sure a model is of each sentence, (sentences,): the smaller of the two axes' best scores."""
    return np.array([min(max(row.scores(axis).values()) for axis in AXES) for row in predicted])


def lowest_threshold(answers: Answers) -> float:
    """Return the lowest confidence at which the cascade stays within LOSS of base; infinite if none does."""
    sure = confidence(answers.small)
    falling = np.argsort(-sure, kind="stable")
    scores = np.mean([_macro_f1_by_number(answers, falling, axis) for axis in AXES], axis=0)  # (sentences + 1,)
    whole = np.append(sure[falling][1:] != sure[falling][:-1], True)  # sentences with one score are sent together
    fits = np.flatnonzero((scores[1:] >= scores[0] - LOSS) & whole)
    return float(sure[falling][fits[-1]]) if len(fits) else float("inf")


def _macro_f1_by_number(answers: Answers, order: NDArray[np.int64], axis: str) -> Floats:
    """Return macro-F1 if the small model answers the first n sentences of `order`, n from 0: (sentences + 1,)."""
    index = {label: at for at, label in enumerate(AXES[axis])}
    gold, small, base = (
        np.array([index[getattr(row, axis)] for row in side])[order]
        for side in (answers.gold, answers.small, answers.base)
    )
    rows = np.arange(1, len(gold) + 1)
    changes = np.zeros((len(gold) + 1, len(index), len(index)), dtype=np.int64)
    np.add.at(changes[0], (gold, base), 1)
    np.add.at(changes, (rows, gold, small), 1)
    np.add.at(changes, (rows, gold, base), -1)
    return measures.macro_f1(changes.cumsum(axis=0))


def route(answers: Answers) -> Routing:
    """Return the sentences that are sent to base, by the threshold chosen on the other folds."""
    fold = deal_folds([example.group_key for example in answers.gold], FOLDS, SEED)
    thresholds = np.array([lowest_threshold(answers.where(fold != number)) for number in range(FOLDS)])
    return Routing(confidence(answers.small) < thresholds[fold], thresholds.tolist())


def times_base(small: float, base: float, share: float) -> float:
    """Return the speed of the cascade as a multiple of base's, from both rates and the share sent to base."""
    return 1 / (1 / small + share / base) / base


def _size_cells(answers: Answers, routing: Routing, rates: Sequence[float]) -> list[object]:
    small, base = rates
    lengths = np.array([len(example.text) for example in answers.gold])
    share = float(routing.sent.mean())
    return [
        len(answers.gold),
        len({example.group_key for example in answers.gold}),
        f"{min(routing.thresholds):.3f} to {max(routing.thresholds):.3f}",
        f"{share:.1%}",
        f"{lengths[routing.sent].sum() / lengths.sum():.1%}",
        f"{times_base(small, base, share):.2f} times base",
    ]


def _score_rows(answers: Answers, sent: Bools) -> list[list[str]]:
    """Return the figures of base and the cascade, with the paired difference and its interval."""
    gold, base = answers.gold, answers.base
    cascade = [theirs if is_sent else own for own, theirs, is_sent in zip(answers.small, base, sent, strict=True)]
    rows: list[tuple[str, Mapping[str, Any]]] = [
        (f"{axis} macro-F1", compare_by_label(gold, base, cascade, axis)["macro_f1"]) for axis in AXES
    ]
    if labelled_on(gold, SPANS):
        rows.append(("spans F1, strict", compare_spans(gold, base, cascade)["all"]))
    return [[name, f"{row['old']:.3f}", f"{row['new']:.3f}", difference(row["difference"])] for name, row in rows]


if __name__ == "__main__":
    sys.exit(main())
