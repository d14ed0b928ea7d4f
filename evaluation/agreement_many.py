"""Agreement of three annotators or more, with gaps: alpha by head and label, and every pair.

The keys of `figures`:

- `annotators`: `name` and `rows` of each, in order;
- `rows`, `groups`: those with two labels or more; `rows_of_one`: the others, which are left out;
- `seen`: the files with rows that were decided with labels in view: `file`, `rows`;
- `heads`, by head: `rows`, and if there are any `groups`, `alpha`, for certainty `ordinal` (`alpha`, `rows`),
  `by_label` (`alpha`, `share`), `pairs` (`first`, `second`, `rows`; `agreement` and `kappa` if they are enough),
  `differing` (`id`; `labels` in the order of the annotators, null for a gap);
- `spans`, of every pair: `first`, `second`, `rows`, and F1 `strict` and `overlapping` if there are any.

A figure with an interval is `{"value", "low", "high"}`, without one `{"value"}`, and null if it is undefined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from evaluation.answers import load_answers, seen_first
from evaluation.command import Measured
from evaluation.label_heads import gold_label, heads_in
from hedgerow.errors import CorpusError
from hedgerow.head import Head
from hedgerow.labels import CERTAINTY_ORDER, SPANS, Example
from hedgerow.metrics import SEED, measures
from hedgerow.metrics.agreement import span_agreement
from hedgerow.metrics.reliability import Row, against_rest, alpha_score, coincidences, ordinal_alpha
from hedgerow.metrics.spans import ALL
from hedgerow.report import measured_files

MIN_ROWS = 10  # that a pair shares; the figures of fewer say nothing
Labelled = Mapping[str, Example]  # one annotator's rows, by id


def measure(files: Sequence[Path], own: Sequence[str]) -> Measured:
    """Return what the report says: agreement by head and of spans, of the rows that two annotators labelled."""
    names = short_names(files)
    labellings = load_answers(files)
    annotators = {name: {row.id: row for row in rows} for name, rows in zip(names, labellings, strict=True)}
    rows = match(annotators)
    shared = {id_: row for id_, row in rows.items() if sum(id_ in one for one in annotators.values()) > 1}
    if not shared:
        raise CorpusError(f"{', '.join(map(str, files))}: no id is in two files; label the same rows twice")
    groups = {id_: row.group_key for id_, row in shared.items()}
    heads = heads_in([row for one in annotators.values() for row in one.values()], own)
    figures = {
        "annotators": [{"name": name, "rows": len(one)} for name, one in annotators.items()],
        "rows": len(shared),
        "rows_of_one": len(rows) - len(shared),
        "groups": len(set(groups.values())),
        "seen": seen_first(files, labellings),
        "heads": {head.name: _head(head, annotators, groups) for head in heads},
        "spans": [_span_pair(annotators, pair) for pair in combinations(names, 2)],
    }
    return Measured(figures, corpus=measured_files(files))


def short_names(files: Sequence[Path]) -> list[str]:
    """Return the names of annotators: the files' stems, or their paths if two have one stem."""
    stems = [path.stem for path in files]
    if len(set(files)) < len(files):
        raise CorpusError(f"{', '.join(map(str, files))}: a file is named twice; name each annotator's file once")
    return stems if len(set(stems)) == len(stems) else [str(path) for path in files]


def match(annotators: Mapping[str, Labelled]) -> dict[str, Example]:
    """Return the rows of all annotators by id, each as the first of them has it.

    Raises CorpusError if two annotators have two texts for an id.
    """
    rows: dict[str, Example] = {}
    owner: dict[str, str] = {}
    for name, labelled in annotators.items():
        for id_, row in labelled.items():
            first = rows.setdefault(id_, row)
            if first.text != row.text:
                raise CorpusError(f"{owner[id_]}, {name}: row {id_!r} with two texts; label the same text")
            owner.setdefault(id_, name)
    return rows


def _head(head: Head, annotators: Mapping[str, Labelled], groups: Mapping[str, str]) -> dict[str, Any]:
    labelled = {
        id_: [gold_label(one[id_], head.name) if id_ in one else None for one in annotators.values()] for id_ in groups
    }
    rows = {id_: row for id_, row in labelled.items() if sum(label is not None for label in row) > 1}
    if not rows:
        return {"rows": 0}
    keys = [groups[id_] for id_ in rows]
    stack = coincidences(list(rows.values()), head.labels, keys)
    by_label = {label: alpha_score(against_rest(stack, at)) for at, label in enumerate(head.labels)}
    shares = stack.sum(axis=(0, 2)) / stack.sum()
    return {
        "rows": len(rows),
        "groups": len(set(keys)),
        "alpha": alpha_score(stack),
        **({"ordinal": _ordinal(list(rows.values()), keys)} if head.name == "certainty" else {}),
        "by_label": {
            label: {"alpha": score, "share": round(float(share), 4)}
            for (label, score), share in zip(by_label.items(), shares, strict=True)
        },
        "pairs": [
            _pair(head, list(annotators), rows, groups, pair) for pair in combinations(range(len(annotators)), 2)
        ],
        "differing": [{"id": id_, "labels": row} for id_, row in rows.items() if len({*row} - {None}) > 1],
    }


def _ordinal(rows: Sequence[Row], groups: Sequence[str]) -> dict[str, Any]:
    """Return ordinal alpha over the labels that are in the order; the others count as gaps."""
    order = [str(label) for label in CERTAINTY_ORDER]
    stack = coincidences(rows, order, groups)
    pairable = sum(sum(label in order for label in row) > 1 for row in rows)
    return {"alpha": alpha_score(stack, ordinal_alpha), "rows": pairable}


def _pair(
    head: Head, names: Sequence[str], rows: Mapping[str, Row], groups: Mapping[str, str], pair: tuple[int, int]
) -> dict[str, Any]:
    first, second = pair
    both = [
        (a, b, groups[id_])
        for id_, row in rows.items()
        if (a := row[first]) is not None and (b := row[second]) is not None
    ]
    found: dict[str, Any] = {"first": names[first], "second": names[second], "rows": len(both)}
    if len(both) < MIN_ROWS:
        return found
    one, other, keys = map(list, zip(*both, strict=True))
    stack = measures.confusion_by_group(one, other, head.labels, keys)
    (agreement,) = measures.interval(stack, measures.accuracy, seed=SEED)
    kappa = measures.interval_if_known(stack, measures.kappa, seed=SEED)
    return {**found, "agreement": agreement.to_dict(), "kappa": kappa}


def _span_pair(annotators: Mapping[str, Labelled], pair: tuple[str, str]) -> dict[str, Any]:
    first, second = (annotators[name] for name in pair)
    pairs = [
        (row, other)
        for id_, row in first.items()
        if (other := second.get(id_)) and row.is_labelled_on(SPANS) and other.is_labelled_on(SPANS)
    ]
    found: dict[str, Any] = {"first": pair[0], "second": pair[1], "rows": len(pairs)}
    if not pairs:
        return found
    scores: dict[str, Any] = span_agreement(pairs)["types"][ALL]
    return found | scores
