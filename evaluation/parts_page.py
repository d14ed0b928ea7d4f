"""The page of models on parts: one table per measure, parts in rows and models in columns.

The keys of its `figures`:

- `parts`: each with its name (`part`), its files (`corpus`), its conditions (`where`: FIELD=VALUE, ...), `rows`,
  `groups`, and whether its files were labelled in two passes (`two_passes`); `pooled`: the names of those together;
- `by_part`: by `model` and `part`: `rows`, `groups`, `seen_sentences` (in the training data), `fitted_rows` (that
  temperatures were fitted on; both null if the model does not say), and by head `macro_f1` and `calibration_error`, or
  `strict_f1`. The error `by_chance` is that of perfect scores;
- `by_corpus`: by `model` and `corpus`, the field of the rows: `rows`, `groups`, and by head `macro_f1` over as many
  `labels` as are gold in it, or `strict_f1`;
- `calibration`: by `model`, the part that temperatures were fitted `on`, its `sentences`, and the `cross_fitted` error
  by axis.

A figure with an interval is `{"value", "low", "high"}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hedgerow.io.plural import count
from hedgerow.labels import AXES
from hedgerow.measuring.headline import NOT_MEASURED
from hedgerow.metrics import TOO_FEW
from hedgerow.report import Cell, Page, Report, Section, Table, facts, literal, table_as_markdown, with_interval
from hedgerow.report.provenance import short_hash

POOLED = "pooled"  # the name of the parts together
Row = Mapping[str, Any]
_NAMES = {"macro_f1": "macro-F1", "strict_f1": "F1, strict", "calibration_error": "calibration error"}
_ABOUT = (
    "In brackets 95 % intervals: 2,000 bootstrap draws of whole groups. Macro-F1 is over all labels of the codebook. "
    "The calibration error is over bins of equal mass; perfect scores would show the figure after the comma. If "
    f"temperatures were fitted on sentences of a part, their number is beside it. Fewer than {TOO_FEW} sentences or "
    "groups are marked (few): their figures are too unsure to act on. One group has no interval."
)
_ABOUT_CORPORA = "All parts together, each row once. Macro-F1 is over the labels that are gold in the corpus."
_ABOUT_CROSS_FITTED = (
    "The calibration error on the part that temperatures were fitted on, as the manifest has it: each sentence is "
    "measured with temperatures that were fitted without it."
)


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures = report.figures
    sections = [
        Section("Parts", text=tuple(_about(report)), parts=(_parts(figures["parts"]),)),
        *_measured(figures["by_part"], "part", level=2),
        *_cross_fitted(figures["calibration"]),
        Section("By corpus", text=(_ABOUT_CORPORA,)),
        *_measured(figures["by_corpus"], "corpus", level=3),
    ]
    return Page("Models on labelled parts", facts(report), [*map(literal, _warnings(report))], sections=sections)


def summary(report: Report) -> str:
    """Return the main figures as one table, and the warnings, for the terminal."""
    by_part = report.figures["by_part"]
    shown = measures(by_part)
    rows: list[list[Cell]] = [
        [row["part"], row["model"], f"{row['rows']:,}", *(_figure(row, head, key) for _, head, key in shown)]
        for row in by_part
    ]
    table = Table(["part", "model", "n", *(title for title, *_ in shown)], rows)
    return "\n".join([table_as_markdown(table), *_warnings(report)])


def measures(figures: Sequence[Row]) -> list[tuple[str, str, str]]:
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


def _about(report: Report) -> Iterator[str]:
    yield _ABOUT
    if report.figures["pooled"]:
        yield f"`{POOLED}` is {literal(', '.join(report.figures['pooled']))} together, each row once."
    if silent := [model.name for model in report.models if _is_silent(report, model.name)]:
        yield f"Not known is what {literal(', '.join(silent))} saw of these sentences: the folder does not say."


def _is_silent(report: Report, model: str) -> bool:
    """Return whether the model does not say which sentences it was trained or calibrated on."""
    rows = [row for row in report.figures["by_part"] if row["model"] == model]
    return any(row["seen_sentences"] is None or row["fitted_rows"] is None for row in rows)


def _parts(parts: Sequence[Row]) -> Table:
    rows: list[list[Cell]] = []
    for part in parts:
        files = ", ".join(f"{entry['file']} ({short_hash(entry['sha256'])})" for entry in part["corpus"])
        passes = "two" if part["two_passes"] else "one, or not known"
        rows.append([part["part"], files, " and ".join(part["where"]), part["rows"], part["groups"], passes])
    return Table(["part", "files", "where", "n", "groups", "passes"], rows)


def _measured(figures: Sequence[Row], kind: str, *, level: int) -> Iterator[Section]:
    """Yield a section for each measure: the groups of `kind` in rows, and models in columns."""
    models = list(dict.fromkeys(row["model"] for row in figures))
    for title, head, key in measures(figures):
        rows: dict[str, list[Cell]] = {}
        for row in figures:
            few = " (few)" if min(row["rows"], row["groups"]) < TOO_FEW else ""
            cells = rows.setdefault(row[kind], [row[kind], f"{row['rows']}{few}"])
            cells.append(_cell(row, row[head][key]) if key in row.get(head, ()) else NOT_MEASURED)
        table = Table([kind, "n", *models], list(rows.values()))
        yield Section(f"{title[0].upper()}{title[1:]}", level, parts=(table,))


def _cell(row: Row, score: Row) -> str:
    if row["groups"] == 1:  # every draw is the same
        return f"{score['value']:.3f}"
    if "by_chance" not in score:
        return with_interval(score)
    fitted = f"; fitted on {row['fitted_rows']}" if row["fitted_rows"] else ""
    return f"{with_interval(score)}, {score['by_chance']:.3f}{fitted}"


def _figure(row: Row, head: str, key: str) -> str:
    return with_interval(row[head][key]) if key in row.get(head, ()) else NOT_MEASURED


def _cross_fitted(calibration: Sequence[Row]) -> Iterator[Section]:
    if not calibration:
        return
    heads = list(dict.fromkeys([*AXES, *(head for row in calibration for head in row["cross_fitted"])]))
    rows: list[list[Cell]] = [
        [row["model"], row["on"], row["sentences"], *(_number(row["cross_fitted"].get(head)) for head in heads)]
        for row in calibration
    ]
    yield Section("Cross-fitted", 3, (_ABOUT_CROSS_FITTED,), (Table(["model", "part", "n", *heads], rows),))


def _number(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.3f}"


def _warnings(report: Report) -> list[str]:
    warnings = []
    for row in report.figures["by_part"]:
        if row["seen_sentences"]:
            seen = f"{row['seen_sentences']:,} of {count(row['rows'], 'sentence')}"
            warnings.append(f"{row['part']}: {seen} were in the training data of {row['model']}.")
    return warnings
