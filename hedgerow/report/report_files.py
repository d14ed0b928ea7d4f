"""Write a report to a folder: `report.json`, its page as Markdown and HTML, and the files of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hedgerow.errors import InputError
from hedgerow.io.atomic import reject_foreign, replaced_folder
from hedgerow.io.strict_json import write_json
from hedgerow.report.drawing import chart_as_file
from hedgerow.report.html import page_as_html
from hedgerow.report.markdown import to_markdown
from hedgerow.report.page import Page
from hedgerow.report.record import REPORT, Report

MARKDOWN, HTML = "report.md", "report.html"


def write_report(out: Path, report: Report, page: Page, others: Mapping[str, str] | None = None) -> None:
    """Write a report and `others`, texts by file name, to the folder `out`: all of it, or nothing.

    A report that is there is replaced, with its other files. Raises InputError if `out` has files of something else, or
    cannot be written.
    """
    texts = {**page_files(page), **(others or {})}
    files = tuple(sorted(texts.keys() - {MARKDOWN, HTML}))
    with replaced_folder(out, allowed=_files_of_report(out) | texts.keys()) as folder:
        write_json(folder / REPORT, replace(report, files=files).to_dict())
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")


def page_files(page: Page) -> dict[str, str]:
    """Return the page in both forms, and its figures that have a file, by file name."""
    figures = {name: chart_as_file(figure.chart, figure.caption) for name, figure in page.figures().items()}
    return {MARKDOWN: to_markdown(page), HTML: page_as_html(page), **figures}


def reject_other_files(out: Path) -> None:
    """Raise InputError if `out` has files of something else: a command asks this before it measures."""
    reject_foreign(out.resolve(), _files_of_report(out))


def _files_of_report(out: Path) -> set[str]:
    """Return the names that a report in `out` may have."""
    try:
        others = Report.read(out / REPORT).files
    except InputError:  # there is none, or it is broken or of another schema: it has the three files at most
        others = ()
    return {REPORT, MARKDOWN, HTML, *others}
