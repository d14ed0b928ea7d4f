"""The page of a cross-validation."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean, stdev
from typing import Any

from evaluation.command import facts
from hedgerow.io.plural import count
from hedgerow.measuring.axis import order_section
from hedgerow.metrics import TOO_FEW
from hedgerow.report import Page, Section, Table, with_interval
from hedgerow.report.page import Cell
from hedgerow.report.tables import class_rows

_METHOD = (
    "Every row is judged once, by a model that did not learn from it, its group, or a copy of its text. Figures in "
    "brackets are 95 % intervals (2,000 bootstrap draws of whole groups). The spread over folds is that of models of "
    "other rows, measured on other rows: it says how much one split can mislead, and is no interval of the mean "
    "(Bengio & Grandvalet 2004)."
)


def page_of(report: Mapping[str, Any]) -> Page:
    """Return the report as a page."""
    recipe = report["recipe"]
    groups = report["groups"]
    about = (
        f"{count(report['rows'], 'row')} in {count(groups, 'group')}, {len(report['folds'])} folds, seed "
        f"{report['seed']}. {_METHOD}",
    )
    sections = [Section("All rows", text=about, parts=(_pooled(report),)), Section("Folds", parts=(_folds(report),))]
    for name, head in report["pooled"]["heads"].items():
        labels, counts = head["confusion"]["labels"], head["confusion"]["counts"]
        matrix: list[list[Cell]] = [[label, *row] for label, row in zip(labels, counts, strict=True)]
        by_label = Table(["label", "precision", "recall", "F1", "support"], class_rows(head))
        confusion = Table(["gold \\ predicted", *labels], matrix)
        sections.append(Section(name.capitalize(), parts=(by_label, confusion)))
        if "levels" in head:
            sections.append(order_section(head))
    warnings = [f"{count(groups, 'group')}, too few for intervals that can be trusted."] if groups < TOO_FEW else []
    return Page(f"Cross-validation of {recipe['file']}", facts(report), warnings, sections)


def _pooled(report: Mapping[str, Any]) -> Table:
    rows: list[list[Cell]] = [
        [name, *(with_interval(head[total]) for total in ("macro_f1", "accuracy", "kappa"))]
        for name, head in report["pooled"]["heads"].items()
    ]
    if report["pooled"]["spans"]:
        rows.append(["spans", f"F1 {with_interval(report['pooled']['spans'])}", "", ""])
    for name, score in report["pooled"]["own_spans"].items():
        rows.append([name, f"F1 {with_interval(score)}", "", ""])
    return Table(["head", "macro-F1", "accuracy", "kappa"], rows)


def _folds(report: Mapping[str, Any]) -> Table:
    folds = report["folds"]
    heads, own = list(report["pooled"]["heads"]), list(report["pooled"]["own_spans"])
    rows: list[list[Cell]] = []
    for number, fold in enumerate(folds, 1):
        scores = [fold["heads"][head]["macro_f1"] if head in fold["heads"] else None for head in heads]
        found = (*scores, fold["spans"], *(fold["own_spans"].get(name) for name in own))
        figures = [with_interval(score) if score else "\u2013" for score in found]
        rows.append([number, fold["train"], fold["dev"] or "", fold["rows"], *figures])
    spread = [
        _spread([fold["heads"][head]["macro_f1"]["value"] for fold in folds if head in fold["heads"]]) for head in heads
    ]
    spread.append(_spread([fold["spans"]["value"] for fold in folds if fold["spans"]]))
    spread += [
        _spread([fold["own_spans"][name]["value"] for fold in folds if name in fold["own_spans"]]) for name in own
    ]
    rows.append(["mean ± deviation", "", "", "", *spread])
    titles = [*(f"{head} macro-F1" for head in heads), "spans F1", *(f"{name} F1" for name in own)]
    return Table(["fold", "train", "dev", "rows", *titles], rows)


def _spread(values: list[float]) -> str:
    return f"{mean(values):.3f} ± {stdev(values):.3f}" if len(values) > 1 else ""
