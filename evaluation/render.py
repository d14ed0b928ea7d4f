"""Render the pages of committed reports again from their report.json, without measuring anything."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from evaluation import agreement_many
from evaluation.index import read_report
from evaluation.label_errors import SUSPECTS
from hedgerow.errors import InputError
from hedgerow.report import Page, to_html, to_markdown
from hedgerow.report.measured import measured_page

Report = dict[str, Any]
# Modules whose report is a page in both forms: `page_of(report)`.
PAGES = ("cross_validate", "leaks", "seeds", "thresholds")
# Modules that write one page by their own `to_markdown(report)`, by the name they are run by.
MODULES = {
    "behaviour": "evaluation.behaviour.__main__",
    "field": "evaluation.field.field_page",
    "speed.throughput": "evaluation.speed.throughput_page",
    **{
        name: f"evaluation.{name}"
        for name in (
            "agreement",
            "benchmarks.run",
            "benchmarks.transfer",
            "compare",
            "components.picking",
            "components.finetuning",
            "components.quantisation",
            "learning_curve",
            "parts",
            "speed.load_test",
            "speed.serving",
        )
    },
}


def render_all(reports: Path) -> Iterator[Path]:
    """Write the pages of every report in the folder `reports`; yield each report's folder."""
    for path in sorted(reports.glob("*/report.json")):
        for name, text in render(path.parent).items():
            (path.parent / name).write_text(text, "utf-8")
        yield path.parent


def render(folder: Path) -> dict[str, str]:
    """Return the pages of a report by file name; raise InputError if its command is not one of evaluation."""
    report = read_report(folder / "report.json")
    return _renderer(folder, report)(report)


def _renderer(folder: Path, report: Report) -> Callable[[Report], dict[str, str]]:
    words = shlex.split(str(report.get("command", "")))
    module = words[2].removeprefix("evaluation.") if words[:2] == ["python", "-m"] else " ".join(words[:2])
    if module in ("run", "hedgerow evaluate"):
        return _render_measured
    if module == "label_errors":
        return lambda report: _render_label_errors(folder, report)
    if module == "agreement" and "annotators" in report:
        return lambda report: both_forms(agreement_many.page_of(report))
    if module in PAGES:
        return lambda report: both_forms(import_module(f"evaluation.{module}").page_of(report))
    if module not in MODULES:
        raise InputError(f"{folder / 'report.json'}: made by {module!r}, which writes no report; run its command again")
    return lambda report: {"report.md": import_module(MODULES[module]).to_markdown(report)}


def _render_measured(report: Report) -> dict[str, str]:
    return both_forms(measured_page(report))


def both_forms(page: Page) -> dict[str, str]:
    """Return the page as Markdown and as HTML, by file name."""
    return {"report.md": to_markdown(page), "report.html": to_html(page)}


def _render_label_errors(folder: Path, report: Report) -> dict[str, str]:
    ranked = [json.loads(line) for line in (folder / SUSPECTS).read_text("utf-8").splitlines()]
    return {"report.md": import_module("evaluation.label_errors").to_markdown(report, ranked)}
