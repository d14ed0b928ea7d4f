"""Render the pages of committed reports again from their report.json, without measuring anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from evaluation.kinds import KINDS, read_report
from hedgerow.report import Page, Report, page_files
from hedgerow.report.record import REPORT


def page_of(report: Report) -> Page:
    """Return the page of a report of a known kind."""
    write: Callable[[Report], Page] = import_module(KINDS[report.kind].module).page_of
    return write(report)


def render(folder: Path) -> dict[str, str]:
    """Return the pages and figures of the report in a folder, by file name; raise InputError if it is broken."""
    return page_files(page_of(read_report(folder / REPORT)))


def render_all(reports: Path) -> Iterator[Path]:
    """Write the pages and figures of every report in the folder `reports`; yield each report's folder."""
    for path in sorted(reports.glob(f"*/{REPORT}")):
        for name, text in render(path.parent).items():
            (path.parent / name).write_text(text, "utf-8")
        yield path.parent
