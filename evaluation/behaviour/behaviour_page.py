"""The page of behaviour cases: pass rates beside those of the baselines, missed targets, every failed case.

The keys of its `figures`:

- `targets`: the shares to pass, of `all` counted cases and of `each_family`;
- `rates`, by model, the measured one first: `all`; `family` and `kind`, by name; `counted` (`all`, and `family` by
  name), of the cases that do not compare; `default_fails`, of those that "certain, asserted, no span" fails. Each has
  `n`, `passed` and `rate`, null without a case;
- `failures` of the measured model: `id`, `family`, `kind`, `error`, `texts`, `why`.

A figure with an interval is `{"value", "low", "high"}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hedgerow.io.plural import count
from hedgerow.metrics import Score
from hedgerow.report import (
    Cell,
    Figure,
    Interval,
    Intervals,
    Items,
    Page,
    Report,
    Section,
    Table,
    facts,
    linear,
    literal,
    table_as_markdown,
    with_interval,
)

_METHOD = (
    "The share of cases passed; in brackets 95 % Wilson intervals. Majority is fitted on `data/corpus/train.jsonl`. It "
    "is the floor: a model that always gives the same labels passes the cases that compare."
)
_ERRORS = "An error is the predicted label and the right one, or the labels of the texts in order."


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    targets = report.figures["targets"]
    n = _own(report)["all"]["n"]
    cases = f"{count(n, 'case')} in {count(len(report.corpus), 'file')}; their hashes are in `report.json`"
    wanted = f"{targets['all']:.0%} of all counted cases, {targets['each_family']:.0%} of those of each family."
    sections = [
        Section("All cases", text=(_METHOD,), parts=(_totals(report),), notes=(_about_counted(report),)),
        Section("By family", parts=(_family_chart(report), _by_name(report, "family"))),
        Section("By kind", parts=(_by_name(report, "kind"),)),
        Section("Targets", text=(wanted,), parts=(Items(_misses(report)),)),
        _failures(report),
    ]
    shown = facts(replace(report, corpus=()), ("cases", cases))
    return Page(f"Behaviour of {report.model.name}", shown, sections=sections)


def summary(report: Report) -> str:
    """Return the rates of all cases as a table, and the targets that the model misses."""
    return "\n".join([table_as_markdown(_totals(report)), *_misses(report)])


def _own(report: Report) -> Mapping[str, Any]:
    """Return the rates of the measured model."""
    own: Mapping[str, Any] = report.figures["rates"][report.model.name]
    return own


def _totals(report: Report) -> Table:
    rates = report.figures["rates"]
    totals = {
        "all": [of_model["all"] for of_model in rates.values()],
        "all that do not compare": [of_model["counted"]["all"] for of_model in rates.values()],
        "all but certain, asserted, no span": [of_model["default_fails"] for of_model in rates.values()],
    }
    return Table(["cases", "n", *rates], [_row(name, of_models) for name, of_models in totals.items()])


def _by_name(report: Report, group: str) -> Table:
    rates = report.figures["rates"]
    rows = [_row(name, [of_model[group][name] for of_model in rates.values()]) for name in _own(report)[group]]
    return Table([group, "n", *rates], rows)


def _row(name: str, of_models: Sequence[Mapping[str, Any]]) -> list[Cell]:
    return [name, of_models[0]["n"], *(with_interval(row["rate"]) if row["n"] else "none" for row in of_models)]


def _family_chart(report: Report) -> Figure:
    rows = [
        Interval(family, Score(**row["rate"]), shown=f"{row['passed']}/{row['n']}")
        for family, row in _own(report)["family"].items()
    ]
    caption = f"The share of each family's cases that {literal(report.model.name)} passes"
    return Figure(Intervals(rows, linear(0, 1, "share of cases passed")), caption)


def _about_counted(report: Report) -> str:
    """Say which cases the targets count."""
    own = _own(report)
    n, counted, failed = own["all"]["n"], own["counted"]["all"]["n"], own["default_fails"]["n"]
    return (
        f"Of the {count(n, 'case')}, a model passes {n - counted} that compare sentences if its labels are always the "
        f"same. The targets count the other {counted}. A model that finds every sentence certain and asserted, and "
        f"marks nothing, passes {n - failed}; the last row is without these."
    )


def _misses(report: Report) -> list[str]:
    """Return the targets that the model misses, in words."""
    counted, targets = _own(report)["counted"], report.figures["targets"]
    rows = [("all", counted["all"], targets["all"])]
    rows += [(family, row, targets["each_family"]) for family, row in counted["family"].items()]
    missed = [
        f"missed: {name} {row['passed']} of {row['n']}, target {target:.0%}"
        for name, row, target in rows
        if row["passed"] < target * row["n"]
    ]
    return missed or ["every target is met"]


def _failures(report: Report) -> Section:
    rows: list[list[Cell]] = [
        [row["id"], row["kind"], row["error"], " / ".join(row["texts"]), row["why"]]
        for row in report.figures["failures"]
    ]
    if not rows:
        return Section("Failures", text=("None.",))
    return Section("Failures", text=(_ERRORS,), parts=(Table(["id", "kind", "error", "texts", "why"], rows),))
