"""The page of models on parts, from its report.json: one table per measure, parts in rows and models in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.report_files import head
from hedgerow.io.plural import count
from hedgerow.labels import AXES
from hedgerow.metrics import TOO_FEW
from hedgerow.report import figure, markdown
from hedgerow.report.provenance import short_hash

POOLED = "pooled"  # the name of the parts together
Report = Mapping[str, Any]
_MEASURES = (
    *((f"{axis} macro-F1", axis, "macro_f1") for axis in AXES),
    ("spans F1, strict", "spans", "strict_f1"),
    *((f"{axis} calibration error", axis, "calibration_error") for axis in AXES),
)


def to_markdown(report: Report) -> str:
    """Return the report as one Markdown page."""
    parts = [head(report, "Models on labelled parts"), *(f"> **{warning}**\n" for warning in _warnings(report))]
    parts += ["## Parts\n", _parts(report) + "\n", _about_figures(report) + "\n"]
    for title, group, measure in _MEASURES:
        parts += [f"## {title[0].upper()}{title[1:]}\n", _table(report["figures"], "part", group, measure) + "\n"]
    parts += list(_cross_fitted(report))
    parts.append(
        "## By source\n\nAll parts together, each row once. Macro-F1 is over the labels that are gold in the source. "
        f"Fewer than {TOO_FEW} sentences or groups are marked (few): their figures are too unsure to act on. "
        "One group has no interval.\n"
    )
    for title, group, measure in _MEASURES[:3]:
        parts += [f"### {title[0].upper()}{title[1:]}\n", _table(report["by_corpus"], "corpus", group, measure) + "\n"]
    return "\n".join(parts)


def summary(report: Report) -> str:
    """Return the main figures as one table, and the warnings, for the terminal."""
    rows = [
        [row["part"], row["model"], f"{row['rows']:,}", *(figure(row[group][name]) for _, group, name in _MEASURES)]
        for row in report["figures"]
    ]
    return "\n".join([markdown(["part", "model", "n", *(title for title, *_ in _MEASURES)], rows), *_warnings(report)])


def _parts(report: Report) -> str:
    rows = []
    for part in report["parts"]:
        files = ", ".join(f"`{entry['file']}` ({short_hash(entry['sha256'])})" for entry in part["corpus"])
        passes = "two" if part["two_passes"] else "one, or not known"
        rows.append([part["part"], files, " and ".join(part["where"]), part["rows"], part["groups"], passes])
    return markdown(["part", "files", "where", "n", "groups", "passes"], rows)


def _about_figures(report: Report) -> str:
    pooled = f" `{POOLED}` is {', '.join(report['pooled'])} together, each row once." if report["pooled"] else ""
    models = [model for model in _models(report) if _is_silent(report, model)]
    silent = (
        f" Not known is what {', '.join(models)} saw of these sentences: the folder does not say." if models else ""
    )
    return (
        "In brackets 95 % intervals: 2,000 bootstrap draws of whole groups. Macro-F1 is over all labels of the "
        "codebook. The calibration error is over bins of equal mass; perfect scores would show the figure after the "
        f"comma. If temperatures were fitted on sentences of a part, their number is beside it.{pooled}{silent}"
    )


def _table(figures: Sequence[Mapping[str, Any]], kind: str, group: str, measure: str) -> str:
    models = list(dict.fromkeys(row["model"] for row in figures))
    rows: dict[str, list[str]] = {}
    for row in figures:
        few = " (few)" if min(row["rows"], row["groups"]) < TOO_FEW else ""
        cells = rows.setdefault(row[kind], [row[kind], f"{row['rows']}{few}"])
        cells.append(_cell(row, row[group][measure]))
    return markdown([kind, "n", *models], rows.values())


def _cell(row: Mapping[str, Any], score: Mapping[str, Any]) -> str:
    if row["groups"] == 1:  # every draw is the same
        return f"{score['value']:.3f}"
    if "by_chance" not in score:
        return figure(score)
    fitted = f"; fitted on {row['fitted_rows']}" if row["fitted_rows"] else ""
    return f"{figure(score)}, {score['by_chance']:.3f}{fitted}"


def _cross_fitted(report: Report) -> Iterator[str]:
    if not report["calibration"]:
        return
    yield (
        "### Cross-fitted\n\nThe calibration error on the part that temperatures were fitted on, as the manifest has "
        "it: each sentence is measured with temperatures that were fitted without it.\n"
    )
    rows = [
        [row["model"], row["on"], row["sentences"], *(_number(row["cross_fitted"].get(axis)) for axis in AXES)]
        for row in report["calibration"]
    ]
    yield markdown(["model", "part", "n", *AXES], rows) + "\n"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _warnings(report: Report) -> list[str]:
    warnings = []
    for row in report["figures"]:
        if row["seen_sentences"]:
            seen = f"{row['seen_sentences']:,} of {count(row['rows'], 'sentence')}"
            warnings.append(f"{row['part']}: {seen} were in the training data of {row['model']}.")
    return warnings


def _models(report: Report) -> list[str]:
    return [model["name"] for model in report["models"]]


def _is_silent(report: Report, model: str) -> bool:
    """Return whether the model does not say which sentences it was trained or calibrated on."""
    rows = [row for row in report["figures"] if row["model"] == model]
    return any(row["seen_sentences"] is None or row["fitted_rows"] is None for row in rows)
