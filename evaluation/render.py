"""Render the pages of committed reports again from their report.json, without measuring anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from hedgerow.errors import InputError
from hedgerow.report import Page, Report, page_files
from hedgerow.report.record import REPORT

# The module of every kind of report: its `page_of(report)` gives the page, its docstring describes the figures.
KINDS = {
    "agreement": "evaluation.agreement",
    "behaviour": "evaluation.behaviour.behaviour_page",
    "benchmark": "evaluation.benchmarks.run",
    "comparison": "evaluation.compare",
    "cross_validation": "evaluation.cross_validation_page",
    "evaluation": "hedgerow.measuring.measured",
    "field": "evaluation.field.field_page",
    "fine_tuning": "evaluation.components.finetuning",
    "label_errors": "evaluation.label_errors",
    "leaks": "evaluation.leaks",
    "learning_curve": "evaluation.learning_curve_page",
    "load_test": "evaluation.speed.load_test",
    "parts": "evaluation.parts_page",
    "picking": "evaluation.components.picking_page",
    "quantisation": "evaluation.components.quantisation",
    "seeds": "evaluation.seeds",
    "serving": "evaluation.speed.serving_page",
    "thresholds": "evaluation.thresholds",
    "throughput": "evaluation.speed.throughput_page",
    "transfer": "evaluation.benchmarks.transfer",
}


def page_of(report: Report) -> Page:
    """Return the page of a report of any kind; raise InputError if nothing here writes this kind."""
    module = KINDS.get(report.kind)
    if module is None:
        raise InputError(f"a report of the kind {report.kind!r}; known are {', '.join(KINDS)}")
    write: Callable[[Report], Page] = import_module(module).page_of
    return write(report)


def render(folder: Path) -> dict[str, str]:
    """Return the pages and figures of the report in a folder, by file name."""
    path = folder / REPORT
    report = Report.read(path)
    try:
        return page_files(page_of(report))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def render_all(reports: Path) -> Iterator[Path]:
    """Write the pages and figures of every report in the folder `reports`; yield each report's folder."""
    for path in sorted(reports.glob(f"*/{REPORT}")):
        for name, text in render(path.parent).items():
            (path.parent / name).write_text(text, "utf-8")
        yield path.parent
