"""The page of the agreement of three annotators or more; `agreement_many.py` describes its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.agreement_many import MIN_ROWS
from evaluation.answers import seen_told
from hedgerow.io.plural import count
from hedgerow.measuring.headline import title_of
from hedgerow.metrics import TOO_FEW
from hedgerow.metrics.spans import METHODS
from hedgerow.report import Cell, Page, Report, Section, Table, facts, literal, with_interval

TOO_RARE = (
    "Too few groups: a second label is in so few that over 5 % of the bootstrap draws lack it, so there is no interval "
    "that could be trusted."
)
_ALPHA = (
    "Alpha is Krippendorff's (2011): 1 is perfect, 0 what chance gives. Nominal: every difference counts the same. "
    "Ordinal: possible < probable < certain, over the rows that two annotators put in this order. Krippendorff asks "
    "for .8, and .667 for tentative conclusions.",
)
GAP = "–"  # of a row that an annotator did not label
Figures = Mapping[str, Any]


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures = report.figures
    annotators = [one["name"] for one in figures["annotators"]]
    sections = [Section("Alpha", text=_ALPHA, parts=(_alphas(figures),), notes=(TOO_RARE,))]
    for name, head in figures["heads"].items():
        if head["rows"]:
            sections += _head_sections(name, head, annotators)
    sections.append(Section("Spans", text=("The first of a pair is taken as gold.",), parts=(_span_table(figures),)))
    title = f"Agreement of {', '.join(annotators)}"
    return Page(title, facts(report), _warnings(figures), _about(figures), sections)


def _about(figures: Figures) -> tuple[str, ...]:
    sizes = ", ".join(f"{literal(one['name'])} {one['rows']:,}" for one in figures["annotators"])
    alone = count(figures["rows_of_one"], "row")
    return (
        f"Rows by annotator: {sizes}. {count(figures['rows'], 'row')} in {count(figures['groups'], 'group')} have two "
        f"labels or more; {alone} with one are left out. In brackets 95 % intervals (2,000 bootstrap draws of whole "
        "groups).",
    )


def _warnings(figures: Figures) -> list[str]:
    groups = figures["groups"]
    few = [f"{count(groups, 'group')}, too few for intervals that can be trusted."] if groups < TOO_FEW else []
    return few + seen_told(figures["seen"])


def _alphas(figures: Figures) -> Table:
    rows: list[list[Cell]] = []
    for name, head in figures["heads"].items():
        if not head["rows"]:
            rows.append([name, 0, "no row has two labels", "", ""])
            continue
        ordinal = head.get("ordinal")
        in_order = f"{figure_if_known(ordinal['alpha'])}, {count(ordinal['rows'], 'row')}" if ordinal else ""
        rows.append([name, head["rows"], figure_if_known(head["alpha"]), in_order, len(head["differing"])])
    return Table(["head", "rows", "alpha, nominal", "alpha, ordinal", "rows that differ"], rows)


def _head_sections(name: str, head: Figures, annotators: Sequence[str]) -> list[Section]:
    labels: list[list[Cell]] = [
        [label, f"{row['share']:.1%}", figure_if_known(row["alpha"])] for label, row in head["by_label"].items()
    ]
    pairs: list[list[Cell]] = [[row["first"], row["second"], row["rows"], *_pair_figures(row)] for row in head["pairs"]]
    differing: list[list[Cell]] = [[row["id"], *(label or GAP for label in row["labels"])] for row in head["differing"]]
    caption = f"Cohen's kappa; not given for fewer than {MIN_ROWS} rows"
    return [
        Section(title_of(name)),
        Section("By label", 3, parts=(Table(["label", "share", "alpha against all others"], labels),)),
        Section("Pairs", 3, parts=(Table(["first", "second", "rows", "agreement", "kappa"], pairs, caption),)),
        *([Section("Rows that differ", 3, parts=(Table(["id", *annotators], differing),))] if differing else []),
    ]


def _pair_figures(pair: Figures) -> tuple[str, str]:
    if "kappa" not in pair:
        return "", ""
    return with_interval(pair["agreement"]), figure_if_known(pair["kappa"])


def figure_if_known(score: Mapping[str, float] | None) -> str:
    """Return a kappa or an alpha as tables show it: some have no interval, or are undefined."""
    if score is None:
        return "undefined"
    return with_interval(score) if "low" in score else f"{score['value']:.3f} [too few groups]"


def _span_table(figures: Figures) -> Table:
    rows: list[list[Cell]] = [
        [row["first"], row["second"], row["rows"], *(f"{row[name]:.3f}" if row["rows"] else "" for name in METHODS)]
        for row in figures["spans"]
    ]
    return Table(["first", "second", "rows", *(f"F1 {name}" for name in METHODS)], rows)


def summary(report: Report) -> str:
    """Return alpha by head, one per line."""
    return "\n".join(
        f"{name}: alpha {figure_if_known(head['alpha'])}, {count(head['rows'], 'row')}"
        for name, head in report.figures["heads"].items()
        if head["rows"]
    )
