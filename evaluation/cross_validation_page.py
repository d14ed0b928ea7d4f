"""The page of a cross-validation.

The keys of its `figures`:

- `recipe`: `file`, `sha256`, `kind`; `seed`, which drew the folds; `rows`, `groups`;
- `folds`: how many rows were to `train` on, to choose on (`dev`, 0 if nothing was chosen) and to judge (`rows`);
  `heads` (by head `macro_f1`, `accuracy`), `spans` (strict F1, or null) and `own_spans`, by head;
- `pooled`, of all rows: `heads`, by head (`macro_f1`, `accuracy`, `kappa`, `classes`, `confusion`; `levels` of an
  ordered one), `spans` and `own_spans`.

A figure with an interval is `{"value", "low", "high"}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean, stdev
from typing import Any

from hedgerow.io.plural import count
from hedgerow.measuring.axis import confusion_section, label_section, order_section
from hedgerow.measuring.headline import title_of
from hedgerow.metrics import TOO_FEW
from hedgerow.report import Cell, Page, Report, Section, Table, facts, with_interval

Figures = Mapping[str, Any]
_METHOD = (
    "Every row is judged once, by a model that did not learn from it, its group, or a copy of its text. Figures in "
    "brackets are 95 % intervals (2,000 bootstrap draws of whole groups). The spread over folds is that of models of "
    "other rows, measured on other rows: it says how much one split can mislead, and is no interval of the mean "
    "(Bengio & Grandvalet 2004)."
)


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures, groups = report.figures, report.figures["groups"]
    about = (
        f"{count(figures['rows'], 'row')} in {count(groups, 'group')}, {len(figures['folds'])} folds, seed "
        f"{figures['seed']}. {_METHOD}"
    )
    sections = [Section("All rows", parts=(_pooled(figures["pooled"]),)), Section("Folds", parts=(_folds(figures),))]
    for name, head in figures["pooled"]["heads"].items():
        sections += [Section(title_of(name)), label_section(head), confusion_section(head)]
        if "levels" in head:
            sections.append(order_section(head))
    warnings = [f"{count(groups, 'group')}, too few for intervals that can be trusted."] if groups < TOO_FEW else []
    return Page(f"Cross-validation of {figures['recipe']['file']}", facts(report), warnings, (about,), sections)


def summary(report: Report) -> str:
    """Return the macro-F1 of each head over all rows, in one line."""
    figures = report.figures
    totals = [f"{name} {head['macro_f1']['value']:.3f}" for name, head in figures["pooled"]["heads"].items()]
    return f"{figures['rows']:,} rows in {len(figures['folds'])} folds: macro-F1 {', '.join(totals)}"


def _pooled(pooled: Figures) -> Table:
    rows: list[list[Cell]] = [
        [name, *(with_interval(head[total]) for total in ("macro_f1", "accuracy", "kappa"))]
        for name, head in pooled["heads"].items()
    ]
    spans = ({"spans": pooled["spans"]} if pooled["spans"] else {}) | pooled["own_spans"]
    rows += [[name, f"F1 {with_interval(score)}", "", ""] for name, score in spans.items()]
    return Table(["head", "macro-F1", "accuracy", "kappa"], rows)


def _folds(figures: Figures) -> Table:
    folds, pooled = figures["folds"], figures["pooled"]
    heads, own = list(pooled["heads"]), list(pooled["own_spans"])
    scores = [
        [
            *(fold["heads"].get(head, {}).get("macro_f1") for head in heads),
            fold["spans"],
            *(fold["own_spans"].get(name) for name in own),
        ]
        for fold in folds
    ]
    rows: list[list[Cell]] = [
        [number, fold["train"], fold["dev"] or "", fold["rows"], *(with_interval(one) if one else "–" for one in found)]
        for number, (fold, found) in enumerate(zip(folds, scores, strict=True), 1)
    ]
    spread = [_spread([one["value"] for one in column if one]) for column in zip(*scores, strict=True)]
    rows.append(["mean ± deviation", "", "", "", *spread])
    titles = [*(f"{head} macro-F1" for head in heads), "spans F1", *(f"{name} F1" for name in own)]
    return Table(["fold", "train", "dev", "rows", *titles], rows)


def _spread(values: list[float]) -> str:
    return f"{mean(values):.3f} ± {stdev(values):.3f}" if len(values) > 1 else ""
