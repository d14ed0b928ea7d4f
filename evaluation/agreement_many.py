"""Agreement of three annotators or more, with gaps: alpha by head and label, and every pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from evaluation.answers import load_answers, seen_first, seen_told
from evaluation.command import corpus_entries, facts
from evaluation.label_heads import gold_label, heads_in
from hedgerow.errors import CorpusError
from hedgerow.head import Head
from hedgerow.io.plural import count
from hedgerow.labels import CERTAINTY_ORDER, SPANS, Example
from hedgerow.metrics import SEED, TOO_FEW, measures
from hedgerow.metrics.agreement import span_agreement
from hedgerow.metrics.reliability import Row, against_rest, alpha_score, coincidences, ordinal_alpha
from hedgerow.metrics.spans import ALL, METHODS
from hedgerow.report import Page, Section, Table, with_interval
from hedgerow.report.page import Cell

MIN_ROWS = 10  # that a pair shares; the figures of fewer say nothing
TOO_RARE = (
    "*Too few groups*: a second label is in so few that over 5 % of the bootstrap draws lack it, so there is no "
    "interval that could be trusted."
)
GAP = "–"  # of a row that an annotator did not label
Labelled = Mapping[str, Example]  # one annotator's rows, by id


def measure(files: Sequence[Path], own: Sequence[str]) -> dict[str, Any]:
    """Return everything the report says, as plain data."""
    names = short_names(files)
    labellings = load_answers(files)
    annotators = {name: {row.id: row for row in rows} for name, rows in zip(names, labellings, strict=True)}
    rows = match(annotators)
    shared = {id_: row for id_, row in rows.items() if sum(id_ in one for one in annotators.values()) > 1}
    if not shared:
        raise CorpusError(f"{', '.join(map(str, files))}: no id is in two files; label the same rows twice")
    groups = {id_: row.group_key for id_, row in shared.items()}
    heads = heads_in([row for one in annotators.values() for row in one.values()], own)
    return {
        "corpus": corpus_entries(files),
        **seen_first(files, labellings),
        "annotators": {name: len(one) for name, one in annotators.items()},
        "rows": len(shared),
        "rows_of_one": len(rows) - len(shared),
        "groups": len(set(groups.values())),
        "heads": {head.name: _head(head, annotators, groups) for head in heads},
        "spans": [_span_pair(annotators, pair) for pair in combinations(names, 2)],
    }


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
        "differing": {id_: row for id_, row in rows.items() if len({*row} - {None}) > 1},
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


def page_of(report: Mapping[str, Any]) -> Page:
    """Return the report as a page."""
    annotators = report["annotators"]
    sections = [Section("Alpha", text=_about(report), parts=(_alphas(report),))]
    for name, head in report["heads"].items():
        if head["rows"]:
            sections += _head_sections(name, head, list(annotators))
    sections.append(Section("Spans", text=("The first of a pair is taken as gold.",), parts=(_span_table(report),)))
    return Page(f"Agreement of {', '.join(annotators)}", facts(report), _warnings(report), sections)


def _about(report: Mapping[str, Any]) -> tuple[str, ...]:
    sizes = ", ".join(f"{name} {rows:,}" for name, rows in report["annotators"].items())
    alone = count(report["rows_of_one"], "row")
    return (
        f"Rows by annotator: {sizes}. {count(report['rows'], 'row')} in {count(report['groups'], 'group')} have two "
        f"labels or more; {alone} with one are left out. In brackets 95 % intervals (2,000 bootstrap draws of whole "
        "groups).",
        "Alpha is Krippendorff's (2011): 1 is perfect, 0 what chance gives. Nominal: every difference counts the same. "
        "Ordinal: possible < probable < certain, over the rows that two annotators put in this order. Krippendorff "
        "asks for .8, and .667 for tentative conclusions.",
        TOO_RARE,
    )


def _warnings(report: Mapping[str, Any]) -> list[str]:
    groups = report["groups"]
    few = [f"{count(groups, 'group')}, too few for intervals that can be trusted."] if groups < TOO_FEW else []
    return few + seen_told(report)


def _alphas(report: Mapping[str, Any]) -> Table:
    rows: list[list[Cell]] = []
    for name, head in report["heads"].items():
        if not head["rows"]:
            rows.append([name, 0, "no row has two labels", "", ""])
            continue
        ordinal = head.get("ordinal")
        in_order = f"{figure_if_known(ordinal['alpha'])}, {count(ordinal['rows'], 'row')}" if ordinal else ""
        rows.append([name, head["rows"], figure_if_known(head["alpha"]), in_order, len(head["differing"])])
    return Table(["head", "rows", "alpha, nominal", "alpha, ordinal", "rows that differ"], rows)


def _head_sections(name: str, head: Mapping[str, Any], annotators: Sequence[str]) -> list[Section]:
    labels: list[list[Cell]] = [
        [label, f"{row['share']:.1%}", figure_if_known(row["alpha"])] for label, row in head["by_label"].items()
    ]
    pairs: list[list[Cell]] = [[row["first"], row["second"], row["rows"], *_pair_figures(row)] for row in head["pairs"]]
    differing: list[list[Cell]] = [[id_, *(label or GAP for label in row)] for id_, row in head["differing"].items()]
    caption = f"Cohen's kappa; not given for fewer than {MIN_ROWS} rows"
    return [
        Section(name.capitalize()),
        Section("By label", 3, parts=(Table(["label", "share", "alpha against all others"], labels),)),
        Section("Pairs", 3, parts=(Table(["first", "second", "rows", "agreement", "kappa"], pairs, caption),)),
        Section("Rows that differ", 3, parts=(Table(["id", *annotators], differing),) if differing else ()),
    ]


def _pair_figures(pair: Mapping[str, Any]) -> tuple[str, str]:
    if "kappa" not in pair:
        return "", ""
    return with_interval(pair["agreement"]), figure_if_known(pair["kappa"])


def figure_if_known(score: Mapping[str, float] | None) -> str:
    """Return a kappa or an alpha as tables show it: some have no interval, or are undefined."""
    if score is None:
        return "undefined"
    return with_interval(score) if "low" in score else f"{score['value']:.3f} [too few groups]"


def _span_table(report: Mapping[str, Any]) -> Table:
    rows: list[list[Cell]] = [
        [row["first"], row["second"], row["rows"], *(f"{row[name]:.3f}" if row["rows"] else "" for name in METHODS)]
        for row in report["spans"]
    ]
    return Table(["first", "second", "rows", *(f"F1 {name}" for name in METHODS)], rows)


def summary(report: Mapping[str, Any]) -> str:
    """Return alpha by head, one per line."""
    return "\n".join(
        f"{name}: alpha {figure_if_known(head['alpha'])}, {count(head['rows'], 'row')}"
        for name, head in report["heads"].items()
        if head["rows"]
    )
