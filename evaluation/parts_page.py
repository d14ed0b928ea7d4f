"""The page of models on parts, from its report.json: one table per measure, parts in rows and models in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.command import head
from hedgerow.io.plural import count
from hedgerow.labels import AXES
from hedgerow.measuring.headline import NOT_MEASURED
from hedgerow.metrics import TOO_FEW
from hedgerow.report import markdown_table, with_interval
from hedgerow.report.provenance import short_hash

POOLED = "pooled"  # the name of the parts together
Report = Mapping[str, Any]
_NAMES = {"macro_f1": "macro-F1", "strict_f1": "F1, strict", "calibration_error": "calibration error"}


def measures(figures: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return the title, head and key of every measure in `figures`, calibration errors last."""
    heads = dict.fromkeys(name for row in figures for name, found in row.items() if isinstance(found, Mapping))
    order = [*AXES, *(head for head in heads if head not in AXES)]
    return [
        (f"{head} {name}", head, key)
        for keys in (("macro_f1", "strict_f1"), ("calibration_error",))
        for head in order
        for key, name in _NAMES.items()
        if key in keys and any(key in row.get(head, ()) for row in figures)
    ]


def to_markdown(report: Report) -> str:
    """Return the report as one Markdown page."""
    parts = [head(report, "Models on labelled parts"), *(f"> **{warning}**\n" for warning in _warnings(report))]
    parts += ["## Parts\n", _parts(report) + "\n", _about_figures(report) + "\n"]
    for title, group, measure in measures(report["figures"]):
        parts += [f"## {title[0].upper()}{title[1:]}\n", _table(report["figures"], "part", group, measure) + "\n"]
    parts += list(_cross_fitted(report))
    parts.append(
        "## By source\n\nAll parts together, each row once. Macro-F1 is over the labels that are gold in the source. "
        f"Fewer than {TOO_FEW} sentences or groups are marked (few): their figures are too unsure to act on. "
        "One group has no interval.\n"
    )
    for title, group, measure in measures(report["by_corpus"]):
        parts += [f"### {title[0].upper()}{title[1:]}\n", _table(report["by_corpus"], "corpus", group, measure) + "\n"]
    return "\n".join(parts)


def summary(report: Report) -> str:
    """Return the main figures as one table, and the warnings, for the terminal."""
    shown = measures(report["figures"])
    rows = [
        [
            row["part"],
            row["model"],
            f"{row['rows']:,}",
            *(with_interval(row[group][name]) if name in row.get(group, ()) else NOT_MEASURED for _, group, name in shown),
        ]
        for row in report["figures"]
    ]
    return "\n".join([markdown_table(["part", "model", "n", *(title for title, *_ in shown)], rows), *_warnings(report)])


def _parts(report: Report) -> str:
    rows = []
    for part in report["parts"]:
        files = ", ".join(f"`{entry['file']}` ({short_hash(entry['sha256'])})" for entry in part["corpus"])
        passes = "two" if part["two_passes"] else "one, or not known"
        rows.append([part["part"], files, " and ".join(part["where"]), part["rows"], part["groups"], passes])
    return markdown_table(["part", "files", "where", "n", "groups", "passes"], rows)


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
        cells.append(_cell(row, row[group][measure]) if measure in row.get(group, ()) else NOT_MEASURED)
    return markdown_table([kind, "n", *models], rows.values())


def _cell(row: Mapping[str, Any], score: Mapping[str, Any]) -> str:
    if row["groups"] == 1:  # every draw is the same
        return f"{score['value']:.3f}"
    if "by_chance" not in score:
        return with_interval(score)
    fitted = f"; fitted on {row['fitted_rows']}" if row["fitted_rows"] else ""
    return f"{with_interval(score)}, {score['by_chance']:.3f}{fitted}"


def _cross_fitted(report: Report) -> Iterator[str]:
    if not report["calibration"]:
        return
    yield (
        "### Cross-fitted\n\nThe calibration error on the part that temperatures were fitted on, as the manifest has "
        "it: each sentence is measured with temperatures that were fitted without it.\n"
    )
    heads = list(dict.fromkeys([*AXES, *(head for row in report["calibration"] for head in row["cross_fitted"])]))
    rows = [
        [row["model"], row["on"], row["sentences"], *(_number(row["cross_fitted"].get(head)) for head in heads)]
        for row in report["calibration"]
    ]
    yield markdown_table(["model", "part", "n", *heads], rows) + "\n"


def _number(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.3f}"


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
