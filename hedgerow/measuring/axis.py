"""The chapter of one label head: its labels, its order, its confusion matrix, and how far to trust a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hedgerow.io.plural import count
from hedgerow.measuring.headline import about_rows, title_of
from hedgerow.metrics import Score
from hedgerow.report import (
    Bars,
    Cell,
    Figure,
    Interval,
    Intervals,
    Matrix,
    Plot,
    Point,
    Report,
    Section,
    Series,
    Table,
    class_rows,
    code,
    difference,
    linear,
    literal,
    with_interval,
)

_FLOORS = (0.8, 0.6, 0.2, 0.0)  # of the axis of accuracy
_TOTALS = {"macro_f1": "macro-F1", "accuracy": "accuracy", "kappa": "kappa"}
Scores = Mapping[str, Any]


def axis_sections(report: Report, axis: str) -> list[Section]:
    """Return the sections of the chapter of `axis`, an axis or a label head of the user's own."""
    scores = report.figures["scores"][axis]
    sections = [
        Section(title_of(axis), text=[*map(literal, about_rows(report.figures, axis))], parts=(_models(report, axis),)),
        label_section(scores),
    ]
    if "order" in scores:
        sections.append(_order(scores["order"]))
    if "levels" in scores:
        sections.append(order_section(scores))
    return [
        *sections,
        confusion_section(scores),
        _calibration(scores, _about_temperatures(report.figures, axis)),
        _coverage(scores),
        _label_distribution(scores),
    ]


def label_section(scores: Scores) -> Section:
    """Return the section of a head's labels, from its `classes`."""
    rows = [Interval(str(label), Score(**row["f1"])) for label, row in scores["classes"].items()]
    picture = Figure(Intervals(rows, linear(0, 1, "F1")), "F1 of each label with its 95 % interval")
    table = Table(["label", "precision", "recall", "F1", "support"], class_rows(scores))
    return Section("By label", 3, parts=(picture, table))


def _models(report: Report, axis: str) -> Table:
    """Return the model beside its baselines, with the differences and how sure they are."""
    model, figures = report.model.name, report.figures
    header = ["model", *_TOTALS.values(), "macro-F1 gained", "p (macro-F1)", "p (accuracy)"]
    rows: list[list[Cell]] = [_row(model, figures["scores"][axis], "", "", "")]
    for name, scores in figures["baselines"].items():
        if axis not in scores:
            continue
        comparison = figures["comparisons"][name][axis]
        gained = difference(comparison["macro_f1_difference"])
        rows.append(
            _row(name, scores[axis], gained, f"{comparison['macro_f1_p']:.2g}", f"{comparison['mcnemar_p']:.2g}")
        )
    if axis in (figures["annotator_agreement"] or {}):
        rows.append(_row("annotator agreement", figures["annotator_agreement"][axis], "", "", ""))
    if len(rows) == 1:  # nothing to compare with
        return Table(header[:4], [rows[0][:4]])
    return Table(header, rows, caption=f"The gain of {literal(model)} over each baseline, on the same sentences")


def _row(name: str, scores: Scores, *comparison: str) -> list[Cell]:
    return [name, *(with_interval(scores[total]) for total in _TOTALS), *comparison]


def _order(order: Mapping[str, Any]) -> Section:
    definition = (
        "certain > probable > possible; uncommitted is outside the order. Over the sentences whose gold and predicted "
        "labels are both in it. In kappa a step of two weighs four times a step of one (Cohen 1968)."
    )
    if not order["n"]:
        return Section("The ordered part", 3, text=(definition, "No sentence is in it."))
    row: list[Cell] = [order["n"], with_interval(order["quadratic_kappa"]), with_interval(order["mean_step"])]
    table = Table(["n", "quadratic-weighted kappa", "mean absolute step"], [row])
    return Section("The ordered part", 3, (definition,), (table,))


def order_section(scores: Scores) -> Section:
    """Return the section of an ordered head of the user's own, from its `levels` and its confusion matrix."""
    levels, labels = scores["levels"], scores["confusion"]["labels"]
    definition = (
        f"{literal(' < '.join(labels))}. In kappa a step of two weighs four times a step of one (Cohen 1968). A "
        "sentence's level is expected from its scores, from 0 (the lowest label) to 1 (the highest); the rank "
        "correlation is Spearman's."
    )
    if not levels["n"]:
        return Section("The order", 3, text=(definition, "No sentence has a label in it."))
    correlation = levels["rank_correlation"]
    row: list[Cell] = [
        levels["n"],
        with_interval(levels["quadratic_kappa"]),
        with_interval(levels["mean_step"]),
        with_interval(levels["level_error"]),
        "undefined" if correlation is None else f"{correlation:.3f}",
    ]
    header = [
        "n",
        "quadratic-weighted kappa",
        "mean absolute step",
        "mean absolute error of the level",
        "rank correlation",
    ]
    return Section("The order", 3, (definition,), (Table(header, [row]),))


def confusion_section(scores: Scores) -> Section:
    """Return the section of a head's `confusion`: the counts, and their shares of each gold label."""
    confusion = scores["confusion"]
    rows: list[list[Cell]] = []
    for label, counts in zip(confusion["labels"], confusion["counts"], strict=True):
        n = sum(counts)
        rows.append([label, *(f"{count} ({count / n:.0%})" if n else count for count in counts), n])
    chart = Matrix(confusion["labels"], confusion["counts"])
    picture = Figure(chart, "Gold labels in rows, predicted ones in columns; the shade is by row")
    return Section("Confusion", 3, parts=(picture, Table(["gold \\ predicted", *confusion["labels"], "n"], rows)))


def _calibration(scores: Scores, about_temperatures: Sequence[str]) -> Section:
    error = scores["ece"]
    text = (
        f"Calibration error {with_interval(error)} over {len(scores['bins'])} bins of equal mass (Nixon et al. 2019); "
        f"perfect scores would show {error['by_chance']:.3f} on as many sentences. Brier score "
        f"{with_interval(scores['brier'])}, 0 to 2, less is better."
    )
    rows: list[list[Cell]] = [
        [number, row["n"], f"{row['score']:.3f}", with_interval(row["accuracy"])]
        for number, row in enumerate(scores["bins"], start=1)
    ]
    caption = "Accuracy against the mean score of each bin; on the dashed line they agree"
    points = [_point(row["score"], row["accuracy"]) for row in scores["bins"]]
    axes = linear(0, 1, "mean score"), linear(0, 1, "accuracy")
    picture = Figure(Plot([Series(points, line="")], *axes, diagonal=True, size=(260, 260)), caption)
    return Section(
        "Calibration", 3, (text, *about_temperatures), (picture, Table(["bin", "n", "mean score", "accuracy"], rows))
    )


def _about_temperatures(figures: Mapping[str, Any], axis: str) -> list[str]:
    """Say whether the calibration error was cross-fitted."""
    facts = figures["calibration"]
    if facts is None or axis not in facts["cross_fitted"]:
        return ["This model has no temperature: its scores are not calibrated."]
    fitted, on, error = facts["fitted_rows"], code(facts["on"]), facts["cross_fitted"][axis]
    if fitted is None:
        return [f"The temperature was fitted on {on}. The model does not say whether these sentences were in it."]
    if not fitted:
        return [f"The temperature was fitted on other sentences ({on})."]
    return [
        f"This calibration error is not cross-fitted: the temperature was fitted on {fitted:,} of these "
        f"{count(figures['rows'], 'sentence')}. The cross-fitted calibration error on {on}, "
        f"{count(facts['sentences'], 'sentence')}, is {error:.3f}."
    ]


def _coverage(scores: Scores) -> Section:
    """Return the section on abstaining; thresholds begin at the lowest, at which all labels are kept."""
    rows = scores["coverage"]
    lowest = min(row["accuracy"]["low"] for row in rows)
    floor = next(bound for bound in _FLOORS if bound <= lowest)
    points = [_point(row["kept"], row["accuracy"]) for row in rows]
    axes = linear(0, 1, "share of sentences kept"), linear(floor, 1, "accuracy")
    caption = "Accuracy of the labels that are kept if those below a score are left empty"
    picture = Figure(Plot([Series(points, is_band=True)], *axes), caption)
    cells: list[list[Cell]] = [
        [f"{row['threshold']:.3f}", f"{row['kept']:.1%}", row["n"], with_interval(row["accuracy"])] for row in rows
    ]
    table = Table(["score at least", "kept", "n", "accuracy"], cells)
    return Section("Accuracy when abstaining", 3, parts=(picture, table))


def _label_distribution(scores: Scores) -> Section:
    distribution = scores["label_distribution"]
    rows: list[list[Cell]] = [
        [label, with_interval(row["gold"]), with_interval(row["predicted"]), difference(row["difference"])]
        for label, row in distribution.items()
    ]
    shares = [(row["gold"]["value"], row["predicted"]["value"]) for row in distribution.values()]
    picture = Figure(Bars([*distribution], ("gold", "predicted"), shares), "The share of each label")
    table = Table(["label", "gold", "predicted", "difference"], rows)
    return Section(
        "Label distribution", 3, ("The difference is the error of a count over many texts.",), (picture, table)
    )


def _point(x: float, score: Mapping[str, float]) -> Point:
    return Point(x, score["value"], score["low"], score["high"])
