"""One axis of the codebook on the page: its classes, its order, what is taken for what, how far to trust a score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgerow.report.page import Cell, Figure, Section, Table
from hedgerow.report.tables import figure

_FLOORS = (0.8, 0.6, 0.2, 0.0)  # of the axis of accuracy: four steps from each to 1 are round numbers
_TOTALS = (("macro_f1", "macro-F1"), ("accuracy", "accuracy"), ("kappa", "kappa"))


def axis_sections(measured: Mapping[str, Any], axis: str) -> list[Section]:
    """The chapter of `axis`."""
    scores = measured["scores"][axis]
    sections = [
        Section(axis.capitalize(), parts=(_models(measured, axis),)),
        Section("By label", 3, parts=(_class_figure(scores), _classes(scores))),
    ]
    if "order" in scores:
        sections.append(_order(scores["order"]))
    return [*sections, _confusion(scores), _calibration(scores), _coverage(scores), _shares(scores)]


def _models(measured: Mapping[str, Any], axis: str) -> Table:
    """The model beside what it has to beat, and how sure the difference is."""
    header = ["model", *(shown for _, shown in _TOTALS), "macro-F1 gained", "p (macro-F1)", "p (accuracy)"]
    rows: list[list[Cell]] = [_row(measured["model"]["name"], measured["scores"][axis], "", "", "")]
    for name, scores in measured["baselines"].items():
        paired = measured["against"][name][axis]
        gained = paired["macro_f1 difference"]
        difference = f"{gained['value']:+.3f} [{gained['low']:+.3f}, {gained['high']:+.3f}]"
        rows.append(_row(name, scores[axis], difference, f"{paired['macro_f1 p']:.2g}", f"{paired['mcnemar p']:.2g}"))
    if measured["ceiling"]:
        rows.append(_row("ceiling", measured["ceiling"][axis], "", "", ""))
    return Table(header, rows, caption=f"What {measured['model']['name']} gains on each, on the same sentences")


def _row(name: str, scores: Mapping[str, Any], *paired: str) -> list[Cell]:
    return [name, *(figure(scores[total]) for total, _ in _TOTALS), *paired]


def _classes(scores: Mapping[str, Any]) -> Table:
    rows = [
        [label, *(figure(row[name]) for name in ("precision", "recall", "f1")), row["support"]]
        for label, row in scores["classes"].items()
    ]
    return Table(["label", "precision", "recall", "F1", "support"], rows)


def _class_figure(scores: Mapping[str, Any]) -> Figure:
    return Figure("classes", "F1 of each label with its 95 % interval", scores["classes"])


def _order(order: Mapping[str, Any]) -> Section:
    what = (
        "certain > probable > possible; uncommitted stands outside the order. Over the sentences whose gold and "
        "predicted labels both lie in it. A step of two weighs four times a step of one in kappa (Cohen 1968)."
    )
    if not order["n"]:
        return Section("The ordered part", 3, text=(what, "No sentence lies in it."))
    row: list[Cell] = [order["n"], figure(order["quadratic_kappa"]), figure(order["mean_step"])]
    return Section(
        "The ordered part", 3, (what,), (Table(["n", "quadratic-weighted kappa", "mean absolute step"], [row]),)
    )


def _confusion(scores: Mapping[str, Any]) -> Section:
    confusion = scores["confusion"]
    rows: list[list[Cell]] = []
    for label, counts in zip(confusion["labels"], confusion["counts"], strict=True):
        n = sum(counts)
        rows.append([label, *(f"{count} ({count / n:.0%})" if n else count for count in counts), n])
    picture = Figure("confusion", "What is taken for what: counts; the shade is the share of the row", confusion)
    return Section("Confusion", 3, parts=(picture, Table(["gold \\ predicted", *confusion["labels"], "n"], rows)))


def _calibration(scores: Mapping[str, Any]) -> Section:
    error = scores["ece"]
    what = (
        f"Calibration error {figure(error)} over {len(scores['bins'])} bins of equal mass (Nixon et al. 2019); scores "
        f"without fault would show {error['by chance']:.3f} on as many sentences. Brier score "
        f"{figure(scores['brier'])}, 0 to 2, less is better."
    )
    rows: list[list[Cell]] = [
        [number, row["n"], f"{row['score']:.3f}", figure(row["accuracy"])]
        for number, row in enumerate(scores["bins"], start=1)
    ]
    picture = Figure(
        "reliability", "Accuracy against the mean score of each bin; on the dashed line they agree", scores["bins"]
    )
    return Section("Calibration", 3, (what,), (picture, Table(["bin", "n", "mean score", "accuracy"], rows)))


def _coverage(scores: Mapping[str, Any]) -> Section:
    """Thresholds from the lowest, at which all is kept."""
    rows = scores["coverage"]
    lowest = min(row["accuracy"]["low"] for row in rows)
    floor = next(bound for bound in _FLOORS if bound <= lowest)
    ticks = [round(floor + (1 - floor) * step / 4, 2) for step in range(5)]
    picture = Figure(
        "coverage",
        "Accuracy of the labels kept when those under a score are left empty",
        {"rows": rows, "floor": floor, "ticks": ticks},
    )
    cells: list[list[Cell]] = [
        [f"{row['threshold']:.3f}", f"{row['kept']:.1%}", row["n"], figure(row["accuracy"])] for row in rows
    ]
    table = Table(["score at least", "kept", "n", "accuracy"], cells)
    return Section("Accuracy when abstaining", 3, parts=(picture, table))


def _shares(scores: Mapping[str, Any]) -> Section:
    rows: list[list[Cell]] = []
    for label, share in scores["shares"].items():
        difference = share["difference"]
        shown = f"{difference['value']:+.3f} [{difference['low']:+.3f}, {difference['high']:+.3f}]"
        rows.append([label, figure(share["gold"]), figure(share["predicted"]), shown])
    picture = Figure("shares", "The share of each label", scores["shares"])
    what = "What a count over many texts would be off by."
    return Section("Shares", 3, (what,), (picture, Table(["label", "gold", "predicted", "difference"], rows)))
